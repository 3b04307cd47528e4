"""Who stays for a while: boarding and rented houses, guests, and how a stay ends. Within a scope, safe to repeat."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from pasti.civil import queries as register
from pasti.civil.rules import nik as nik_rules
from pasti.kernel.accounts.scope import current_scope
from pasti.kernel.accounts.scoping import covers
from pasti.kernel.audit.services import record_change
from pasti.kernel.clock import now, today
from pasti.kernel.context import current_actor
from pasti.kernel.errors import NotFound, Refused
from pasti.siap_pak_rt.models import Kos, Laporan, Tamu
from pasti.siap_pak_rt.rules import stays as rules

PURPOSE = "siap_pak_rt.tamu"
OPEN = (Tamu.State.HERE, Tamu.State.OVERDUE)


@dataclass(frozen=True)
class HouseAsked:
    """A boarding or rented house as the RT knows it; `owner_nik` makes a resident of the city its reporter."""

    kind: str
    name: str
    street: str
    rooms: int
    owner_name: str
    owner_phone: str = ""
    owner_nik: str = ""


@dataclass(frozen=True)
class StayAsked:
    """Who stays, from where, with whom, from when until when. The NIK may be missing."""

    name: str
    origin: str
    since: dt.date
    until: dt.date
    host: str = ""
    nik: str = ""
    kos_id: UUID | None = None
    room: str = ""
    family_id: UUID | None = None


@transaction.atomic
def keep_house(rt_code: str, asked: HouseAsked, *, house_id: UUID | None = None) -> Kos:
    """Add a house to the RT, or change the one with `house_id`.

    Raises NotFound outside the scope, Refused `kamar-tidak-sah`, `pemilik-tidak-dikenal`.
    """
    if not covers(current_scope(), rt_code):
        raise NotFound
    house = Kos.objects.select_for_update().filter(pk=house_id).first() if house_id else Kos(recorded_at=now())
    if house is None:
        raise NotFound
    if not 1 <= asked.rooms <= 300:
        raise Refused("kamar-tidak-sah", _("Jumlah kamar 1 sampai 300"), field="rooms", status=422)
    house.kind, house.name, house.street, house.rt_code = asked.kind, asked.name, asked.street, rt_code
    house.rooms, house.vacant = asked.rooms, min(house.vacant, asked.rooms)
    house.owner_name, house.owner_phone = asked.owner_name, asked.owner_phone
    if asked.owner_nik:
        house.owner_id = _owner(asked.owner_nik)
    house.save()
    record_change(house.owner_id, "siap_pak_rt.kos.kept", purpose=PURPOSE, object_type="kos", object_id=house.pk,
                  object_label=house.name, fields=["name", "rooms", "owner"])  # fmt: skip
    return house


@transaction.atomic
def say_vacant(house_id: UUID, vacant: int) -> Kos:
    """How many rooms stand empty. Raises NotFound, Refused `kamar-tidak-sah`."""
    house = _house(house_id)
    if not 0 <= vacant <= house.rooms:
        raise Refused("kamar-tidak-sah", _("Kamar kosong tidak lebih dari jumlah kamar"), field="vacant", status=422)
    Kos.objects.filter(pk=house.pk).update(vacant=vacant)
    record_change(house.owner_id, "siap_pak_rt.kos.vacant", purpose=PURPOSE, object_type="kos", object_id=house.pk,
                  object_label=house.name, changes={"vacant": [house.vacant, vacant]})  # fmt: skip
    house.vacant = vacant
    return house


@transaction.atomic
def arrive(rt_code: str, asked: StayAsked, *, client_id: str | None = None) -> Tamu:
    """Enter a guest, once per `client_id` of the reporter. The owner of a house may, for that house.

    Raises NotFound outside the scope, Refused `tanggal-tidak-sah`, `nik-tidak-sah` at the field.
    """
    actor = current_actor()
    already = _entered_before(actor.user_id, client_id)
    if already is not None:
        return already
    house = _house(asked.kos_id) if asked.kos_id else None
    if house is None and not covers(current_scope(), rt_code):
        raise NotFound
    _check_days(asked.since, asked.until)
    _check_nik(asked.nik)
    guest = Tamu.objects.create(
        rt_code=house.rt_code if house else rt_code, kos=house, room=asked.room, family_id=asked.family_id,
        host=asked.host or (house.name if house else ""), name=asked.name, nik=asked.nik, origin=asked.origin,
        since=asked.since, until=asked.until, reported_by=actor.user_id, reported_name=actor.name, client_id=client_id,
        by_owner=house is not None and not covers(current_scope(), house.rt_code), recorded_at=now(),
    )  # fmt: skip
    _record("arrived", guest, {"until": str(guest.until)})
    return guest


@transaction.atomic
def extend(guest_id: UUID, until: dt.date) -> Tamu:
    """The guest stays longer, to `until`. The same day again changes nothing. Raises NotFound, Refused."""
    guest = _open_guest(guest_id)
    if until == guest.until and guest.state == Tamu.State.HERE:
        return guest
    _check_days(today(), until)
    before, guest.until, guest.state = guest.until, until, Tamu.State.HERE
    guest.save(update_fields=["until", "state"])
    _record("extended", guest, {"until": [str(before), str(until)]})
    return guest


@transaction.atomic
def leave(guest_id: UUID, on: dt.date | None = None) -> Tamu:
    """The guest has left. Twice is once. Raises NotFound, Refused `tanggal-tidak-sah` for a day to come."""
    guest = _found_guest(guest_id)
    if guest.state not in OPEN:
        return guest
    day = on or max(guest.since, today())
    if day > max(today(), guest.since) or day < guest.since:
        raise Refused("tanggal-tidak-sah", _("Hari pulang tidak mungkin"), field="left_on", status=422)
    guest.state, guest.left_on = Tamu.State.LEFT, day
    guest.save(update_fields=["state", "left_on"])
    _record("left", guest, {"left_on": str(day)})
    return guest


def became_resident(guest_id: UUID) -> None:
    """The guest was entered in the register as a temporary resident; called in that transaction."""
    changed = Tamu.objects.filter(pk=guest_id, state__in=OPEN).update(state=Tamu.State.RESIDENT, left_on=today())
    if changed:
        _record("resident", Tamu.objects.get(pk=guest_id), {"state": "resident"})


def mark_overdue(day: dt.date) -> int:
    """Mark whose last day is past on `day` (the city's day). Doing it again finds nothing. Needs the whole city's scope."""
    return Tamu.objects.filter(state=Tamu.State.HERE, until__lt=day).update(state=Tamu.State.OVERDUE)


@transaction.atomic
def forget(day: dt.date) -> int:
    """Take the names off stays that ended a year before `day`, and close those nobody ended. Again finds nothing."""
    limit = day - rules.KEPT
    ended = Q(left_on__lte=limit) | Q(left_on=None, until__lte=limit)
    rows = list(
        Tamu.objects.select_for_update().filter(ended, erased_at=None).values_list("pk", "until", "left_on")[:5000]
    )
    for pk, until, left_on in rows:
        Tamu.objects.filter(pk=pk).update(
            name="-", nik="", origin="", host="", room="", family=None, reported_name="", erased_at=now(),
            left_on=left_on or until,
        )  # fmt: skip
    Tamu.objects.filter(pk__in=[pk for pk, _until, _left in rows], state__in=OPEN).update(state=Tamu.State.LEFT)
    return len(rows)


def _entered_before(reporter: UUID | None, client_id: str | None) -> Tamu | None:
    if not client_id:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 23))", [f"{reporter}:{client_id}"])
    return Tamu.objects.filter(reported_by=reporter, client_id=client_id).first()


def _house(house_id: UUID | None) -> Kos:
    found = Kos.objects.filter(pk=house_id, closed_on=None).first() if house_id else None
    if found is None:
        raise NotFound
    return found


def _found_guest(guest_id: UUID) -> Tamu:
    found = Tamu.objects.select_for_update(of=("self",)).filter(pk=guest_id).first()
    if found is None:
        raise NotFound
    return found


def _open_guest(guest_id: UUID) -> Tamu:
    guest = _found_guest(guest_id)
    if guest.state not in OPEN:
        raise Refused("sudah-pulang", _("Tamu ini sudah tercatat pulang"))
    if Laporan.objects.filter(tamu=guest, state__in=["submitted", "returned"]).exists():
        raise Refused("sudah-dilaporkan", _("Tamu ini sedang dilaporkan sebagai penduduk sementara"))
    return guest


def _owner(number: str) -> UUID:
    """The resident with this NIK, within the scope: who is not a resident here is kept by name and telephone."""
    found = register.people().filter(nik=number).values_list("pk", flat=True).first()
    if found is None:
        raise Refused("pemilik-tidak-dikenal", _("NIK ini bukan warga wilayah Anda; cukup tulis nama dan teleponnya"),
                      field="owner_nik", status=422)  # fmt: skip
    return UUID(str(found))


def _check_days(since: dt.date, until: dt.date) -> None:
    if until < since:
        raise Refused("tanggal-tidak-sah", _("Hari terakhir sebelum hari pertama"), field="until", status=422)
    if until - since > rules.LONGEST:
        raise Refused(
            "tanggal-tidak-sah", _("Paling lama satu tahun; sesudah itu perpanjang lagi"), field="until", status=422
        )


def _check_nik(number: str) -> None:
    if number:
        try:
            nik_rules.parse(number)
        except nik_rules.InvalidNik as error:
            raise Refused("nik-tidak-sah", _("NIK ini tidak sah: periksa 16 angkanya"), field="nik", status=422,
                          why=error.code) from error  # fmt: skip


def _record(act: str, guest: Tamu, changes: dict[str, Any]) -> None:
    record_change(
        None, f"siap_pak_rt.tamu.{act}", purpose=PURPOSE, object_type="tamu", object_id=guest.pk, changes=changes
    )
