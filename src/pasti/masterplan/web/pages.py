"""Public pages: overview, plan, matrix, indicators, provenance."""

from __future__ import annotations

import csv
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from pasti.kernel.accounts.access import can
from pasti.kernel.errors import NotFound
from pasti.kernel.publish.registry import registry
from pasti.masterplan import queries
from pasti.masterplan.models import Indicator

PAGE = 20


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Vision, headline, dimensions, quick wins."""
    computed, total = queries.share_computed()
    plan = queries.plan()
    context = {
        "plan": plan, "vision": queries.local(plan, "vision") if plan else "", "computed": computed, "total": total,
        "dimensions": [(d, queries.local(d, "name"), [s[_language()] for s in d.subdimensions]) for d in queries.dimensions()],
        "quick_wins": [
            (q, queries.local(q, "name"), queries.local(q, "text"), queries.local(q.dimension, "name")) for q in queries.quick_wins()
        ],
        "readings": _shown(queries.readings([i for i in queries.indicators() if i.computed], queries.current_year())),
        "year": queries.current_year(),
    }  # fmt: skip
    return render(request, "masterplan/overview.html", context)


@require_safe
def plan(request: HttpRequest) -> HttpResponse:
    """The plan tree: mission, tujuan, sasaran, indicators."""
    tree = [
        (m, queries.local(m, "text"), [
            (t, queries.local(t, "text"), [
                (s, queries.local(s, "text"), [(i, queries.local(i, "name")) for i in s.indicators.all()])
                for s in t.sasaran.all()
            ]) for t in m.goals.all()
        ]) for m in queries.tree()
    ]  # fmt: skip
    found = queries.plan()
    context = {"tree": tree, "plan": found, "vision": queries.local(found, "vision") if found else ""}
    return render(request, "masterplan/plan.html", context)


@require_safe
def matrix(request: HttpRequest) -> HttpResponse:
    """Mission by dimension and sasaran by dimension, with counts that lead to the indicators; orphans."""
    context = {
        "dimensions": [(d, queries.local(d, "name")) for d in queries.dimensions()],
        "missions": queries.missions_by_dimension(), "sasaran": queries.sasaran_by_dimension(), "orphans": queries.orphans(),
    }  # fmt: skip
    return render(request, "masterplan/matrix.html", context)


@require_safe
def indicators(request: HttpRequest) -> HttpResponse:
    """Indicators with value, target and achievement of a year, page by page, filtered from the matrix."""
    chosen = {name: request.GET.get(key, "") for name, key in
              (("dimension", "dimensi"), ("mission", "misi"), ("sasaran", "sasaran"))}  # fmt: skip
    year = queries.year_of(request.GET.get("tahun"))
    rows = queries.indicators(**chosen)
    after = request.GET.get("sesudah", "")
    found = list((rows.filter(pk__gt=after) if after else rows)[: PAGE + 1])
    query = request.GET.copy()
    query["sesudah"] = found[PAGE - 1].pk if len(found) > PAGE else ""
    first = request.GET.copy()
    first.pop("sesudah", None)
    context = {
        "readings": _shown(queries.readings(found[:PAGE], year)), "year": year,
        "chosen": [value for value in chosen.values() if value],
        "next_url": f"?{query.urlencode()}" if len(found) > PAGE else "", "prev_url": f"?{first.urlencode()}" if after else "",
    }  # fmt: skip
    return render(request, "masterplan/indicators.html", context)


@require_safe
def indicator(request: HttpRequest, code: str) -> HttpResponse:
    """One indicator: value, target, achievement, trend, definition, owner."""
    one = _found(code)
    year = queries.year_of(request.GET.get("tahun"))
    reading = queries.reading(one, year)
    context = {
        "indicator": one, "name": queries.local(one, "name"), "definition": queries.local(one, "definition"),
        "concept": queries.local(one, "concept"), "reading": reading, "year": year, "trend": queries.trend(one, year),
        "target": reading.target.high if reading.target else None, "owner": queries.owner_name(one.owner),
        "measures": [(m, registry().measures[m.measure]) for m in reading.measurements], "language": _language(),
        "targets": sorted(one.targets.items()), "years": range(queries.current_year(), 2021, -1),
    }  # fmt: skip
    return render(request, "masterplan/indicator.html", context)


@require_safe
def indicator_csv(request: HttpRequest, code: str) -> HttpResponse:
    """The trend as CSV."""
    one = _found(code)
    year = queries.year_of(request.GET.get("tahun"))
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{one.pk}-{year}.csv"'
    rows = csv.writer(answer)
    rows.writerow(["indikator", "periode", "nilai", "satuan"])
    rows.writerows(
        [one.pk, label, "" if value is None else value, one.unit] for label, value in queries.trend(one, year)
    )
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def provenance(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Where a number comes from; POST computes it again and says whether it holds."""
    one = _found(code)
    try:
        found = queries.measurement(pk)
        verification = queries.verified(pk) if request.method == "POST" else None
    except NotFound:
        raise Http404 from None
    if found.measure not in one.formula:
        raise Http404
    may_see = can(request.user, "masterplan.sample")
    columns, rows = queries.masked_sample(found) if may_see else ([], [])
    context = {
        "indicator": one, "name": queries.local(one, "name"), "found": found, "measure": registry().measures[found.measure],
        "verification": verification, "columns": columns, "rows": rows, "may_see": may_see, "language": _language(),
    }  # fmt: skip
    return render(request, "masterplan/provenance.html", context)


def _shown(readings: list[queries.Reading]) -> list[tuple[queries.Reading, str]]:
    return [(reading, queries.local(reading.indicator, "name")) for reading in readings]


def _found(code: str) -> Indicator:
    try:
        return queries.indicator(code)
    except NotFound:
        raise Http404 from None


def _language() -> Any:
    from django.utils import translation

    return "en" if (translation.get_language() or "").startswith("en") else "id"
