"""Numbers of people as the pages, the API and the open data show them: what the register counts, made ready to be read."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from pasti.civil.queries import mutations
from pasti.civil.queries import statistics as counts
from pasti.kernel import clock
from pasti.kernel.accounts.scope import current_scope
from pasti.kernel.errors import Refused
from pasti.kernel.places import queries as places
from pasti.kernel.places.models import Place

SHADES = 6
Rows = list[list[Any]]


def month_of(text: str) -> dt.date:
    """The first day of a month written YYYY-MM, this month when empty. Raises Refused for another text or the future."""
    today = clock.today()
    if not text:
        return today.replace(day=1)
    try:
        month = dt.date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise Refused("bulan-tidak-sah", _("Tulis bulan sebagai 2026-11"), status=422, field="month") from error
    if month > today or month.year < 2000:
        raise Refused("bulan-tidak-sah", _("Bulan ini belum tiba atau terlalu lama"), status=422, field="month")
    return month


def day_of(text: str) -> dt.date | None:
    """A past day written YYYY-MM-DD; None when empty or today. Raises Refused for another text or the future."""
    if not text:
        return None
    try:
        day = dt.date.fromisoformat(text)
    except ValueError as error:
        raise Refused("tanggal-tidak-sah", _("Tulis tanggal sebagai 2026-11-24"), status=422, field="day") from error
    if day > clock.today() or day.year < 2000:
        raise Refused("tanggal-tidak-sah", _("Tanggal ini belum tiba atau terlalu lama"), status=422, field="day")
    return None if day == clock.today() else day


def own_areas() -> list[Place]:
    """The areas of the scope in force, if they are not the whole city: where an official looks first."""
    scope = current_scope()
    found = [places.place(code) for code in (scope.areas if scope else ())]
    return [place for place in found if place is not None and place.level != "city"]


def change_words() -> dict[int, str]:
    """What the kinds of a monthly report are called."""
    return {
        mutations.BIRTHS: _("Lahir"), mutations.DEATHS: _("Mati"), mutations.ARRIVALS: _("Datang"),
        mutations.DEPARTURES: _("Pindah"), mutations.OTHER: _("Lainnya (impor, pembetulan data)"),
    }  # fmt: skip


def report_rows(report: mutations.Lampid) -> list[tuple[str, mutations.Row]]:
    """The lines of a monthly report with their words, from the first day's people to the last day's."""
    words = change_words()
    lines = [(words[row.kind], row) for row in report.changes]
    return [(_("Penduduk awal bulan"), report.opening), *lines, (_("Penduduk akhir bulan"), report.closing)]


def crosstab_rows(table: counts.Crosstab) -> Rows:
    """A table with its heading and its sums, for a spreadsheet; hidden numbers are empty."""
    names = counts.side_names()
    head = [f"{names[table.first]} / {names[table.second]}", *(word for _code, word in table.columns), _("Jumlah")]
    body = [[word, *(table.cells[row, column] for column, _word in table.columns), table.row_sums[row]]
            for row, word in table.rows]  # fmt: skip
    return [head, *body, [_("Jumlah"), *(table.column_sums[column] for column, _word in table.columns), table.total]]


def shaded_outlines(code: str, parts: tuple[counts.Part, ...]) -> dict[str, Any]:
    """The outlines of kelurahan with how many live there, in six shades from the fewest to the most."""
    people = {part.code: part.total for part in parts}
    most = max((one or 0 for one in people.values()), default=0) or 1
    collection = places.outlines(code, "kelurahan")
    for feature in collection["features"]:
        total = people.get(feature["id"])
        told = _("%(name)s: %(people)s penduduk") % {"name": feature["properties"]["name"], "people": total}
        feature["properties"]["text"] = told if total is not None else feature["properties"]["name"]
        feature["properties"]["shade"] = min(SHADES - 1, SHADES * (total or 0) // (most + 1))
        feature["properties"]["url"] = f"/siap-pak-rt/statistik/{feature['id']}/"
    return collection


def population_by_kelurahan() -> Rows:
    """Open data: people of each kelurahan by age group and sex, small numbers empty. As an outsider sees them."""
    city = counts.default_area()
    found: Rows = []
    if not city:
        return found
    for place, table in counts.tables_of_kelurahan(city):
        for (age, sex), people in table.cells.items():
            found.append([place.code, place.name, dict(table.rows)[age], dict(table.columns)[sex], people])
    return found
