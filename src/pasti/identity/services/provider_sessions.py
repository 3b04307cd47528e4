"""Sessions at applications: they begin with a sign-in there and end with the session here, tokens and all."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from oauth2_provider.models import Grant, RefreshToken

from pasti.identity.events import SignedOutThere
from pasti.identity.models import Application, ClientSession, Consent, SignIn
from pasti.identity.rules.provider import digest_of
from pasti.kernel.accounts.models import User
from pasti.kernel.clock import now
from pasti.kernel.outbox.services import emit

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Proof:
    """How somebody is signed in here: the browser session, the moment, and the words for it (acr, amr)."""

    session_key: str
    auth_time: int
    acr: str
    amr: tuple[str, ...]


@transaction.atomic
def begin(user: User, application: Application, proof: Proof) -> ClientSession:
    """The session of this browser at this application; a sign-in there again goes on with it, with the new proof."""
    known = {"session_key": proof.session_key, "application": application, "user": user, "ended_at": None}
    shown = {"auth_time": proof.auth_time, "acr": proof.acr, "amr": list(proof.amr)}
    session, created = ClientSession.objects.get_or_create(**known, defaults=shown | {"began_at": now()})
    if not created:
        ClientSession.objects.filter(pk=session.pk).update(**shown)
    Consent.objects.filter(user=user, application=application, revoked_at=None).update(used_at=now())
    return session


def note_code(session_id: UUID, application: Application, code: str) -> None:
    """Keep the digest of a code given to an application, so that its second coming is recognised."""
    SignIn.objects.create(session_id=session_id, application=application, code_digest=digest_of(code), at=now())


def redeem(code: str) -> bool:
    """A code was exchanged; True the first time only, however many come at once."""
    return bool(SignIn.objects.filter(code_digest=digest_of(code), redeemed_at=None).update(redeemed_at=now()))


def replayed(code: str, application: Application) -> None:
    """A code came a second time: nothing that was given for it holds any longer (RFC 6749, section 4.1.2)."""
    found = SignIn.objects.filter(code_digest=digest_of(code), application=application, redeemed_at__isnull=False)
    for session_id in found.values_list("session_id", flat=True):
        log.warning("a code of %s came again: its tokens are taken back", application.client_id)
        revoke_tokens([session_id])


def end_browser(session_key: str, why: str) -> int:
    """A session here is over: so are those it opened at applications. Returns how many."""
    return _end(ClientSession.objects.filter(session_key=session_key), why) if session_key else 0


def end_all(user: User, why: str, *, but: str = "") -> int:
    """End all of a person's sessions at applications, save those of the browser session `but`. Returns how many.

    `why`: "password", "closed", "revoked", "signed-out", "gone", "disabled".
    """
    return _end(ClientSession.objects.filter(user=user).exclude(session_key=but or None), why)


def end_at(user: User, application: Application, why: str) -> int:
    """End a person's sessions at one application. Returns how many."""
    return _end(ClientSession.objects.filter(user=user, application=application), why)


def end_client(application: Application, why: str) -> int:
    """End everybody's sessions at one application. Returns how many."""
    return _end(ClientSession.objects.filter(application=application), why)


def end_gone(limit: int = 500) -> int:
    """End sessions whose browser session is no longer there: expired, or removed from the list of devices."""
    here = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=now())
    found = ClientSession.objects.filter(ended_at=None).filter(~Exists(here) | Q(user__is_active=False))
    ids = list(found.values_list("pk", flat=True)[:limit])
    return _end(ClientSession.objects.filter(pk__in=ids), "gone")


@transaction.atomic
def _end(sessions: QuerySet[ClientSession], why: str) -> int:
    ended = 0
    for one in sessions.filter(ended_at=None).select_for_update().order_by("pk"):
        ClientSession.objects.filter(pk=one.pk).update(ended_at=now(), ended_by=why)
        emit(SignedOutThere(one.pk, one.application_id, why), aggregate=f"client-session:{one.pk}")
        ended += 1
        revoke_tokens([one.pk])
        Grant.objects.filter(user_id=one.user_id, application_id=one.application_id).delete()
    return ended


def revoke_tokens(sessions: Iterable[UUID]) -> None:
    """Every token given in these sessions stops working now."""
    for family in sessions:
        with transaction.atomic():
            hold(family)
            RefreshToken.revoke_family(family)


def hold(family: UUID | None) -> None:
    """Until the end of the transaction nobody else gives or takes tokens of this session.

    Else two that revoke a family wait for each other's rows for ever.
    """
    if family is not None:
        list(ClientSession.objects.select_for_update(no_key=True).filter(pk=family).values_list("pk"))


def purge(older_than_days: int = 730) -> int:
    """Forget sessions that ended long ago, with their sign-ins. Returns how many."""
    return ClientSession.objects.filter(ended_at__lt=now() - dt.timedelta(days=older_than_days)).delete()[0]
