"""Django's handle on this package."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "pasti.kernel.api"
    label = "api"
    default_auto_field = "django.db.models.BigAutoField"
