"""Pages with numbers of people: open to all from the kelurahan up, with small numbers hidden from outsiders."""

from __future__ import annotations

import csv
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pasti.civil.queries import mutations
from pasti.civil.queries import statistics as counts
from pasti.kernel import clock
from pasti.kernel.accounts.access import can
from pasti.kernel.accounts.scope import scope_of, scoped
from pasti.kernel.errors import NotFound, Refused
from pasti.kernel.places import queries as places
from pasti.siap_pak_rt.queries import statistics as queries

PURPOSE = "civil.statistik"
View = Callable[..., HttpResponse]


def _counted(view: View) -> View:
    """The view within the scope of who looks: an official's areas are seen whole. Outside it an RT is not there."""

    @wraps(view)
    def within(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            with _scope(request):
                return view(request, *args, **kwargs)
        except NotFound as error:
            raise Http404 from error

    return require_safe(within)


def _scope(request: HttpRequest) -> AbstractContextManager[Any]:
    if request.user.is_authenticated and can(request.user, "civil.read"):
        return scoped(scope_of(request.user, PURPOSE))
    return nullcontext()


@_counted
def city(request: HttpRequest) -> HttpResponse:
    """The whole city."""
    return _area(request, counts.default_area(), own=queries.own_areas())


@_counted
def area(request: HttpRequest, code: str) -> HttpResponse:
    """One area: how many people, their ages, the areas inside, and how the number moved."""
    return _area(request, code)


def _area(request: HttpRequest, code: str, **more: Any) -> HttpResponse:
    day, fault = _asked(lambda: queries.day_of(request.GET.get("per", "")))
    shown = counts.overview(code, known_on=day)
    if request.GET.get("format") == "csv":
        return _csv(f"penduduk-{code}", queries.crosstab_rows(shown.pyramid))
    context = _frame(shown.place) | {
        "pyramid": shown.pyramid, "parts": shown.parts, "day": day, "fault": fault, "asked": request.GET.get("per", ""),
        "groups": [(word, shown.pyramid.cells[group, counts.MEN], shown.pyramid.cells[group, counts.WOMEN])
                   for group, word in shown.pyramid.rows],
        "rows": [(word, shown.pyramid.cells[group, counts.MEN], shown.pyramid.cells[group, counts.WOMEN],
                  shown.pyramid.row_sums[group]) for group, word in reversed(shown.pyramid.rows)],
        "series": [(f"{month:%m/%y}", people) for month, people in mutations.series(code, clock.today())],
        "has_map": counts.depth_of(code) < counts.KELURAHAN and not day,
        "parts_hide": any(part.men is None for part in shown.parts),
    }  # fmt: skip
    return render(request, "siap_pak_rt/statistics_area.html", context | more)


@_counted
def lampid(request: HttpRequest, code: str) -> HttpResponse:
    """The monthly report of births, deaths, departures and arrivals."""
    asked = request.GET.get("bulan", "")
    month, fault = _asked(lambda: queries.month_of(asked) if asked else None)
    month = month or mutations.last_told(clock.today())
    report = mutations.lampid(code, month)
    rows = queries.report_rows(report)
    if request.GET.get("format") == "csv":
        head = [f"{month:%Y-%m}", _("Laki-laki"), _("Perempuan"), _("Jumlah")]
        return _csv(f"mutasi-{code}-{month:%Y-%m}", [head, *([words, r.men, r.women, r.total] for words, r in rows)])
    context = _frame(counts.area(code)) | {
        "report": report, "rows": rows, "month": month, "fault": fault,
        "months": list(reversed(list(mutations.months_before(clock.today(), 24)))),
        "bars": [(words, row.total) for words, row in rows[1:-2]],
        "quiet": all(row.total == 0 for _words, row in rows[1:-2]), "running": month == clock.today().replace(day=1),
    }  # fmt: skip
    return render(request, "siap_pak_rt/statistics_lampid.html", context)


@_counted
def crosstab(request: HttpRequest, code: str) -> HttpResponse:
    """People by any two sides."""
    first, second = request.GET.get("baris", "education"), request.GET.get("kolom", "sex")
    same = first == second
    if same:
        second = "sex" if first != "sex" else "age"
    table = counts.crosstab(code, first, second)
    if request.GET.get("format") == "csv":
        return _csv(f"tabel-{code}-{first}-{second}", queries.crosstab_rows(table))
    names = counts.side_names()
    context = _frame(counts.area(code)) | {
        "table": table, "names": names, "first": first, "second": second, "same": same,
        "row_name": names[first], "column_name": names[second],
        "columns": [(word, table.column_sums[column]) for column, word in table.columns],
        "rows": [(word, [table.cells[row, column] for column, _word in table.columns], table.row_sums[row])
                 for row, word in table.rows],
    }  # fmt: skip
    return render(request, "siap_pak_rt/statistics_crosstab.html", context)


@_counted
def gaps(request: HttpRequest, code: str) -> HttpResponse:
    """What is missing in the records, for those whose area it is."""
    found = counts.gaps(code)
    if request.GET.get("format") == "csv":
        head = [_("Yang belum lengkap"), _("Orang"), _("Dari")]
        return _csv(f"kelengkapan-{code}", [head, *([gap.label, gap.people, gap.total] for gap in found)])
    rows = [(gap, round(100 * gap.people / gap.total, 1) if gap.total else 0) for gap in found]
    return render(request, "siap_pak_rt/statistics_gaps.html", _frame(counts.area(code)) | {"rows": rows})


@_counted
def outlines(request: HttpRequest, code: str) -> HttpResponse:
    """The kelurahan of an area with how many live there, for the map."""
    collection = queries.shaded_outlines(code, counts.overview(code).parts)
    if not collection["features"]:
        raise NotFound
    return JsonResponse(collection, content_type="application/geo+json", headers={"Cache-Control": "no-store"})


def _frame(place: Any) -> dict[str, Any]:
    """What every page of an area shows: where it is, and whether its numbers are seen whole."""
    return {"place": place, "around": places.ancestors(place.code), "whole": counts.sees_all(place.code)}


def _asked(read: Callable[[], Any]) -> tuple[Any, str]:
    """What the reader asked for, or nothing and what was wrong with it."""
    try:
        return read(), ""
    except Refused as error:
        return None, error.message


def _csv(name: str, rows: list[list[Any]]) -> HttpResponse:
    """A table for a spreadsheet; what is hidden is an empty cell."""
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    answer["Cache-Control"] = "no-store"
    csv.writer(answer).writerows([["" if cell is None else cell for cell in row] for row in rows])
    return answer
