"""Asking for what lies outside one's scope: the answer is 404, the attempt is kept, and repeated attempts are told.

A thing is named by its id in the address. Ids cannot be guessed, so an attempt means a link that was passed on, a role
that has ended, or somebody trying. Whether there is such a thing is not looked up: the answer must not depend on it.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.http import HttpRequest

from pasti.kernel.accounts.events import AttemptsOutsideScope
from pasti.kernel.audit.models import Entry
from pasti.kernel.audit.services import record_read
from pasti.kernel.clock import now
from pasti.kernel.context import Actor, current_actor
from pasti.kernel.outbox.services import emit

PURPOSE = "kernel.accounts"
DENIED, TOLD = "accounts.denied", "accounts.denied_told"
TOO_MANY, WITHIN = 3, dt.timedelta(minutes=10)
RECENT = 2000  # entries of one actor that are looked through


def note(request: HttpRequest, status: int) -> None:
    """Keep a denied look in the audit log; at the third within ten minutes emit an event, once for that while."""
    actor, match = current_actor(), request.resolver_match
    if status != 404 or actor.user_id is None or match is None:
        return
    wanted = next((str(value) for value in match.kwargs.values() if _names_something(value)), "")
    if not wanted:
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 21))", [str(actor.user_id)])
        record_read(None, DENIED, purpose=PURPOSE, fields=(), object_type=match.view_name[:40], object_id=wanted[:64])
        _tell(actor, actor.user_id)


def _names_something(value: Any) -> bool:
    """Whether a value of an address is an id of something somebody may own."""
    if isinstance(value, UUID | int):
        return True
    try:
        return bool(UUID(value))
    except (ValueError, TypeError, AttributeError):
        return False


def _tell(actor: Actor, user_id: UUID) -> None:
    newest = Entry.objects.filter(actor_id=user_id).order_by("-id").values_list("id", "at", "action")[:RECENT]
    since = now() - WITHIN
    recent = [(pk, action) for pk, at, action in newest if at > since and action in (DENIED, TOLD)]
    attempts = [pk for pk, action in recent if action == DENIED]
    if len(attempts) < TOO_MANY or any(action == TOLD for _pk, action in recent):
        return
    record_read(None, TOLD, purpose=PURPOSE, fields=(), object_type="user", object_id=user_id)
    emit(
        AttemptsOutsideScope(user_id, actor.name, actor.role, actor.unit, len(attempts), attempts[-1]),
        aggregate=f"accounts.user:{user_id}",
    )
