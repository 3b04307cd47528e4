"""From a confirmed report to the register: each kind by its own service of `civil`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from pasti.civil import queries as register
from pasti.civil import services as civil
from pasti.civil.queries.families import Peristiwa, Person
from pasti.civil.rules import nik
from pasti.kernel.clock import today
from pasti.kernel.errors import NotFound, Refused
from pasti.siap_pak_rt.models import Laporan
from pasti.siap_pak_rt.services.desk_checks import spouse_of

PURPOSE = "siap_pak_rt.laporan"
CODED = frozenset({"sex", "religion", "education", "occupation", "marital_status", "blood_type"})


def enter(laporan: Laporan) -> Peristiwa:
    """Write the report into the register, once per report. Raises what the service of `civil` raises."""
    told = {name: value for name, value in laporan.told.items() if name != "members"}
    report = civil.Report(laporan.occurred_on, PURPOSE, f"laporan:{laporan.pk}:{laporan.version}", told)
    return _ENTER[laporan.kind](laporan, report)


def _birth(laporan: Laporan, report: civil.Report) -> Peristiwa:
    told, mother = laporan.told, _subject(laporan)
    child = civil.Child(
        name=told["name"], sex=int(told["sex"]), birth_place=told.get("birth_place") or mother.birth_place,
        religion=mother.religion, nik=told.get("nik") or None,
    )  # fmt: skip
    return civil.report_birth(mother.pk, child, report, father_id=_husband(mother))


def _husband(mother: Person) -> UUID | None:
    """The man who is head or husband on the mother's card, when both are head and spouse of it."""
    home = register.household(mother.pk, purpose=PURPOSE)
    couple = [one.person for one in home.members if one.relation in (1, 2, 3)] if home else []
    if mother not in couple:
        return None
    return next((one.pk for one in couple if one.sex == 1 and one.marital_status == 2), None)


def _move_out(laporan: Laporan, report: civil.Report) -> Peristiwa:
    return civil.report_move_out([UUID(one) for one in laporan.told["people"]], report)


def _move_within(laporan: Laporan, report: civil.Report) -> Peristiwa:
    told = laporan.told
    house = civil.House(told["rt_code"], told["street"], told.get("house", ""), told.get("number", ""))
    if laporan.family_id is None:
        raise NotFound
    return civil.report_move_within(laporan.family_id, house, report)


def _move_in(laporan: Laporan, report: civil.Report) -> Peristiwa:
    told = laporan.told
    house = civil.House(laporan.rt_code, told["street"], told.get("house", ""), told["number"])
    return civil.report_move_in([_newcomer(laporan, one) for one in told["members"]], house, report)


def _newcomer(laporan: Laporan, one: dict[str, Any]) -> tuple[civil.NewPerson, int]:
    person = civil.NewPerson(
        name=one["name"], sex=int(one["sex"]), birth_place=one.get("birth_place") or laporan.told.get("origin") or "-",
        birth_date=dt.date.fromisoformat(one["birth_date"]), rt_code=laporan.rt_code, religion=int(one["religion"]),
        education=int(one.get("education") or 1), occupation=int(one.get("occupation") or 1),
        marital_status=int(one.get("marital_status") or 1), nik=one.get("nik") or None, valid_from=laporan.occurred_on,
    )  # fmt: skip
    return person, int(one["relation"])


def _marriage(laporan: Laporan, report: civil.Report) -> Peristiwa:
    spouse = spouse_of(laporan.told)
    return civil.report_marriage(_subject(laporan).pk, spouse.pk if spouse else None, report,
                                 certificate=laporan.told.get("certificate", ""))  # fmt: skip


def _divorce(laporan: Laporan, report: civil.Report) -> Peristiwa:
    one = _subject(laporan)
    spouse = spouse_of(laporan.told) or _married_on_card(one)
    return civil.report_divorce(one.pk, spouse.pk if spouse else None, report,
                                certificate=laporan.told.get("certificate", ""))  # fmt: skip


def _married_on_card(one: Person) -> Person | None:
    home = register.household(one.pk, purpose=PURPOSE)
    couple = (
        [m.person for m in home.members if m.relation in (1, 2, 3) and m.person.marital_status == 2] if home else []
    )
    return next((other for other in couple if other != one), None) if one in couple else None


def _data_change(laporan: Laporan, report: civil.Report) -> Peristiwa:
    name, value = laporan.told["field"], laporan.told["value"]
    typed: Any = int(value) if name in CODED else dt.date.fromisoformat(value) if name == "birth_date" else value
    return civil.report_change(_subject(laporan).pk, {name: typed}, report)


def _temporary(laporan: Laporan, report: civil.Report) -> Peristiwa:
    return civil.report_temporary(sojourner(laporan.told, laporan.rt_code), report)


def sojourner(told: dict[str, Any], rt_code: str) -> civil.NewPerson:
    """Who lives here for a while, sex and birth date from the NIK where they are not told.

    Raises Refused `belum-lengkap` where neither says it.
    """
    number = told.get("nik") or ""
    parsed = nik.parse(number) if number else None
    born = told.get("birth_date") or ""
    sex = int(told["sex"]) if told.get("sex") else parsed.sex if parsed else None
    day = dt.date.fromisoformat(born) if born else _born(parsed)
    if sex is None or day is None:
        raise Refused(
            "belum-lengkap", _("Tanpa NIK, isi jenis kelamin dan tanggal lahir"), status=422, field="birth_date"
        )
    return civil.NewPerson(
        name=told["name"], sex=sex, birth_place=told.get("birth_place") or told.get("origin") or "-", birth_date=day,
        rt_code=rt_code, religion=int(told["religion"]), nik=number or None,
    )  # fmt: skip


def _born(parsed: nik.Nik | None) -> dt.date | None:
    possible = nik.birth_guesses(parsed, today()) if parsed else ()
    return possible[0] if len(possible) == 1 else None


def _subject(laporan: Laporan) -> Person:
    found = register.people().filter(pk=laporan.person_id).first() if laporan.person_id else None
    if found is None:
        raise NotFound
    return found


_ENTER: dict[str, Callable[[Laporan, civil.Report], Peristiwa]] = {
    "birth": _birth,
    "stillbirth": lambda one, report: civil.report_stillbirth(_subject(one).pk, report),
    "death": lambda one, report: civil.report_death(_subject(one).pk, report),
    "missing": lambda one, report: civil.report_missing(_subject(one).pk, report),
    "move_in": _move_in,
    "move_out": _move_out,
    "move_within": _move_within,
    "marriage": _marriage,
    "divorce": _divorce,
    "data_change": _data_change,
    "temporary": _temporary,
}
