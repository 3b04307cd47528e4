"""Django's handle on this package."""

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "pasti.kernel.places"
    label = "places"
    default_auto_field = "django.db.models.BigAutoField"
