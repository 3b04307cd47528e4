"""Django's handle on this package."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "pasti.kernel.outbox"
    label = "outbox"
    default_auto_field = "django.db.models.BigAutoField"
