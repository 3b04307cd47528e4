"""Calibrations at work: what a device sends is raw, what is stored is value = raw * scale + offset."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from pasti.kernel.statements import rows
from pasti.telemetry.rules.decoded import calibrated
from pasti.telemetry.services.readings import Reading

Curve = list[tuple[dt.datetime, float, float]]  # valid from, scale, offset; oldest first


_CURVES = (
    'SELECT datastream_id, valid_from, scale, "offset" FROM telemetry_calibration WHERE datastream_id = ANY(%s) '
    "ORDER BY valid_from"
)


def curves(streams: Iterable[int]) -> dict[int, Curve]:
    """The calibrations of those of the streams that have any."""
    found: dict[int, Curve] = defaultdict(list)
    for pk, valid_from, scale, offset in rows(_CURVES, [list(streams)]):
        found[pk].append((valid_from, scale, offset))
    return dict(found)


def apply(readings: Sequence[Reading], known: dict[int, Curve] | None = None) -> list[Reading]:
    """Raw readings as they are to be stored; the raw value of a corrected one stands in `parameters.raw`."""
    known = curves({one.datastream_id for one in readings}) if known is None else known
    return [_applied(one, known[one.datastream_id]) if one.datastream_id in known else one for one in readings]


def _applied(one: Reading, curve: Curve) -> Reading:
    valid = [(scale, offset) for begins, scale, offset in curve if begins <= one.time]
    if not valid or one.result is None:
        return one
    return replace(
        one, result=calibrated(one.result, *valid[-1]), parameters=(one.parameters or {}) | {"raw": one.result}
    )
