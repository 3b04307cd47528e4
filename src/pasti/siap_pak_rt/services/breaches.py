"""Failures of protection: entering one, finding whom it touched, telling them and the authority (UU 27/2022 article 46).

Each act needs a scope of the whole city: people of any area may be touched.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from pasti.civil import queries as register
from pasti.kernel import clock
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import current_scope
from pasti.kernel.audit.services import record_change
from pasti.kernel.context import current_actor
from pasti.kernel.errors import NotFound, Refused
from pasti.kernel.notify.services import send
from pasti.siap_pak_rt.models import Breach, BreachSubject

PURPOSE = "siap_pak_rt.kegagalan"
STEP = 500
NOBODY = UUID(int=0)  # the program itself


@dataclass(frozen=True)
class Found:
    """What is known of a breach when it is entered."""

    title: str
    data_kinds: str
    cause: str
    handling: str
    started_at: dt.datetime
    ended_at: dt.datetime
    discovered_at: dt.datetime
    public_notice: bool = False


def enter(found: Found, *, key: str) -> Breach:
    """Put a breach into the register. The same `key` is the same breach.

    Raises Refused `waktu-terbalik` when it ends before it starts or is discovered in the future.
    """
    if found.ended_at < found.started_at:
        raise Refused("waktu-terbalik", _("Berakhir sebelum mulai"), status=422, field="ended_at")
    if found.discovered_at > clock.now():
        raise Refused("waktu-terbalik", _("Waktu diketahui belum tiba"), status=422, field="discovered_at")
    actor = current_actor()
    once = f"{actor.user_id}:{key[:60]}"
    try:
        with transaction.atomic():
            made = Breach.objects.create(
                **asdict(found),
                created_by=actor.user_id or NOBODY,
                created_name=actor.name,
                created_at=clock.now(),
                once=once,
            )
            _record("siap_pak_rt.breach.entered", made)
    except IntegrityError:
        return Breach.objects.get(once=once)
    return made


@transaction.atomic
def add_seen_by(breach_id: UUID, username: str) -> int:
    """Everyone whose record this account read or changed while the breach went on, from the audit log.

    Returns how many were added. Raises NotFound, Refused `akun-tidak-dikenal`, `sudah-ditutup`.
    """
    breach = _open(breach_id)
    user = User.objects.filter(username=username.strip()).first()
    if user is None:
        raise Refused("akun-tidak-dikenal", _("Akun ini tidak dikenal"), status=422, field="username")
    return _add(breach, _SEEN, [user.pk, breach.started_at, breach.ended_at], f"akun {user.username}")


@transaction.atomic
def add_seen_in(breach_id: UUID, action: str) -> int:
    """Everyone on whom this act was recorded while the breach went on (an export, a list). Returns how many."""
    breach = _open(breach_id)
    return _add(breach, _ACTED, [action.strip(), breach.started_at, breach.ended_at], f"tindakan {action.strip()}")


@transaction.atomic
def add_numbers(breach_id: UUID, niks: Iterable[str]) -> int:
    """The people of the scope with these NIK, from a list that was found outside. Returns how many were added."""
    breach = _open(breach_id)
    people = register.ids_by_nik(sorted({number.strip() for number in niks if number.strip()}))
    return _add(breach, _NAMED, [people], "daftar NIK")


@transaction.atomic
def mark_reported(breach_id: UUID) -> Breach:
    """The authority has been told. Twice is once."""
    breach = _open(breach_id)
    if breach.reported_at is None:
        breach.reported_at = clock.now()
        breach.save(update_fields=["reported_at"])
        _record("siap_pak_rt.breach.reported", breach)
    return breach


def notify_step(breach_id: UUID) -> int:
    """Tell the next few hundred people: by inbox who has an account; the others get a letter to be printed.

    Returns how many were told; 0 when nobody is left. Killed in the middle it goes on, and nobody is told twice.
    """
    with transaction.atomic():
        breach = _open(breach_id)
        waiting = BreachSubject.objects.select_for_update(skip_locked=True).filter(breach=breach, told="not_yet")
        rows = list(waiting.order_by("id")[:STEP])
        users = dict(User.objects.filter(person_id__in=[row.person_id for row in rows], is_active=True)
                     .values_list("person_id", "pk"))  # fmt: skip
        for row in rows:
            _notify(breach, row, users.get(row.person_id))
        if not rows and breach.notified_at is None and not waiting.exists():
            breach.notified_at = clock.now()
            breach.save(update_fields=["notified_at"])
            _record("siap_pak_rt.breach.notified", breach)
        return len(rows)


@transaction.atomic
def close(breach_id: UUID) -> Breach:
    """Everybody was told and it is over. Raises Refused `belum-diberitahu` while someone was not."""
    breach = _open(breach_id)
    if breach.reported_at is None or BreachSubject.objects.filter(breach=breach, told="not_yet").exists():
        raise Refused("belum-diberitahu", _("Beri tahu dulu lembaga dan semua orang yang terdampak"))
    breach.state, breach.closed_at = Breach.State.CLOSED, clock.now()
    breach.save(update_fields=["state", "closed_at"])
    _record("siap_pak_rt.breach.closed", breach)
    return breach


def notice(breach: Breach) -> str:
    """What a person is told, after article 46 (2): the data, when and how it was revealed, what is being done."""
    return _(
        "Data pribadi Anda terungkap di luar yang diizinkan.\n\nData: %(data)s.\nKapan: %(start)s sampai %(end)s.\n"
        "Bagaimana: %(cause)s\nPenanganan: %(handling)s"
    ) % {
        "data": breach.data_kinds, "start": _day(breach.started_at), "end": _day(breach.ended_at),
        "cause": breach.cause, "handling": breach.handling,
    }  # fmt: skip


def _notify(breach: Breach, row: BreachSubject, user_id: UUID | None) -> None:
    if user_id is not None:
        send(user_id, kind="kegagalan", title=_("Pemberitahuan: data Anda terungkap"), body=notice(breach),
             url="/jejak-akses/", dedupe_key=f"breach:{breach.pk}")  # fmt: skip
    row.told, row.told_at = ("inbox" if user_id else "letter"), clock.now()
    row.save(update_fields=["told", "told_at"])
    record_change(row.person_id, "siap_pak_rt.breach.told", purpose=PURPOSE, object_type="breach", object_id=breach.pk)


def _open(breach_id: UUID) -> Breach:
    found = Breach.objects.select_for_update().filter(pk=breach_id).first()
    if found is None:
        raise NotFound
    if found.state == Breach.State.CLOSED:
        raise Refused("sudah-ditutup", _("Catatan ini sudah ditutup"))
    return found


def _add(breach: Breach, chosen: str, values: list[Any], because: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_INSERT.format(chosen=chosen), [breach.pk, because, clock.now(), _city(), *values])
        added = cursor.rowcount
    if added and breach.notified_at is not None:
        breach.notified_at = None
        breach.save(update_fields=["notified_at"])
    _record("siap_pak_rt.breach.subjects", breach, {"because": because, "added": added})
    return added


def _record(action: str, breach: Breach, changes: dict[str, object] | None = None) -> None:
    record_change(None, action, purpose=PURPOSE, object_type="breach", object_id=breach.pk, object_label=breach.title,
                  changes=changes)  # fmt: skip


def _city() -> str:
    """The scope's own area: the register of breaches is kept for the whole city."""
    scope = current_scope()
    return scope.areas[0] if scope and scope.areas else ""


def _day(moment: dt.datetime) -> str:
    return f"{moment.astimezone(clock.city_zone()):%d-%m-%Y %H.%M}"


_INSERT = """INSERT INTO siap_pak_rt_breachsubject (breach_id, person_id, because, told, recorded_at, area)
SELECT %s, found.id, %s, 'not_yet', %s, %s FROM ({chosen}) AS found ON CONFLICT (breach_id, person_id) DO NOTHING"""
_SEEN = "SELECT DISTINCT subject_id AS id FROM audit_entry WHERE actor_id = %s AND at BETWEEN %s AND %s AND subject_id IS NOT NULL"
_ACTED = "SELECT DISTINCT subject_id AS id FROM audit_entry WHERE action = %s AND at BETWEEN %s AND %s AND subject_id IS NOT NULL"
_NAMED = "SELECT unnest(%s::uuid[]) AS id"
