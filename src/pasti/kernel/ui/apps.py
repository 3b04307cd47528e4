"""Django's handle on this package."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "pasti.kernel.ui"
    label = "ui"
