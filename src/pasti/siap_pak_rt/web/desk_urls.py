"""Paths of the RT head's desk: people, events, guests, handover."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
