"""Paths of letters and their way from RT to kelurahan."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
