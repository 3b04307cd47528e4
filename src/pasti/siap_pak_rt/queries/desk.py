"""Reads of the desk: reports, houses and guests, within the scope in force, each leaving its trace."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet

from pasti.civil import queries as register
from pasti.civil.queries import families
from pasti.kernel.audit.services import record_read, record_reads
from pasti.kernel.errors import NotFound
from pasti.siap_pak_rt.models import Kos, Laporan, LaporanStep, Tamu

PURPOSE = "siap_pak_rt.laporan"
STAYS = "siap_pak_rt.tamu"
OPEN = ("here", "overdue")


@dataclass(frozen=True)
class Waiting:
    """What waits at one desk: counts of reports by state, and of stays that end or have ended."""

    submitted: int = 0
    returned: int = 0
    overdue: int = 0
    ending: int = 0
    unreported_rooms: int = 0
    houses: int = 0
    guests: int = 0
    letters: int = 0


def reports(*, area: str = "", states: Sequence[str] = ()) -> QuerySet[Laporan]:
    """Reports of the scope, to be paged; whoever shows a page calls `reports_listed` with the rows shown."""
    rows = Laporan.objects.all()
    if area:
        rows = rows.filter(Q(rt_code=area) | Q(rt_code__startswith=f"{area}."))
    return rows.filter(state__in=states) if states else rows


def reports_listed(rows: Sequence[Laporan]) -> list[tuple[Laporan, str]]:
    """The reports with whom they are about by name, those people's reads recorded in one statement."""
    people = {row.person_id for row in rows if row.person_id}
    names: dict[UUID | None, str] = dict(register.people(living=False).filter(pk__in=people).values_list("pk", "name"))
    record_reads(
        [pk for pk in names if pk],
        "siap_pak_rt.laporan.listed",
        purpose=PURPOSE,
        fields=("name",),
        object_type="laporan",
    )
    return [(row, names.get(row.person_id, "") or row.told.get("name") or first_name(row.told)) for row in rows]


def first_name(told: dict[str, Any]) -> str:
    """Who a report of newcomers names first."""
    members = told.get("members") or [{}]
    return str(members[0].get("name", ""))


def report(laporan_id: UUID) -> Laporan:
    """One report of the scope, recorded as read. Raises NotFound outside of it."""
    found = Laporan.objects.filter(pk=laporan_id).first()
    if found is None:
        raise NotFound
    record_read(found.person_id, "siap_pak_rt.laporan.read", purpose=PURPOSE, fields=("name", *found.told),
                object_type="laporan", object_id=found.pk)  # fmt: skip
    return found


def steps(laporan: Laporan) -> list[LaporanStep]:
    """What happened to a report, oldest first."""
    return list(LaporanStep.objects.filter(laporan=laporan).order_by("id"))


def ledger(area: str) -> QuerySet[LaporanStep]:
    """Every step in `area`, whoever headed it then, newest first, to be paged."""
    inside = Q(rt_code=area) | Q(rt_code__startswith=f"{area}.")
    return LaporanStep.objects.filter(inside).select_related("laporan")


def about(people: Sequence[UUID]) -> list[Laporan]:
    """The latest reports about these people of the scope."""
    return list(Laporan.objects.filter(person_id__in=people).order_by("-recorded_at")[:10])


def event_of(laporan: Laporan) -> families.Peristiwa | None:
    """The event a confirmed report became."""
    return families.happened([laporan.peristiwa_id]).get(laporan.peristiwa_id) if laporan.peristiwa_id else None


def houses(area: str = "") -> list[dict[str, Any]]:
    """Boarding and rented houses of the scope with their rooms: taken, empty, and not told of."""
    rows = Kos.objects.filter(closed_on=None)
    if area:
        rows = rows.filter(Q(rt_code=area) | Q(rt_code__startswith=f"{area}."))
    counted = rows.annotate(
        taken=Count("tamu__room", filter=Q(tamu__state="here"), distinct=True),
        living=Count("tamu", filter=Q(tamu__state__in=OPEN)),
    ).order_by("name", "id")[:200]  # fmt: skip
    return [{"house": one, "taken": one.taken, "living": one.living,
             "unreported": max(0, one.rooms - one.taken - one.vacant)} for one in counted]  # fmt: skip


def house(house_id: UUID) -> Kos:
    """One house of the scope. Raises NotFound outside of it."""
    found = Kos.objects.filter(pk=house_id, closed_on=None).first()
    if found is None:
        raise NotFound
    return found


def guests(*, today: dt.date, area: str = "", house_id: UUID | None = None, which: str = "") -> QuerySet[Tamu]:
    """Guests of the scope who are still here, or of them `which`: "overdue" on `today`, or who is "gone"; to be paged."""
    rows = Tamu.objects.filter(erased_at=None)
    if area:
        rows = rows.filter(Q(rt_code=area) | Q(rt_code__startswith=f"{area}."))
    if house_id:
        rows = rows.filter(kos_id=house_id)
    if which == "gone":
        return rows.filter(state__in=("left", "resident"))
    return rows.filter(state__in=OPEN, until__lt=today) if which == "overdue" else rows.filter(state__in=OPEN)


def guest(guest_id: UUID) -> Tamu:
    """One guest of the scope, recorded as read. Raises NotFound outside of it."""
    found = Tamu.objects.filter(pk=guest_id, erased_at=None).first()
    if found is None:
        raise NotFound
    record_read(None, "siap_pak_rt.tamu.read", purpose=STAYS, fields=("name", "nik", "origin"), object_type="tamu",
                object_id=found.pk)  # fmt: skip
    return found


def guests_listed(rows: Sequence[Tamu]) -> Sequence[Tamu]:
    """Record that a list of guests was read; returns them."""
    if rows:
        record_read(None, "siap_pak_rt.tamu.listed", purpose=STAYS, fields=("name", "origin"), object_type="tamu",
                    object_label=str(len(rows)))  # fmt: skip
    return rows


_WAITING = """
WITH s AS (SELECT rt_code, state, until, kos_id, room FROM siap_pak_rt_tamu WHERE state IN ('here', 'overdue') AND {area}),
k AS (SELECT k.rt_code, greatest(0, k.rooms - k.vacant
        - (SELECT count(DISTINCT s.room) FROM s WHERE s.kos_id = k.id AND s.state = 'here')) AS unreported
      FROM siap_pak_rt_kos k WHERE k.closed_on IS NULL AND {area})
SELECT rt_code, sum(submitted), sum(returned), sum(overdue), sum(ending), sum(unreported), sum(houses), sum(guests), sum(letters)
FROM (
  SELECT rt_code, (state = 'submitted')::int AS submitted, (state = 'returned')::int AS returned, 0 AS overdue, 0 AS ending,
    0 AS unreported, 0 AS houses, 0 AS guests, 0 AS letters
  FROM siap_pak_rt_laporan WHERE state IN ('submitted', 'returned') AND {area}
  UNION ALL SELECT rt_code, 0, 0, (until < %(today)s)::int, (until BETWEEN %(today)s AND %(today)s + 1)::int, 0, 0, 1, 0 FROM s
  UNION ALL SELECT rt_code, 0, 0, 0, 0, unreported, 1, 0, 0 FROM k
  UNION ALL SELECT rt_code, 0, 0, 0, 0, 0, 0, 0, 1 FROM siap_pak_rt_letter WHERE state = ANY (%(letters)s) AND {area}
) AS one GROUP BY rt_code
"""
LETTERS_AT = {"ketua_rt": ["at_rt", "meet"], "ketua_rw": ["at_rw"], "kelurahan": ["at_kelurahan", "to_sign"]}


def waiting(area: str, *, today: dt.date, role: str = "") -> dict[str, Waiting]:
    """What waits at each RT of `area` within the scope, in one statement; letters those that wait for `role`.

    Numbers name nobody: no record.
    """
    inside = "rt_code = %(area)s" if area.count(".") >= 5 else "(rt_code = %(area)s OR rt_code LIKE %(inside)s)"
    given: dict[str, Any] = {"area": area, "inside": f"{area}.%", "today": today, "letters": LETTERS_AT.get(role, [])}
    with connection.cursor() as cursor:
        cursor.execute(_WAITING.format(area=inside), given)
        return {row[0]: Waiting(*map(int, row[1:])) for row in cursor.fetchall()}
