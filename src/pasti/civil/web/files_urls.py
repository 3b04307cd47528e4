"""Paths of bringing files of people in and out."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
