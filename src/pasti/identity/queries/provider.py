"""Reads of the OpenID Provider: the register of clients, what people allowed, who is signed in where."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from oauth2_provider.models import RefreshToken

from pasti.identity.models import Application, ClientSession, Consent, SignIn
from pasti.identity.rules.provider import digest_of
from pasti.kernel.accounts.models import User
from pasti.kernel.clock import now
from pasti.kernel.errors import NotFound

_MONTH = dt.timedelta(days=30)


def clients(search: str = "") -> QuerySet[Application]:
    """All registered clients, to be paged by name."""
    rows = Application.objects.all()
    words = search.strip()
    return rows.filter(Q(name__icontains=words) | Q(agency__icontains=words)) if words else rows


def client(pk: int) -> Application:
    """One client. Raises NotFound."""
    found = Application.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def by_name(client_id: str) -> Application | None:
    """The client with this public name; None without one."""
    return Application.objects.filter(client_id=client_id).first()


def by_client_id(client_id: str) -> Application:
    """The client with this public name. Raises NotFound."""
    found = by_name(client_id)
    if found is None:
        raise NotFound
    return found


def connected(user: User) -> QuerySet[Consent]:
    """What `user` allows applications, to be paged; `live` counts the sessions open there now."""
    live = (
        ClientSession.objects.filter(user=user, application=OuterRef("application"), ended_at=None)
        .order_by().values("application").annotate(count=Count("pk")).values("count")
    )  # fmt: skip
    rows = Consent.objects.filter(user=user, revoked_at=None).select_related("application")
    return rows.annotate(live=Subquery(live))


def own_consent(user: User, pk: int) -> Consent:
    """A consent of `user` in force. Raises NotFound for any other."""
    found = Consent.objects.select_related("application").filter(user=user, pk=pk, revoked_at=None).first()
    if found is None:
        raise NotFound
    return found


def session_of_code(code: str) -> ClientSession | None:
    """The live session a code was given in."""
    found = SignIn.objects.select_related("session").filter(code_digest=digest_of(code), session__ended_at=None).first()
    return found.session if found else None


def live_session(pk: UUID | None) -> ClientSession | None:
    """A session that is not over, of a person whose account is open."""
    return ClientSession.objects.filter(pk=pk, ended_at=None, user__is_active=True).first() if pk else None


def family_of(refresh_token: str) -> UUID | None:
    """The session a refresh token belongs to, whether it still works or not."""
    digest = digest_of(refresh_token).hex()
    return RefreshToken.objects.filter(token_checksum=digest).values_list("token_family", flat=True).first()


def session_of_token(access_token: Any) -> ClientSession | None:
    """The live session an access token was given in."""
    family = RefreshToken.objects.filter(access_token=access_token, revoked=None).values_list("token_family", flat=True)
    return live_session(family.first())


def use_of(application: Application) -> dict[str, Any]:
    """How a client is used: people who allow it something, sign-ins of the last 30 days, the last one."""
    people = Consent.objects.filter(application=application, revoked_at=None).count()
    signed = SignIn.objects.filter(application=application, redeemed_at__isnull=False).aggregate(
        month=Count("pk", filter=Q(redeemed_at__gte=now() - _MONTH)), last=Max("redeemed_at")
    )
    return {"people": people, **signed}


def sign_ins_by_client(limit: int = 12) -> list[tuple[str, int]]:
    """Sign-ins of the last 30 days by application, the most used first."""
    counted = (
        SignIn.objects.filter(redeemed_at__gte=now() - _MONTH)
        .values("application__name").annotate(count=Count("pk")).order_by("-count", "application__name")
    )  # fmt: skip
    return [(row["application__name"], row["count"]) for row in counted[:limit]]


def records_of(person_id: UUID) -> list[dict[str, Any]]:
    """Everything kept of a person's use of applications, for that person."""
    user = User.objects.filter(person_id=person_id).first()
    if user is None:
        return []
    consents = Consent.objects.filter(user=user).select_related("application").order_by("id")
    sessions = ClientSession.objects.filter(user=user).select_related("application").order_by("began_at")
    return [
        {"catatan": "izin", "aplikasi": one.application.name, "boleh": ", ".join(one.given),
         "ditolak": ", ".join(one.refused), "diberikan_pada": one.given_at, "terakhir_dipakai": one.used_at,
         "dicabut_pada": one.revoked_at} for one in consents
    ] + [
        {"catatan": "masuk", "aplikasi": one.application.name, "mulai": one.began_at, "berakhir": one.ended_at}
        for one in sessions
    ]  # fmt: skip
