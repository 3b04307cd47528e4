"""Everybody's pages: is my RT safe, how the rivers stand, what the warnings say. No sign-in, no script needed."""

from __future__ import annotations

import csv
import datetime as dt
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from pasti.ews.models import Gauge
from pasti.ews.queries import citizen, forecasts, foreign, levels, maps, moment, risk, warnings
from pasti.ews.queries.moment import now
from pasti.ews.web.levels_chart import chart_of
from pasti.ews.web.pages import COOKIE, found_or_404, page, remembered, shown
from pasti.kernel import clock
from pasti.kernel.places import queries as places

YEAR = 31536000
SPANS = {"6": 6, "24": 24, "72": 72, "168": 168}


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Is my RT safe now? `?tempat=` chooses the place and is remembered; without one, the home of who signed in."""
    asked = request.GET.get("tempat", "")[:40]
    code = asked or remembered(request) or _home(request)
    rows, standing = levels.all_now(), list(warnings.in_force()[:20])
    answer = citizen.answer(code, rows, standing) if code else None
    ward = request.GET.get("kelurahan", "")[:40]
    context: dict[str, Any] = {
        "answer": answer, "wards": citizen.wards(), "ward": ward, "rts": rts(ward), "levels": citizen.levels_of(rows),
        "standing": standing, "ended": list(warnings.just_ended()[:5]), "at": now(), "foreign": foreign.shown(code),
        "unknown": bool(asked) and answer is None, "after": warnings.position(), "made": clock.now(),
    }  # fmt: skip
    # An open page asks for what is in force again when the stream says that something changed: for its own place, whatever
    # was looked at in another window since.
    again = bool(request.headers.get("X-Live"))
    response = shown(request, "home_live.html" if again else "home.html", **context)
    if asked and answer is not None and not again:
        response.set_cookie(
            COOKIE, asked, max_age=YEAR, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
        )
    return response


@require_safe
def forget(request: HttpRequest) -> HttpResponse:
    """Choose another place."""
    response = redirect("ews:home")
    response.delete_cookie(COOKIE, samesite="Lax")
    return response


@require_safe
@found_or_404
def river(request: HttpRequest, code: str) -> HttpResponse:
    """One river: its gauges, levels against the limits as chart and table, rain in the hills; `format=csv` for all readings."""
    found, rows = levels.of_river(code)
    span = request.GET.get("jam", "24")
    hours = SPANS.get(span, 24)
    if request.GET.get("format") == "csv":
        return _file(request.GET.get("alat", ""), rows, hours)
    main = levels.city_gauge(rows)
    context: dict[str, Any] = {
        "river": found, "rows": rows, "spans": list(SPANS), "span": str(hours), "at": now(),
        "charts": [chart_of(one, hours) for one in rows], "standing": list(warnings.in_force().filter(episode__river=found)),
        "areas": maps.areas_of(found.pk), "main": main, "ahead": forecasts.expected(main.gauge.pk, moment.now()) if main else [],
    }  # fmt: skip
    return shown(request, "river.html", **context)


@require_safe
@found_or_404
def warning(request: HttpRequest, warning_id: int) -> HttpResponse:
    """One warning as it was sent, with what came after it. An exercise says so everywhere."""
    found = warnings.sent(warning_id)
    return shown(
        request,
        "warning.html",
        warning=found,
        follower=warnings.follower(found),
        places=risk.names_of(found.area_codes),
    )


@require_safe
def warning_list(request: HttpRequest) -> HttpResponse:
    """All warnings, newest first."""
    rows, following = page(warnings.said(), request)
    return shown(request, "warnings.html", rows=rows, next_url=following)


@require_safe
def map_page(request: HttpRequest) -> HttpResponse:
    """Gauges, places at risk and shelters on a map, and the same in words."""
    return shown(request, "map.html", rows=levels.all_now(), shelters=maps.shelters(), areas=maps.all_areas())


@require_safe
@cache_control(public=True, max_age=10)
def map_data(request: HttpRequest) -> HttpResponse:
    """The map's features as GeoJSON: kelurahan under warning and at risk, gauges, shelters, water in streets."""
    return JsonResponse(maps.features(), content_type="application/geo+json")


def _home(request: HttpRequest) -> str:
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
        return ""
    return citizen.home_of(request.user)


def rts(ward: str) -> list[tuple[str, str]]:
    """The RT of a kelurahan: code, and words with the RW before."""
    if not ward:
        return []
    found = places.within(ward)
    rws = {one.code: one.name for one in found if one.level == "rw"}
    return [(one.code, f"{rws.get(one.parent_id or '', '')} {one.name}") for one in found if one.level == "rt"]


def _file(code: str, rows: list[levels.Now], hours: int) -> HttpResponse:
    chosen = [one for one in rows if one.gauge.pk == code] or rows
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="ews-{chosen[0].gauge.pk if chosen else "kosong"}.csv"'
    out = csv.writer(response)
    out.writerow(["alat", "waktu_utc", "satuan", "rata_rata", "terendah", "tertinggi", "bacaan", "diragukan"])
    for one in chosen if code else rows:
        out.writerows(_lines(one.gauge, hours))
    return response


def _lines(gauge: Gauge, hours: int) -> list[list[Any]]:
    unit = "cm" if gauge.kind == Gauge.Kind.LEVEL else "mm"
    found = levels.course(gauge, hours, points=20_000)
    return [
        [
            gauge.pk,
            one.begins.astimezone(dt.UTC).isoformat(),
            unit,
            one.mean,
            one.low,
            one.high,
            one.readings,
            one.doubtful,
        ]
        for one in found.buckets
    ]
