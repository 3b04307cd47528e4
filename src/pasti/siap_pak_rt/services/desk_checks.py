"""What is asked before a report is sent: is it whole, is it possible, does anything about it look odd."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from pasti.civil import queries as register
from pasti.civil.queries import families
from pasti.civil.queries.families import Person
from pasti.civil.rules import nik
from pasti.civil.rules import peristiwa as events
from pasti.civil.rules.peristiwa import Fault
from pasti.civil.services.checks import FAULT_WORDS
from pasti.kernel.clock import today
from pasti.kernel.errors import NotFound, Refused
from pasti.siap_pak_rt.rules import laporan as rules


def check_whole(kind: str, told: dict[str, Any]) -> None:
    """Raise Refused `belum-lengkap` at the first part that is missing, `isian-tidak-sah` for one that cannot be."""
    if kind not in rules.KINDS:
        raise Refused("jenis-tidak-dikenal", _("Jenis laporan ini tidak dikenal"), status=422, field="kind")
    for name in rules.lacking(kind, told):
        raise Refused("belum-lengkap", _("Isian ini belum diisi"), status=422, field=name)
    for name, value in told.items():
        if isinstance(value, str) and len(value) > rules.LONGEST_TEXT:
            raise Refused("isian-tidak-sah", _("Isian ini terlalu panjang"), status=422, field=name)
    if kind == "data_change" and told["field"] not in rules.MENDABLE:
        raise Refused("isian-tidak-dikenal", _("Isian tidak dikenal"), status=422, field="field")
    if kind == "move_in" and not 1 <= len(told["members"]) <= rules.MOST_MEMBERS:
        raise Refused("isian-tidak-sah", _("Tulis 1 sampai 15 anggota keluarga"), status=422, field="members")


def faults_of(kind: str, occurred_on: dt.date, person: Person | None, told: dict[str, Any]) -> list[Fault]:
    """Everything that stops this report, or only asks to look again, by what the register knows."""
    found = events.of_day(occurred_on, today(), person.birth_date if person and kind != "birth" else None)
    special = _SPECIAL.get(kind)
    return found + (special(occurred_on, person, told) if special else [])


def person_for(kind: str, person_id: UUID | None) -> Person | None:
    """The living person of the scope a report is about; None where it is about no one known. Raises NotFound."""
    if person_id is None:
        if kind in rules.ABOUT_A_PERSON:
            raise Refused("belum-lengkap", _("Pilih dahulu orangnya"), status=422, field="person")
        return None
    found = register.people().filter(pk=person_id).first()
    if found is None:
        raise NotFound
    return found


def spouse_of(told: dict[str, Any]) -> Person | None:
    """The husband or wife that was told, when the register knows the NIK or the id within the scope."""
    if told.get("spouse_id"):
        return register.people().filter(pk=told["spouse_id"]).first()
    number = told.get("spouse_nik") or ""
    return register.people().filter(nik=number).first() if number else None


def _of_birth(born: dt.date, mother: Person | None, told: dict[str, Any]) -> list[Fault]:
    assert mother is not None
    others = [child.birth_date for child in families.children_of(mother)]
    return events.of_birth(born, mother.birth_date, mother.sex, others)


def _of_stillbirth(day: dt.date, mother: Person | None, told: dict[str, Any]) -> list[Fault]:
    assert mother is not None
    return events.of_birth(day, mother.birth_date, mother.sex, [])


def _of_marriage(day: dt.date, one: Person | None, told: dict[str, Any]) -> list[Fault]:
    pair = [person for person in (one, spouse_of(told)) if person is not None]
    return events.of_marriage(
        day, [p.birth_date for p in pair], [p.sex for p in pair], [p.marital_status for p in pair]
    )


def _of_divorce(day: dt.date, one: Person | None, told: dict[str, Any]) -> list[Fault]:
    assert one is not None
    return [] if one.marital_status == events.MARRIED else [Fault("not_married", "occurred_on")]


def _of_nik(day: dt.date, one: Person | None, told: dict[str, Any]) -> list[Fault]:
    number = told.get("value") if told.get("field") == "nik" else told.get("nik")
    if not number:
        return []
    try:
        nik.parse(str(number))
    except nik.InvalidNik:
        return [Fault("nik", "value" if told.get("field") == "nik" else "nik")]
    return []


_SPECIAL: dict[str, Callable[[dt.date, Person | None, dict[str, Any]], list[Fault]]] = {
    "birth": _of_birth, "stillbirth": _of_stillbirth, "marriage": _of_marriage, "divorce": _of_divorce,
    "data_change": _of_nik, "temporary": _of_nik,
}  # fmt: skip

WORDS = FAULT_WORDS | {
    "not_married": gettext_noop("Orang ini tidak tercatat kawin"),
    "nik": gettext_noop("NIK ini tidak sah: periksa 16 angkanya"),
}


def refuse_faults(faults: list[Fault], *, sure: bool) -> None:
    """Raise Refused `tidak-mungkin` at what stops, `perlu-dilihat` for what is odd and not yet confirmed as `sure`."""
    for fault in faults:
        if fault.stops:
            raise Refused("tidak-mungkin", _(WORDS[fault.code]), status=422, field=fault.field, why=fault.code)
    if faults and not sure:
        words = "; ".join(_(WORDS[fault.code]) for fault in faults)
        raise Refused("perlu-dilihat", words, field="sure", warnings=[fault.code for fault in faults])
