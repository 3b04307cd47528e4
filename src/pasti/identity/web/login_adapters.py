"""How signing in differs from allauth's defaults."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from pasti.identity.services import access, lockout, sign_up
from pasti.kernel.accounts.addresses import address_of
from pasti.kernel.accounts.freshness import is_fresh
from pasti.kernel.accounts.models import User
from pasti.kernel.errors import Refused


class AccountAdapter(DefaultAccountAdapter):
    """Accounts begin with the register; wrong passwords are counted by account and address together."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Not by allauth's own page: an account belongs to a person the city knows."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address of whoever asks, as everywhere in the house."""
        return address_of(request) or "0.0.0.0"  # noqa: S104

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try first. Raises ValidationError when this account must wait at this address."""
        account = _typed(credentials)
        entered = lockout.enter(lockout.SIGN_IN, account, address_of(request))
        if entered.wait:
            raise ValidationError(wait_words(entered.wait), code="too_many_login_attempts")
        if entered.shut:
            access.tell_shut(account)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """The user, when the password is right."""
        user = super().authenticate(request, **credentials)
        if user is not None:
            lockout.passed(lockout.SIGN_IN, _typed(credentials), address_of(request))
        return user

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Only when the last proof is a while ago: who has just signed in is not asked again."""
        return not is_fresh(context.request)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """The own key first, where there is one: it is the quickest and the surest."""
        methods = super().get_reauthentication_methods(user)
        return sorted(methods, key=lambda one: one["id"] != "mfa_reauthenticate:webauthn")


def _typed(credentials: dict[str, Any]) -> str:
    return str(credentials.get("username") or credentials.get("email") or "")


def wait_words(seconds: int) -> str:
    """How long to wait, and that it holds for this place only."""
    return _("%(wait)s Dari perangkat yang biasa Anda pakai di tempat lain, Anda tetap dapat masuk.") % {
        "wait": sign_up.too_often(seconds).message
    }


@contextmanager
def count_code(user: User) -> Iterator[None]:
    """Count a try of the second step. Raises ValidationError when it must wait."""
    account, address = str(user.pk), address_of(context.request)
    entered = lockout.enter(lockout.SECOND_FACTOR, account, address)
    if entered.wait:
        raise ValidationError(wait_words(entered.wait), code="too_many_login_attempts")
    if entered.shut:
        access.tell_shut(user.username)
    yield
    lockout.passed(lockout.SECOND_FACTOR, account, address)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Passkeys, authenticator apps and recovery codes in our words."""

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """For which site a passkey is: the platform's own name, not what a request says it is."""
        host = urlsplit(settings.PASTI_BASE_URL).hostname if settings.SECURE else None
        name = f"PASTI {settings.PASTI_CITY.get('name', '')}".strip()
        return {"id": host or context.request.get_host().partition(":")[0], "name": name}

    @transaction.atomic
    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last way in stays, and the last second factor of an official; who wants another sets that up first."""
        try:
            access.check_removable(authenticator)
        except Refused:
            return False
        return True

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        """The name proposed for a new key."""
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return str(_("Kunci saya")) if not count else _("Kunci ke-%(number)s") % {"number": count + 1}

    def send_notification_mail(self, template_prefix: str, user: Any, *args: Any, **kwargs: Any) -> None:
        """What changed about signing in: recorded, and told to the account's owner."""
        access.note_change(user, template_prefix.rpartition("/")[2])
