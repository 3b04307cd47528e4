"""Paths: Activation, credentials and their status."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
