"""Paths of numbers of people."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
