"""The readings of a gauge for everybody, a month at a time: each line says its unit, its quality, whose it is, its licence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.conf import settings

from pasti.ews.models import Gauge
from pasti.ews.queries.policy import policy
from pasti.kernel.clock import city_zone
from pasti.kernel.errors import NotFound
from pasti.telemetry.queries import judged
from pasti.telemetry.rules.quality import BAD, GOOD, MISSING, NOT_EVALUATED, SUSPECT, WORDS, Reason

LICENCE = "CC-BY-4.0"
COLUMNS = ("alat", "nama", "sungai", "waktu", "nilai", "satuan", "mutu", "arti_mutu", "alasan", "sumber", "lisensi")
# A file says the same to every reader, so its words are of one language. QARTOD's own are good, not evaluated, suspect,
# fail and missing.
FLAGS = {GOOD: "baik", NOT_EVALUATED: "tidak dinilai", SUSPECT: "meragukan", BAD: "buruk", MISSING: "hilang"}
Line = tuple[str, ...]


def gauges() -> list[Gauge]:
    """All gauges, by river."""
    return list(Gauge.objects.select_related("river").order_by("river__order", "code"))


def gauge(code: str) -> Gauge:
    """One gauge. Raises NotFound."""
    found = Gauge.objects.select_related("river").filter(pk=code).first()
    if found is None:
        raise NotFound
    return found


def months(one: Gauge) -> list[dt.date]:
    """The months there is a file of, the newest first."""
    return judged.months(one.datastream_id)


def unit(one: Gauge) -> str:
    """In what it measures: cm above its zero, or mm of rain since the reading before."""
    return "cm" if one.kind == Gauge.Kind.LEVEL else "mm"


def source() -> str:
    """Whose readings these are. A demo's are nobody's, and say so in every line."""
    return "Data contoh buatan, bukan pengukuran" if settings.PASTI_DEMO else policy().sender_name


def lines(one: Gauge, month: dt.date) -> Iterator[Line]:
    """The file of a month (its first day): the names of the columns, then a line for each reading, oldest first."""
    yield COLUMNS
    before, after = (one.pk, one.name, one.river.name), (source(), LICENCE)
    symbol, zone = unit(one), city_zone()
    for reading in judged.judged(one.datastream_id, *judged.span(month)):
        at = reading.time.astimezone(zone).isoformat(timespec="milliseconds" if reading.time.microsecond else "seconds")
        value = "" if reading.value is None else f"{reading.value:.10g}"
        quality = (str(reading.flag), FLAGS[reading.flag], _why(reading.reasons))
        yield (*before, at, value, symbol, *quality, *after)


def _why(reasons: int) -> str:
    return "; ".join(words[0] for reason, words in WORDS.items() if reasons & reason and reason is not Reason.GAP)
