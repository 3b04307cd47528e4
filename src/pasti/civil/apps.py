"""Django's handle on this package."""

from django.apps import AppConfig


class CivilConfig(AppConfig):
    name = "pasti.civil"
    label = "civil"
    default_auto_field = "django.db.models.BigAutoField"
