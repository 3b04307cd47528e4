"""Paths of the documents, under /berkas/."""

from django.urls import path

from pasti.kernel.documents.web import views

app_name = "documents"
urlpatterns = [
    path("", views.listing, name="list"),
    path("<uuid:uid>/", views.download, name="download"),
    path("<uuid:uid>/hapus/", views.remove, name="remove"),
    path("<uuid:uid>/tautan/", views.share, name="share"),
]
