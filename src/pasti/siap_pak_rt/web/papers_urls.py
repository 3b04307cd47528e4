"""Paths of signed papers and their verification."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
