"""Django's handle on this package."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "pasti.identity"
    label = "identity"

    def ready(self) -> None:
        """Hear what Django tells of sessions that end."""
        from pasti.identity.web import provider_signals

        assert provider_signals
