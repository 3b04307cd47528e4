"""The book of letters (buku register): what a unit issued in a year, on screen and as CSV."""

from __future__ import annotations

import csv
from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pasti.kernel.accounts.access import permission_required
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import scoped
from pasti.kernel.api.paging import page_of
from pasti.kernel.clock import city_zone, today
from pasti.siap_pak_rt.queries import letters as queries
from pasti.siap_pak_rt.queries import letters_access as access
from pasti.siap_pak_rt.queries.letters_words import kind_name, state_words
from pasti.siap_pak_rt.rules.letter_csv import cell

PAGE = 25
MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")


@require_safe
@permission_required(access.DECIDE)
def book(request: HttpRequest) -> HttpResponse:
    """The letters of one of my units in a year, newest number first."""
    user, (unit, year) = cast(User, request.user), _asked(request)
    with scoped(access.scope_for(user)):
        page = page_of(queries.book(unit, year), request.GET.get("sesudah"), PAGE, ("-serial",))
        rows = [(one, kind_name(one.kind), state_words(one.state)) for one in queries.listed(page["items"])]
        months = [(MONTHS[month - 1], count) for month, count in queries.by_month(unit, year)]
    base = f"unit={unit}&tahun={year}"
    context = {
        "rows": rows, "units": _units(user), "unit": unit, "year": year, "years": range(today().year, today().year - 6, -1),
        "months": months, "any": any(count for _month, count in months), "base": base,
        "next_url": f"?{base}&sesudah={page['next']}" if page["next"] else "",
        "prev_url": f"?{base}" if request.GET.get("sesudah") else "",
    }  # fmt: skip
    return render(request, "siap_pak_rt/letters_book.html", context)


@require_safe
@permission_required(access.DECIDE)
def download(request: HttpRequest) -> HttpResponse:
    """The same as CSV; every resident in it sees that it was downloaded."""
    user, (unit, year) = cast(User, request.user), _asked(request)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="buku-surat-{unit}-{year}.csv"'
    answer["Cache-Control"] = "private, no-store"
    answer.write("\ufeff")
    rows = csv.writer(answer)
    rows.writerow([_("Nomor urut"), _("Nomor surat"), _("Tanggal"), _("Jenis"), _("Nama"), "RT", _("Keadaan")])
    with scoped(access.scope_for(user)):
        for one in queries.exported(unit, year):
            day = one.issued_at.astimezone(city_zone()).date().isoformat() if one.issued_at else ""
            words = (one.number, day, kind_name(one.kind), one.subject_name, one.rt_code, state_words(one.state))
            rows.writerow([one.serial, *map(cell, words)])
    return answer


def _units(user: User) -> list[tuple[str, str]]:
    return [(one.area, one.unit_name) for one in access.authorities(user)]


def _asked(request: HttpRequest) -> tuple[str, int]:
    """The unit and year asked for, by default the first of mine and this year. Raises Http404 for another's unit."""
    mine = [code for code, _name in _units(cast(User, request.user))]
    unit, year = (
        request.GET.get("unit", "") or (mine[0] if mine else ""),
        request.GET.get("tahun", "") or str(today().year),
    )
    if unit not in mine or not (year.isdecimal() and year.isascii() and 2000 <= int(year[:5]) <= 2100):
        raise Http404
    return unit, int(year)
