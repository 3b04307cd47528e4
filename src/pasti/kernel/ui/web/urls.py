"""Paths of the design system."""

from django.urls import path

from pasti.kernel.ui.web import gallery, language

app_name = "ui"
urlpatterns = [
    path("bahasa/", language.choose, name="language"),
    path("gaya/", gallery.show, name="gallery"),
]
