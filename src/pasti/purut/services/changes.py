"""A doctor's leave and changed hours: every booking that loses its place is offered another in the same act."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from pasti.kernel.audit.services import record_change
from pasti.kernel.clock import city_zone, now, today
from pasti.kernel.errors import Refused
from pasti.purut.events import SessionCalledOff, SessionMoved
from pasti.purut.models import Antrean, Hospital, Sesi
from pasti.purut.rules import holding, times
from pasti.purut.rules.states import BEFORE_SEEN, State
from pasti.purut.services.booking import withdraw
from pasti.purut.services.keeping import keep
from pasti.purut.services.one_at_a_time import wait_for_turn
from pasti.purut.services.places import lock_session, terms_of
from pasti.purut.services.steps import label_of, tell
from pasti.purut.services.waiting import end_waiting

KINDS = ("jkn", "nonjkn", "online", "walkin")
PURPOSE = "purut.registration"


@dataclass
class Changed:
    """What a change did: who was offered another place, who could not be, who was told of the new hours."""

    offered: list[Antrean] = field(default_factory=list)
    without: list[Antrean] = field(default_factory=list)
    told: int = 0


@transaction.atomic
def call_off(sesi_id: int, reason: str) -> Changed:
    """The session is not held. Twice is once: the second time nobody is left to move.

    Nobody books it from here on: the row is locked first, and a booking takes its place from an open session only.
    Raises Refused `sesi-lewat` for a session of a day that is over.
    """
    sesi = _locked(sesi_id)
    Sesi.objects.filter(pk=sesi.pk).update(state=Sesi.State.CANCELLED)
    end_waiting(sesi, reason)
    _trace(sesi, "purut.sesi.cancelled", {"reason": reason})
    return _move_on(sesi, _bookings(sesi), reason)


@transaction.atomic
def change_hours(sesi_id: int, starts: dt.datetime, ends: dt.datetime, reason: str) -> Changed:
    """The session is held at other hours of its day; when it becomes shorter the highest numbers lose their place.

    When it becomes longer again, up to the schedule's hours, its places come back. Raises Refused `jam-tidak-sah` for
    hours that end before they begin, or of another day, `sesi-tutup` when the session was called off, and
    what `call_off` raises.
    """
    sesi = _locked(sesi_id)
    if sesi.state != Sesi.State.OPEN:
        raise Refused("sesi-tutup", _("Sesi ini sudah dibatalkan"), field="sesi_id")
    zone = city_zone()
    if ends <= starts or {starts.astimezone(zone).date(), ends.astimezone(zone).date()} != {sesi.date}:
        raise Refused(
            "jam-tidak-sah", _("Jam selesai harus sesudah jam mulai, pada hari yang sama"), status=422, field="ends"
        )
    if (starts, ends) == (sesi.starts_at, sesi.ends_at):
        return Changed()
    _trace(sesi, "purut.sesi.moved", {"starts_at": starts.isoformat(), "ends_at": ends.isoformat(), "reason": reason})
    losing = _losing(sesi, ends - starts)
    wanted = {f"quota_{kind}": _places(sesi, kind, ends - starts) for kind in KINDS}
    changed = _move_on(sesi, losing, reason)
    sesi.refresh_from_db(fields=[f"used_{kind}" for kind in KINDS])
    quotas = {name: max(quota, getattr(sesi, name.replace("quota", "used"))) for name, quota in wanted.items()}
    Sesi.objects.filter(pk=sesi.pk).update(starts_at=starts, ends_at=ends, **quotas)
    sesi.starts_at, sesi.ends_at = starts, ends
    changed.told = _tell_new_hours(sesi, reason)
    return changed


def _locked(sesi_id: int) -> Sesi:
    # Two changes at once would look for places in each other's session, each with its own locked.
    wait_for_turn("sessions")
    sesi = lock_session(sesi_id)
    if sesi.date < today():
        raise Refused("sesi-lewat", _("Hari sesi ini sudah lewat"))
    return sesi


def _bookings(sesi: Sesi) -> list[Antrean]:
    states = sorted(BEFORE_SEEN | {State.HELD})
    rows = Antrean.objects.filter(sesi=sesi, state__in=states).select_related("poli", "patient", "sesi")
    return list(rows.order_by("number"))


def _losing(sesi: Sesi, lasts: dt.timedelta) -> list[Antrean]:
    """Those who are not in the house yet and do not fit the shorter session."""
    quotas = {kind: _places(sesi, kind, lasts) for kind in KINDS}
    rows = {one.number: one for one in _bookings(sesi) if one.state in (State.BOOKED, State.HELD)}
    bookings = [holding.Booking(number, terms_of(one).counters) for number, one in rows.items()]
    lost = holding.displaced(bookings, {kind: getattr(sesi, f"used_{kind}") for kind in KINDS}, quotas)
    return sorted((rows[one.number] for one in lost), key=lambda one: one.number)


def _places(sesi: Sesi, kind: str, lasts: dt.timedelta) -> int:
    """The places when the session lasts `lasts`: fewer when it becomes shorter, those of the schedule when longer again."""
    name, planned = f"quota_{kind}", sesi.jadwal
    day, zone = sesi.date, city_zone()
    usual = times.moment(day, planned.ends, zone) - times.moment(day, planned.starts, zone)
    before = sesi.ends_at - sesi.starts_at
    if lasts <= before:
        return holding.shrunk(getattr(sesi, name), before, lasts)
    return max(getattr(sesi, name), holding.shrunk(getattr(planned, name), usual, lasts))


def _move_on(sesi: Sesi, losing: list[Antrean], reason: str) -> Changed:
    changed, rules, others = Changed(), Hospital.objects.get(), _alternatives(sesi)
    for antrean in losing:
        if not withdraw(antrean, BEFORE_SEEN | {State.HELD}):
            continue
        other = _alternative(antrean, others, rules)
        (changed.offered if other else changed.without).append(other or antrean)
        event = SessionCalledOff(
            antrean.code, label_of(antrean), antrean.poli_id, antrean.date, reason,
            other.code if other else "", other.sesi.starts_at if other else None, other.held_until if other else None,
        )  # fmt: skip
        tell(antrean, event, jenis="sesi-berubah")
    return changed


def _alternatives(sesi: Sesi) -> list[Sesi]:
    """Coming sessions of the same clinic, those of the same doctor first, the soonest first."""
    rules, moment = Hospital.objects.get(), now()
    rows = Sesi.objects.select_related("poli", "dokter").filter(
        poli_id=sesi.poli_id, state=Sesi.State.OPEN, starts_at__gte=max(sesi.starts_at, moment)
    )
    found = [one for one in rows.exclude(pk=sesi.pk).order_by("starts_at", "id")
             if times.bookable(moment, one.ends_at, rules.closes_minutes_before_end)]  # fmt: skip
    return sorted(found, key=lambda one: one.dokter_id != sesi.dokter_id)


def _alternative(antrean: Antrean, others: list[Sesi], rules: Hospital) -> Antrean | None:
    terms, moment, zone = terms_of(antrean), now(), city_zone()
    for other in others:
        until = holding.until_for_moved(moment, other.starts_at, zone)
        kept = keep(other, antrean.patient, terms, until, rules, priority=antrean.priority, replaces=antrean)
        if kept is not None:
            return kept
    return None


def _tell_new_hours(sesi: Sesi, reason: str) -> int:
    staying = _bookings(sesi)
    for antrean in staying:
        window = times.window(sesi.starts_at, sesi.minutes, antrean.number)
        event = SessionMoved(
            antrean.code, label_of(antrean), antrean.poli_id, antrean.date, reason, window.begins, window.ends
        )
        tell(antrean, event, jenis="sesi-berubah")
    return len(staying)


def _trace(sesi: Sesi, action: str, changes: dict[str, str]) -> None:
    record_change(
        None, action, purpose=PURPOSE, object_type="sesi", object_id=sesi.pk, object_label=str(sesi), changes=changes
    )
