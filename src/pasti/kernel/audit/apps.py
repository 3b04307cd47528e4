"""Django's handle on this package."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "pasti.kernel.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
