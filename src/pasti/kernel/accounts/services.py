"""Acts on accounts: making users, giving and ending roles, issuing and revoking tokens."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from typing import cast

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import Q

from pasti.kernel.accounts.models import AccessToken, Assignment, Client, User
from pasti.kernel.accounts.roles import ROLES
from pasti.kernel.accounts.scope import IN_FORCE
from pasti.kernel.audit.services import record_change
from pasti.kernel.clock import now, today
from pasti.kernel.errors import Refused
from pasti.kernel.statements import Finder

TOKEN_LIFE = dt.timedelta(hours=1)
PURPOSE = "kernel.accounts"
# A token with its user and the roles held today, for every call of the API in one question.
_LIVE = Finder(
    "FROM accounts_accesstoken t JOIN accounts_user u ON u.id = t.user_id "
    f"LEFT JOIN accounts_assignment a ON a.user_id = u.id AND {IN_FORCE} "
    "WHERE t.digest = %(digest)s AND t.expires_at > %(moment)s AND t.revoked_at IS NULL AND u.is_active "
    "ORDER BY a.starts, a.id",
    also=["t.scopes"], u=User, a=Assignment,
)  # fmt: skip


@transaction.atomic
def assign(
    user: User, role: str, *, unit_code: str, unit_name: str, area_code: str = "", starts: dt.date | None = None,
    ends: dt.date | None = None, deputy: bool = False,
) -> Assignment:  # fmt: skip
    """Give `user` a role from `starts` (today) on; a deputy's has its last day. Giving the same again changes nothing.

    Raises Refused when there is no such role.
    """
    if role not in ROLES:
        raise Refused("peran-tidak-dikenal", f"Peran {role} tidak dikenal", status=422, field="role")
    held = Assignment.objects.filter(user=user, role=role, unit_code=unit_code, deputy=deputy, ended_at=None)
    dates = Q(starts=starts, ends=ends) if deputy else Q(ends__isnull=True) | Q(ends__gte=today())
    existing = held.filter(dates).first()
    if existing:
        return existing
    given = Assignment.objects.create(
        user=user, role=role, unit_code=unit_code, unit_name=unit_name, area_code=area_code, starts=starts or today(),
        ends=ends, deputy=deputy,
    )  # fmt: skip
    forget_roles(user)
    record_change(
        user.person_id, "accounts.assigned", purpose=PURPOSE, object_type="assignment", object_id=given.pk,
        object_label=str(given), changes={"role": role, "unit": unit_code},
    )  # fmt: skip
    return given


@transaction.atomic
def end_assignment(assignment_id: int, *, last_day: dt.date) -> None:
    """End a role after `last_day`; with yesterday's date it ends at once."""
    held = Assignment.objects.select_for_update().get(pk=assignment_id)
    held.ends = max(last_day, held.starts)
    held.save(update_fields=["ends"])
    record_change(
        held.user.person_id, "accounts.unassigned", purpose=PURPOSE, object_type="assignment", object_id=held.pk,
        object_label=str(held), changes={"ends": held.ends.isoformat()},
    )  # fmt: skip


@transaction.atomic
def take_away(assignment_id: int) -> bool:
    """End a role this very moment: the next request of its holder no longer has it. False when it was over already."""
    held = Assignment.objects.select_related("user").get(pk=assignment_id)
    taken = Assignment.objects.filter(in_force_or_coming(today()), pk=assignment_id).update(ended_at=now())
    if taken:
        forget_roles(held.user)
        record_change(
            held.user.person_id, "accounts.unassigned", purpose=PURPOSE, object_type="assignment", object_id=held.pk,
            object_label=str(held), changes={"ends": now().isoformat()},
        )  # fmt: skip
    return bool(taken)


def in_force_or_coming(day: dt.date) -> Q:
    """Assignments that open something on `day` or will later."""
    return Q(ended_at=None) & (Q(ends__isnull=True) | Q(ends__gte=day))


def forget_roles(user: User) -> None:
    """What this request remembered of the user's roles is no longer true."""
    user.__dict__.pop("_assignments", None)
    user.__dict__.pop("_roles", None)


def issue_token(user: User, *, scopes: list[str], life: dt.timedelta = TOKEN_LIFE) -> str:
    """A new bearer token; its text is returned once and never stored."""
    text = f"pasti_{secrets.token_urlsafe(32)}"
    AccessToken.objects.create(user=user, digest=digest_of(text), scopes=scopes, expires_at=now() + life)
    return text


def digest_of(token: str) -> bytes:
    """What is stored of a token: 256 random bits need no salt."""
    return hashlib.sha256(token.encode()).digest()


def user_of_token(text: str) -> User | None:
    """The user a live token speaks for, with the token's scopes and today's roles set on it; None for any other text."""
    day = today()
    found = _LIVE.all({"digest": digest_of(text), "moment": now(), "day": day})
    if not found:
        return None
    user, _, scopes = found[0]
    user._token_scopes = frozenset(scopes)
    user._assignments = {day: [held for _, held, _ in found if held.pk is not None]}
    return cast(User, user)


@transaction.atomic
def register_client(client_id: str, secret: str, *, name: str, scopes: list[str]) -> Client:
    """Register a program, or give a known one this secret and these scopes."""
    user, _ = User.objects.get_or_create(
        username=f"client:{client_id}",
        defaults={"name": name, "kind": User.Kind.CLIENT, "password": make_password(None)},
    )
    client, _ = Client.objects.update_or_create(
        client_id=client_id, defaults={"user": user, "secret_hash": make_password(secret), "scopes": scopes}
    )
    return client


def token_for_client(client_id: str, secret: str, wanted: list[str] | None = None) -> tuple[str, list[str]]:
    """A token for a program that proves its secret (RFC 6749, 4.4). Raises Refused `invalid_client`."""
    client = Client.objects.select_related("user").filter(client_id=client_id, user__is_active=True).first()
    known = client.secret_hash if client else make_password("nobody")
    if not check_password(secret, known) or client is None:
        raise Refused("invalid_client", "Client tidak dikenal atau rahasianya salah", status=401)
    scopes = [s for s in client.scopes if wanted is None or s in wanted]
    if wanted and set(wanted) - set(client.scopes):
        raise Refused("invalid_scope", "Lingkup yang diminta tidak dimiliki client ini", status=400)
    return issue_token(client.user, scopes=scopes), scopes
