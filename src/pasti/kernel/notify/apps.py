"""Django's handle on this package."""

from django.apps import AppConfig


class NotifyConfig(AppConfig):
    name = "pasti.kernel.notify"
    label = "notify"
    default_auto_field = "django.db.models.BigAutoField"
