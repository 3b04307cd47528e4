"""Paths of the Smart City frame."""

from django.urls import path

from pasti.masterplan.web import pages, values

app_name = "masterplan"
urlpatterns = [
    path("", pages.overview, name="overview"),
    path("rencana/", pages.plan, name="plan"),
    path("matriks/", pages.matrix, name="matrix"),
    path("indikator/", pages.indicators, name="indicators"),
    path("indikator/<str:code>/", pages.indicator, name="indicator"),
    path("indikator/<str:code>/nilai.csv", pages.indicator_csv, name="indicator_csv"),
    path("indikator/<str:code>/asal/<int:pk>/", pages.provenance, name="provenance"),
    path("nilai/", values.entered, name="values"),
    path("nilai/<int:pk>/setujui/", values.approve, name="approve"),
]
