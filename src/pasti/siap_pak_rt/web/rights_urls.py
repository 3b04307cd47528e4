"""Paths of the rights of the person the data is about."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
