"""Paths: Signing up and signing in."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
