"""Django's handle on this package."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "pasti.portal"
    label = "portal"
