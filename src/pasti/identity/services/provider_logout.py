"""Telling applications that a session is over: OpenID Connect Back-Channel Logout 1.0."""

from __future__ import annotations

import datetime as dt
import json
import logging
import urllib.error
import urllib.parse
import urllib.request
import uuid
from http.client import HTTPException
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import F
from jwcrypto.jwt import JWT

from pasti.identity.models import ClientSession, LogoutNotice
from pasti.identity.rules import provider as rules
from pasti.identity.services import provider_keys as keys
from pasti.kernel.clock import now
from pasti.kernel.outbox.models import StoredEvent

log = logging.getLogger(__name__)
EVENT = "http://schemas.openid.net/event/backchannel-logout"
TIMEOUT = 5  # seconds an application has to answer
WAITS = (10, 60, 300, 1800, 7200)  # seconds before each further attempt; after the last the notice has failed
LIFE = 120  # seconds a logout token may be accepted for (section 2.4: short, two minutes at most)


def queue(event: StoredEvent) -> None:
    """A session ended: its application must be told, when it has an address for that."""
    session = ClientSession.objects.select_related("application").filter(pk=event.payload["session_id"]).first()
    if session is None or not session.application.backchannel_logout_uri:
        return
    LogoutNotice.objects.get_or_create(session=session, defaults={"next_attempt_at": now()})
    from pasti.identity.jobs.provider import wake

    wake()


def send_due(limit: int = 100) -> int:
    """Send the notices that are due; returns how many were taken. A silent application delays only its own."""
    told = 0
    due = LogoutNotice.objects.filter(state=LogoutNotice.State.WAITING, next_attempt_at__lte=now())
    for pk, attempts in list(due.order_by("next_attempt_at").values_list("pk", "attempts")[:limit]):
        told += _attempt(pk, attempts)
    return told


def _attempt(pk: int, attempts: int) -> int:
    """One attempt; whoever moves the notice on first makes it, others leave it alone."""
    last = attempts >= len(WAITS)
    wait = dt.timedelta(seconds=WAITS[min(attempts, len(WAITS) - 1)])
    mine = LogoutNotice.objects.filter(pk=pk, attempts=attempts, state=LogoutNotice.State.WAITING)
    if not mine.update(attempts=F("attempts") + 1, next_attempt_at=now() + wait):
        return 0
    notice = LogoutNotice.objects.select_related("session__application", "session").get(pk=pk)
    error = _post(notice.session)
    if not error:
        LogoutNotice.objects.filter(pk=pk).update(state=LogoutNotice.State.TOLD, told_at=now(), error="")
        return 1
    log.warning("application %s was not told of a logout: %s", notice.session.application_id, error)
    state = LogoutNotice.State.FAILED if last else LogoutNotice.State.WAITING
    LogoutNotice.objects.filter(pk=pk).update(error=error[:300], state=state)
    return 0


def _post(session: ClientSession) -> str:
    """Hand the token over; returns what went wrong, or nothing. Redirects are not followed."""
    body = urllib.parse.urlencode({"logout_token": logout_token(session)}).encode()
    request = urllib.request.Request(
        session.application.backchannel_logout_uri, body, {"Content-Type": "application/x-www-form-urlencoded"}
    )
    try:
        with _OPENER.open(request, timeout=TIMEOUT) as answer:
            return "" if answer.status in (200, 204) else f"HTTP {answer.status}"
    except urllib.error.HTTPError as error:
        return f"HTTP {error.code}"
    except (OSError, HTTPException, ValueError) as error:
        return type(error).__name__


def logout_token(session: ClientSession) -> str:
    """The signed statement that a session is over (section 2.4). It has no nonce, so it is never taken for an ID token."""
    moment = int(now().timestamp())
    claims = {
        "iss": settings.PASTI_BASE_URL, "sub": subject(session.application.sector_name, session.user_id),
        "aud": session.application.client_id, "iat": moment, "exp": moment + LIFE, "jti": uuid.uuid4().hex,
        "sid": str(session.pk), "events": {EVENT: {}},
    }  # fmt: skip
    key = keys.signing()
    token = JWT(
        header=json.dumps({"typ": "logout+jwt", "alg": "RS256", "kid": key.thumbprint()}), claims=json.dumps(claims)
    )
    token.make_signed_token(key)
    return str(token.serialize())


def subject(sector: str, user_id: UUID) -> str:
    """The pairwise name of a person for the clients of a sector."""
    return rules.subject(keys.pairwise_secret(), sector, str(user_id))


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirect)
