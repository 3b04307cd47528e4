"""Django's handle on this package."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "pasti.kernel.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
