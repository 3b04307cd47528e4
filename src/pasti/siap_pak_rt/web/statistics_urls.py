"""Paths of numbers of people."""

from django.urls import path

from pasti.siap_pak_rt.web import statistics_pages as pages

urlpatterns = [
    path("statistik/", pages.city, name="statistics_city"),
    path("statistik/<str:code>/", pages.area, name="statistics_area"),
    path("statistik/<str:code>/mutasi/", pages.lampid, name="statistics_lampid"),
    path("statistik/<str:code>/tabel/", pages.crosstab, name="statistics_crosstab"),
    path("statistik/<str:code>/kelengkapan/", pages.gaps, name="statistics_gaps"),
    path("statistik/<str:code>/peta.geojson", pages.outlines, name="statistics_outlines"),
]
