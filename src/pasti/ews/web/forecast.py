"""How good the forecasts are, beside saying that the water stays and beside the straight trend: on events held out."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pasti.ews.queries import forecasts

SHOWN = ("regression", "persistence", "trend", "damped")
MARKS = ("rmse", "event_rmse", "pod", "far", "csi")
COLUMNS = ("gauge", "limit_cm", "hours", "method", "rmse", "event_rmse", "pod", "far", "csi", "bias")


@require_safe
def skill(request: HttpRequest) -> HttpResponse:
    """The marks of each gauge's forecast by lead time; `format=csv` gives all of them as a file."""
    found = forecasts.skills()
    if request.GET.get("format") == "csv":
        return _file(found)
    return render(request, "ews/forecast.html", {"gauges": [_shown(one) for one in found]})


def _shown(one: forecasts.Skill) -> dict[str, Any]:
    return {
        "code": one.gauge, "name": one.name, "simulated": one.source == "simulation", "fitted_at": one.fitted_at,
        "limits": [_limit(each) for each in one.judged],
    }  # fmt: skip


def _limit(judged: dict[str, Any]) -> dict[str, Any]:
    names = _names()
    language = 0 if (get_language() or "id").startswith("id") else 1
    rows = [
        row | {"name": names[row["method"]], "marks": [row[mark] for mark in MARKS]}
        for row in judged["scores"]
        if row["method"] in SHOWN
    ]
    rows.sort(key=lambda row: (row["hours"], SHOWN.index(row["method"])))
    hours = sorted({row["hours"] for row in rows})
    found = {row["hours"]: row["csi"] for row in rows if row["method"] == "regression"}
    return {
        "limit": judged["limit"], "events": judged["events"], "rows": rows,
        "chart": [(_("%(hours)s jam") % {"hours": one}, found.get(one)) for one in hours],
        "leads": [one | {"name": names[one["method"]]} for one in judged["leads"] if one["method"] in SHOWN],
        "said": [one[language] for one in judged["said"]],
    }  # fmt: skip


def _names() -> dict[str, str]:
    return {"regression": _("Perkiraan kami"), "persistence": _("Air tetap seperti sekarang"),
            "trend": _("Tren lurus"), "damped": _("Tren yang melemah")}  # fmt: skip


def _file(found: list[forecasts.Skill]) -> HttpResponse:
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="ews-prakiraan.csv"'
    csv.writer(answer).writerows([COLUMNS, *_rows(found)])
    return answer


def _rows(found: list[forecasts.Skill]) -> Iterator[list[Any]]:
    for one in found:
        for judged in one.judged:
            for row in judged["scores"]:
                yield [one.gauge, judged["limit"], *(row[name] for name in COLUMNS[2:])]
