"""Django's handle on this package."""

from django.apps import AppConfig


class EwsConfig(AppConfig):
    name = "pasti.ews"
    label = "ews"
