"""Computing measures so that each number can be computed again, by anyone, to the same digest."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from pasti.kernel.clock import now
from pasti.kernel.publish import queries
from pasti.kernel.publish.models import Look, Measurement
from pasti.kernel.publish.registry import registry
from pasti.kernel.publish.rules import merkle
from pasti.kernel.publish.types import Measure

HASHED = ("measure", "version", "area", "period_start", "period_end", "as_of", "numerator", "denominator", "value",
          "row_count", "sql", "records_sql", "params", "records_root", "computed_at", "previous_hash")  # fmt: skip
# Records are stamped by the programs' clocks, looks by the database's: so far apart may they be.
CLOCK_SKEW = dt.timedelta(seconds=60)


@dataclass(frozen=True)
class Figures:
    """What a measure's query returns."""

    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    row_count: int


@dataclass(frozen=True)
class Verification:
    """Outcome of computing a measurement again. `fault` says in words what does not hold; empty when all does."""

    measurement: Measurement
    again: Figures
    root: str
    fault: str

    @property
    def holds(self) -> bool:
        """True when value, records, hash and chain are as they were."""
        return not self.fault


def measure_now(code: str, start: dt.datetime, end: dt.datetime, area: str) -> Measurement:
    """The measure's value as known now, stored with its proof.

    When nothing it counts has changed since the latest measurement of the same period and area, that one is
    returned. Raises KeyError for a measure nobody publishes.
    """
    measure = registry().measures[code]
    look = queries.look(code, start, end, area)
    if look and look.measurement.version == measure.version and _nothing_new(measure, look):
        return look.measurement
    moment = settled_moment()
    params = _params(start, end, area, moment)
    figures = _figures(measure.sql, params)
    found = queries.latest(code, start, end, area)
    if found is None or found.version != measure.version or _of(found) != figures:
        found = _store(measure, start, end, area, moment, params)
    Look.objects.update_or_create(
        measure=code, area=area, period_start=start, period_end=end, defaults={"as_of": moment, "measurement": found}
    )
    return found


def _nothing_new(measure: Measure, look: Look) -> bool:
    """True when no record that may count was recorded since the look, clocks apart by CLOCK_SKEW at the most."""
    if not measure.newest_sql:
        return False
    with connection.cursor() as cursor:
        cursor.execute(measure.newest_sql, _params(look.period_start, look.period_end, look.area, look.as_of))
        newest = cursor.fetchone()[0]
    return newest is None or bool(newest < look.as_of - CLOCK_SKEW)


def _params(start: dt.datetime, end: dt.datetime, area: str, moment: dt.datetime) -> dict[str, str]:
    return {"start": start.isoformat(), "end": end.isoformat(), "area": area, "as_of": moment.isoformat()}


@transaction.atomic
def _store(
    measure: Measure, start: dt.datetime, end: dt.datetime, area: str, moment: dt.datetime, params: dict[str, str]
) -> Measurement:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [f"measure:{measure.code}"])
    figures, root = _figures(measure.sql, params), merkle.root(_records(measure.records_sql, params))
    latest = queries.latest(measure.code, start, end, area)
    if latest and latest.version == measure.version and latest.records_root == root and _of(latest) == figures:
        return latest  # another process stored the same while we waited
    head = Measurement.objects.filter(measure=measure.code).order_by("-id").first()
    made = Measurement(
        measure=measure.code, version=measure.version, area=area, period_start=start, period_end=end, as_of=moment,
        numerator=figures.numerator, denominator=figures.denominator, value=figures.value, row_count=figures.row_count,
        sql=measure.sql, records_sql=measure.records_sql, params=params, records_root=root, computed_at=now(),
        previous_hash=head.hash if head else "",
    )  # fmt: skip
    made.hash = digest(made)
    made.save(force_insert=True)
    return made


def settled_moment() -> dt.datetime:
    """A moment up to which everything recorded has been committed.

    A transaction still open may have stamped its rows already; counting to its start keeps the number the same
    when it is computed again later.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT least(clock_timestamp(), min(xact_start) - interval '1 microsecond') FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        moment: dt.datetime = cursor.fetchone()[0]
    return moment.astimezone(dt.UTC)


def verify(measurement_id: int) -> Verification:
    """Compute a stored measurement again from its own SQL and parameters, and check its place in the chain.

    Raises Measurement.DoesNotExist for an unknown id.
    """
    found = Measurement.objects.get(pk=measurement_id)
    again = _figures(found.sql, found.params)
    root = merkle.root(_records(found.records_sql, found.params))
    return Verification(found, again, root, _fault(found, again, root))


def _fault(found: Measurement, again: Figures, root: str) -> str:
    if found.hash != digest(found):
        return "the stored measurement was altered"
    if again != _of(found):
        return f"computed again the value is {again.value}, not {found.value}"
    if root != found.records_root:
        return "the records it was computed from have changed"
    return _chain_fault(found)


def _chain_fault(found: Measurement) -> str:
    previous = ""
    for one in Measurement.objects.filter(measure=found.measure, pk__lte=found.pk).order_by("pk").iterator():
        if one.previous_hash != previous or one.hash != digest(one):
            return f"the chain is broken at measurement {one.pk}"
        previous = one.hash
    return ""


def digest(one: Measurement) -> str:
    """SHA-256 over everything the measurement says, in a fixed form."""
    content = {name: _plain(getattr(one, name)) for name in HASHED}
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def sample(found: Measurement) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Column names and some of the contributing records, masked by the measure itself. Who may see it is asked above."""
    measure = registry().measures[found.measure]
    with connection.cursor() as cursor:
        cursor.execute(measure.sample_sql, found.params)
        return [column.name for column in cursor.description or ()], list(cursor.fetchall())


def _of(one: Measurement) -> Figures:
    return Figures(_six(one.numerator), _six(one.denominator), _six(one.value), one.row_count)


def _figures(sql: str, params: dict[str, str]) -> Figures:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        numerator, denominator, value, rows = cursor.fetchone()
    return Figures(_six(numerator), _six(denominator), _six(value), int(rows))


def _records(sql: str, params: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Contributing records, streamed: there may be millions."""
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(sql, params)
        while rows := cursor.fetchmany(5000):
            yield from rows


def _six(value: Any) -> Decimal | None:
    return None if value is None else round(Decimal(value), 6)


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    return f"{value:.6f}" if isinstance(value, Decimal) else value
