"""Paths: The OpenID Provider."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
