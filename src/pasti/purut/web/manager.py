"""The manager's page: how the days went, as charts, tables and files."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pasti.kernel import clock
from pasti.kernel.accounts.access import permission_required
from pasti.purut.queries import manager as queries
from pasti.purut.queries.manager import Clinic, Period, Wait

USUAL = dt.timedelta(days=29)  # before today: a month


@require_safe
@permission_required("purut.manage")
def overview(request: HttpRequest) -> HttpResponse:
    """Waits, absence, punctuality and use of places in a period; `format=csv` and `tabel` give one table as a file."""
    period, fault = _period(request)
    if request.GET.get("format") == "csv" and not fault:  # a file of other days than asked for would be believed
        return _file(request.GET.get("tabel", ""), period)
    by = {part: queries.waits(period, part) for part in ("all", "poli", "hour", "payer")}
    context = {
        "period": period, "fault": fault, "asked": {name: request.GET.get(name, "") for name in ("dari", "sampai")},
        "whole": by["all"][0] if by["all"] else None, "tables": _tables(by),
        "hours": [(one.label, round(one.median, 1)) for one in by["hour"]],
        "by_clinic": [(one.code, round(one.median, 1)) for one in by["poli"]], "clinics": queries.clinics(period),
    }  # fmt: skip
    return render(request, "purut/manager.html", context, status=422 if fault else 200)


def _tables(by: dict[str, list[Wait]]) -> list[tuple[str, str, list[Wait]]]:
    payers = {"jkn": "JKN", "umum": _("Umum")}
    paid = [Wait(payers.get(one.label, one.label), one.patients, one.median, one.most) for one in by["payer"]]
    return [("poli", _("Menurut poli"), by["poli"]), ("jam", _("Menurut jam datang"), by["hour"]),
            ("penjamin", _("Menurut penjamin"), paid)]  # fmt: skip


def _period(request: HttpRequest) -> tuple[Period, str]:
    """The days asked for, and what is wrong with them; then the last month is shown."""
    today = clock.today()
    usual = Period(today - USUAL, today)
    first, last = request.GET.get("dari", ""), request.GET.get("sampai", "")
    try:
        period = Period(
            dt.date.fromisoformat(first) if first else usual.first, dt.date.fromisoformat(last) if last else today
        )
    except ValueError:
        return usual, _("Isi tanggal dengan benar, misalnya 2026-11-01")
    if period.last < period.first:
        return usual, _("Tanggal akhir sebelum tanggal awal")
    if (period.last - period.first).days >= queries.LONGEST:
        return usual, _("Paling lama satu tahun sekali lihat")
    return period, ""


def _file(which: str, period: Period) -> HttpResponse:
    head, rows = FILES.get(which, FILES["layanan"])(period)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="purut-{period.first}-{period.last}.csv"'
    answer["Cache-Control"] = "no-store"
    csv.writer(answer).writerows([head, *rows])
    return answer


def _waits_file(part: str) -> Callable[[Period], tuple[list[str], list[list[Any]]]]:
    def made(period: Period) -> tuple[list[str], list[list[Any]]]:
        head = [part, "pasien", "median_menit", "persentil_90_menit"]
        return head, [
            [one.label, one.patients, round(one.median, 1), round(one.most, 1)] for one in queries.waits(period, part)
        ]

    return made


def _clinics_file(period: Period) -> tuple[list[str], list[list[Any]]]:
    head = [
        "poli",
        "sesi",
        "tempat",
        "terpakai",
        "terdaftar",
        "dilayani",
        "tidak_hadir",
        "persen_mulai_tepat",
        "median_terlambat_menit",
    ]
    return head, [_clinic_row(one) for one in queries.clinics(period)]


def _clinic_row(one: Clinic) -> list[Any]:
    late = ["" if value is None else round(value, 1) for value in (one.on_time, one.late_minutes)]
    return [one.name, one.sessions, one.places, one.taken, one.booked, one.seen, one.absent, *late]


FILES = {
    "poli": _waits_file("poli"),
    "jam": _waits_file("hour"),
    "penjamin": _waits_file("payer"),
    "layanan": _clinics_file,
}
