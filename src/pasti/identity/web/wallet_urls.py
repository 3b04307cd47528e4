"""Paths: The holder's own pages."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
