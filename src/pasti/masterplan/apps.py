"""Django's handle on this package."""

from django.apps import AppConfig


class MasterplanConfig(AppConfig):
    name = "pasti.masterplan"
    label = "masterplan"
    default_auto_field = "django.db.models.BigAutoField"
