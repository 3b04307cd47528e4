"""Django's handle on this package."""

from django.apps import AppConfig


class PurutConfig(AppConfig):
    name = "pasti.purut"
    label = "purut"
