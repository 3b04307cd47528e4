"""Django's handle on this package."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "pasti.kernel.documents"
    label = "documents"
    default_auto_field = "django.db.models.BigAutoField"
