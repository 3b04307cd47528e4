"""Paths: Verifiers, requests and receipts."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
