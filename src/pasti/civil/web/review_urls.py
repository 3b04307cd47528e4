"""Paths of finding people, duplicates, and events on their way to Disdukcapil."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
