"""What Django and allauth tell of sessions and passwords, handed to the service that ends sessions at applications.

Signals are the only place where every way out is heard: the button, the list of sessions, another application's request.
"""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed, password_reset
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from pasti.identity.services import provider_sessions as sessions
from pasti.kernel.accounts.models import User


@receiver(user_logged_out, dispatch_uid="identity.provider.signed_out")
def _signed_out(request: HttpRequest | None, **more: Any) -> None:
    session = getattr(request, "session", None)
    if session is not None and session.session_key:
        sessions.end_browser(session.session_key, "signed-out")


@receiver([password_changed, password_reset], dispatch_uid="identity.provider.password")
def _password(user: User, **more: Any) -> None:
    sessions.end_all(user, "password")
