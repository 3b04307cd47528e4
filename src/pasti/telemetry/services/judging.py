"""Judging new readings with their stored neighbours, and those neighbours again (`rules.quality` says why)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.db import connection

from pasti.kernel import statements
from pasti.telemetry.rules import quality
from pasti.telemetry.rules.limits import Limits
from pasti.telemetry.services.rows import Key, milliseconds, moment
from pasti.telemetry.services.streams import Stream

NAN = float("nan")
Neighbour = tuple[int, float, int, int]  # milliseconds, value, flag, reasons


@dataclass(slots=True)
class Judgement:
    """Flags and reasons of new readings in the order of their keys; new flags of stored ones by their keys."""

    flags: list[int]
    reasons: list[int]
    revised: dict[Key, tuple[int, int]] = field(default_factory=dict)


@dataclass(slots=True)
class _Line:
    """New readings and their stored neighbours in the order of time. `origin`: place among the keys, or ~place in `stored`."""

    pk: int
    limits: Limits
    stored: list[Neighbour]
    times: list[int]
    values: list[float]
    origin: list[int]


def judge(keys: Sequence[Key], values: Sequence[float | None], streams: Mapping[int, Stream]) -> Judgement:
    """Judge readings with these keys (in order) and values. Locks the streams that have limits until the transaction ends."""
    found = Judgement(
        [quality.NOT_EVALUATED if value is not None else quality.MISSING for value in values], [0] * len(keys)
    )
    groups = {pk: list(group) for pk, group in groupby(range(len(keys)), key=lambda index: keys[index][0])}
    tested = {pk: limits for pk in groups if (limits := streams[pk].limits).tested}
    if not tested:
        return found
    spans = {pk: (keys[groups[pk][0]][1], keys[groups[pk][-1]][1]) for pk in tested}
    neighbours = _neighbours(tested, spans)
    lines = [_line(pk, tested[pk], neighbours.get(pk, []), groups[pk], keys, values) for pk in tested]
    runs = [quality.Run(line.limits, [ms / 1000 for ms in line.times], line.values) for line in lines]
    flags, reasons = quality.judge(runs)
    given = zip(flags.tolist(), reasons.tolist(), strict=True)
    for line in lines:
        _take(line, given, found)
    return found


def _line(
    pk: int, limits: Limits, stored: list[Neighbour], group: list[int], keys: Sequence[Key], values: Sequence[float | None]
) -> _Line:  # fmt: skip
    known = {one[0] for one in stored}
    new = [
        (keys[at][1], NAN if (value := values[at]) is None else value, at) for at in group if keys[at][1] not in known
    ]
    line = [(one[0], one[1], ~at) for at, one in enumerate(stored)] + new
    if stored and new and stored[-1][0] > new[0][0]:
        line.sort()
    return _Line(pk, limits, stored, [one[0] for one in line], [one[1] for one in line], [one[2] for one in line])


def _take(line: _Line, given: Iterator[tuple[int, int]], found: Judgement) -> None:
    """Keep the verdicts on new readings, and those on neighbours near enough to be touched by them."""
    new = [at for at, origin in enumerate(line.origin) if origin >= 0]
    near = range(new[0] - 1, new[-1] + line.limits.back + 1) if new else range(0)
    for at, origin in enumerate(line.origin):
        verdict = next(given)
        if origin >= 0:
            found.flags[origin], found.reasons[origin] = verdict
        elif at in near and verdict != line.stored[~origin][2:]:
            found.revised[line.pk, line.times[at]] = verdict


# Sound readings around new ones: some before the first, those between, some after the last. The bounds given as plain
# parameters spare the months outside of them.
_NEIGHBOURS = """
SELECT wanted.id, seen.phenomenon_time, seen.result, seen.flag, seen.reasons
FROM unnest(%(ids)s::bigint[], %(first)s::timestamptz[], %(last)s::timestamptz[], %(back)s::int[], %(reach)s::interval[])
  AS wanted (id, first, last, back, reach)
CROSS JOIN LATERAL ({sides}) AS seen ORDER BY wanted.id, seen.phenomenon_time
"""
_SIDE = """(
  SELECT o.phenomenon_time, o.result, o.flag, o.reasons FROM telemetry_observation o
  WHERE o.datastream_id = wanted.id AND o.phenomenon_time >= %(least)s AND o.phenomenon_time <= %(most)s
    AND o.result IS NOT NULL AND o.reasons & 1 = 0 AND {which})"""
_BEFORE = _SIDE.format(
    which="o.phenomenon_time < wanted.first AND o.phenomenon_time >= wanted.first - wanted.reach "
    "ORDER BY o.phenomenon_time DESC LIMIT wanted.back + 1"
)
_BETWEEN = _SIDE.format(which="o.phenomenon_time >= wanted.first AND o.phenomenon_time <= wanted.last")
_AFTER = _SIDE.format(
    which="o.phenomenon_time > wanted.last AND o.phenomenon_time <= wanted.last + wanted.reach "
    "ORDER BY o.phenomenon_time LIMIT wanted.back + 1"
)


def _neighbours(tested: dict[int, Limits], spans: dict[int, tuple[int, int]]) -> dict[int, list[Neighbour]]:
    """Stored neighbours of each stream's new readings. Nearly always those only come after all others."""
    newest = _lock(list(tested))
    late = {pk for pk, time in newest.items() if time >= spans[pk][0]}
    found: dict[int, list[Neighbour]] = {}
    _read([pk for pk in newest if pk not in late], _BEFORE, tested, spans, found)
    _read(sorted(late), " UNION ALL ".join((_BEFORE, _BETWEEN, _AFTER)), tested, spans, found)
    return found


_LOCK = (
    "SELECT datastream_id, time FROM telemetry_latest WHERE datastream_id = ANY(%s) ORDER BY datastream_id FOR UPDATE"
)


def _lock(pks: list[int]) -> dict[int, int]:
    """Hold the streams, so that nobody judges on what another is changing; returns when their newest readings were."""
    return {pk: milliseconds(time) for pk, time in statements.rows(_LOCK, [pks])}


def _read(
    pks: list[int], sides: str, tested: dict[int, Limits], spans: dict[int, tuple[int, int]], found: dict[int, list[Neighbour]]
) -> None:  # fmt: skip
    if not pks:
        return
    first, last = [moment(spans[pk][0]) for pk in pks], [moment(spans[pk][1]) for pk in pks]
    reach = [dt.timedelta(seconds=tested[pk].reach) for pk in pks]
    parameters: dict[str, Any] = {
        "ids": pks, "first": first, "last": last, "reach": reach, "back": [tested[pk].back for pk in pks],
        "least": min(map(dt.datetime.__sub__, first, reach)), "most": max(map(dt.datetime.__add__, last, reach)),
    }  # fmt: skip
    for pk, time, result, flag, reasons in statements.rows(_NEIGHBOURS.format(sides=sides), parameters):
        found.setdefault(pk, []).append((milliseconds(time), result, flag, reasons))


def revise(revised: dict[Key, tuple[int, int]]) -> None:
    """Give stored readings their new flags, in the streams' newest as well."""
    if not revised:
        return
    times = [moment(key[1]) for key in revised]
    given: list[Any] = [[key[0] for key in revised], times, *map(list, zip(*revised.values(), strict=True))]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE telemetry_observation o SET flag = n.flag, reasons = n.reasons "
            "FROM unnest(%s::bigint[], %s::timestamptz[], %s::smallint[], %s::smallint[]) AS n (id, time, flag, reasons) "
            "WHERE o.datastream_id = n.id AND o.phenomenon_time = n.time AND o.phenomenon_time BETWEEN %s AND %s",
            [*given, min(times), max(times)],
        )
        cursor.execute(
            "UPDATE telemetry_latest l SET flag = n.flag FROM unnest(%s::bigint[], %s::timestamptz[], %s::smallint[]) "
            "AS n (id, time, flag) WHERE l.datastream_id = n.id AND l.time = n.time",
            given[:3],
        )
