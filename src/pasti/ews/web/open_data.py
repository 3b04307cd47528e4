"""The readings of the gauges as open data."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator
from itertools import islice

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from pasti.ews.queries import open_data
from pasti.ews.web.pages import found_or_404, shown
from pasti.kernel.errors import NotFound

AT_ONCE = 500  # lines


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The gauges whose readings can be had."""
    return shown(request, "open_data.html", gauges=open_data.gauges())


@require_safe
@found_or_404
def gauge(request: HttpRequest, code: str) -> HttpResponse:
    """One gauge: what its files hold, and a file for each month."""
    found = open_data.gauge(code)
    return shown(
        request, "open_data_gauge.html", gauge=found, months=open_data.months(found), unit=open_data.unit(found),
        columns=open_data.COLUMNS, source=open_data.source(), licence=open_data.LICENCE,
    )  # fmt: skip


@require_safe
def month(request: HttpRequest, code: str, year: int, month: int) -> HttpResponseBase:
    """The readings of a month as CSV, sent while they are read."""
    try:
        found, first = open_data.gauge(code), dt.date(year, month, 1)
        if first not in open_data.months(found):
            raise NotFound
    except (NotFound, ValueError):
        raise Http404 from None
    answer = StreamingHttpResponse(
        _written(open_data.lines(found, first)), content_type="text/csv; charset=utf-8; header=present"
    )
    answer["Content-Disposition"] = f'attachment; filename="ews-{found.pk}-{first:%Y-%m}.csv"'
    return answer


def _written(lines: Iterable[tuple[str, ...]]) -> Iterator[str]:
    rest = iter(lines)
    while part := list(islice(rest, AT_ONCE)):
        text = io.StringIO()
        csv.writer(text).writerows(part)
        yield text.getvalue()
