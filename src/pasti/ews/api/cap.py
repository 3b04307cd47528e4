"""CAP for everybody: lists of warnings, each message at an address of its own, the certificate they are signed with.

The message of an exercise or a test can be had like any other and says what it is; the lists of actual warnings do not name
it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from pasti.ews.models import Warning
from pasti.ews.queries import cap as queries
from pasti.ews.rules import cap_feed
from pasti.ews.rules.cap_compose import EVENTS
from pasti.ews.rules.cap_message import MEDIA_TYPE
from pasti.ews.services import cap_signing

ACTUAL = (Warning.Status.ACTUAL,)
EXERCISES = (Warning.Status.EXERCISE, Warning.Status.TEST)
FOR_EVER = "public, max-age=31536000, immutable"
BRIEFLY = "public, max-age=15"
Writer = Callable[[cap_feed.Feed, Sequence[cap_feed.Entry]], bytes]


@require_safe
def atom(request: HttpRequest) -> HttpResponse:
    """The warnings in force, as Atom."""
    return _feed(request, cap_feed.atom, cap_feed.ATOM_TYPE, ACTUAL)


@require_safe
def rss(request: HttpRequest) -> HttpResponse:
    """The warnings in force, as RSS."""
    return _feed(request, cap_feed.rss, cap_feed.RSS_TYPE, ACTUAL)


@require_safe
def exercises(request: HttpRequest) -> HttpResponse:
    """Exercises and tests, as Atom."""
    return _feed(request, cap_feed.atom, cap_feed.ATOM_TYPE, EXERCISES)


@require_safe
def message(request: HttpRequest, identifier: str) -> HttpResponse:
    """One message, byte for byte as it was signed; it never changes."""
    found = queries.message(identifier)
    if found is None:
        return _open(
            HttpResponse(_("Tidak ada pesan dengan nama ini"), status=404, content_type="text/plain; charset=utf-8")
        )
    assert found.cap_bytes is not None
    assert found.sent_at is not None
    answer = HttpResponse(bytes(found.cap_bytes), content_type=MEDIA_TYPE)
    return _conditional(request, answer, found.sent_at, FOR_EVER)


@require_safe
def certificate(request: HttpRequest) -> HttpResponse:
    """The certificate of the key that signs our messages."""
    answer = HttpResponse(cap_signing.certificate_pem(), content_type="application/x-pem-file")
    return _conditional(request, answer, None, BRIEFLY)


def _feed(request: HttpRequest, write: Writer, media_type: str, status: Sequence[str]) -> HttpResponse:
    with override("id"):  # one address, one content: lists of machines do not follow the reader's language
        feed = _head(request.path, status)
        entries = [_entry(one) for one in queries.listed(status)]
    answer = HttpResponse(write(feed, entries), content_type=f"{media_type}; charset=utf-8")
    return _conditional(request, answer, feed.updated, BRIEFLY)


def _head(path: str, status: Sequence[str]) -> cap_feed.Feed:
    city = settings.PASTI_CITY.get("name", "")
    exercise = status == EXERCISES
    title = (
        _("Latihan dan uji coba peringatan dini %(city)s") if exercise else _("Peringatan dini %(city)s yang berlaku")
    )
    note = _("LATIHAN, bukan kejadian nyata") if exercise else _("Pesan CAP 1.2 yang ditandatangani")
    return cap_feed.Feed(
        url=f"{settings.PASTI_BASE_URL}{path}", home=f"{settings.PASTI_BASE_URL}/ews/", title=title % {"city": city},
        subtitle=note, author=city, updated=queries.changed_at(status),
    )  # fmt: skip


def _entry(one: Warning) -> cap_feed.Entry:
    assert one.cap_identifier is not None
    assert one.sent_at is not None
    url = f"{settings.PASTI_BASE_URL}/cap/{one.cap_identifier}.xml"
    mark = {Warning.Status.EXERCISE: _("LATIHAN"), Warning.Status.TEST: _("UJI COBA")}.get(
        Warning.Status(one.status), ""
    )
    return cap_feed.Entry(
        id=one.cap_identifier if ":" in one.cap_identifier else url, url=url,
        title=f"{mark}: {one.headline_id}" if mark else one.headline_id, summary=one.description_id,
        sent=one.sent_at, author=settings.PASTI_CITY.get("name", ""), categories=(EVENTS["id"],),
    )  # fmt: skip


def _conditional(request: HttpRequest, answer: HttpResponse, changed: dt.datetime | None, keep: str) -> HttpResponse:
    """With marks by which who has it already need not fetch it again (RFC 9110, 13)."""
    etag = f'"{hashlib.sha256(answer.content).hexdigest()[:32]}"'
    answer["ETag"], answer["Cache-Control"] = etag, keep
    stamp = int(changed.timestamp()) if changed else None
    if stamp is not None:
        answer["Last-Modified"] = http_date(stamp)
    return _open(get_conditional_response(request, etag=etag, last_modified=stamp, response=answer) or answer)


def _open(answer: HttpResponse) -> HttpResponse:
    """Any page may read it: nothing here is anybody's secret."""
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Access-Control-Expose-Headers"] = "ETag, Last-Modified"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
