"""Django's handle on this package."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "pasti.kernel.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Sessions know when they began."""
        from django.contrib.auth.signals import user_logged_in

        from pasti.kernel.accounts.freshness import note_sign_in

        user_logged_in.connect(note_sign_in, dispatch_uid="accounts.note_sign_in")
