"""Django's handle on this package."""

from django.apps import AppConfig


class PublishConfig(AppConfig):
    name = "pasti.kernel.publish"
    label = "publish"
    default_auto_field = "django.db.models.BigAutoField"
