"""Datastreams as the storing of readings needs them: few columns, and their limits read once for all readings to come."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from pasti.kernel.statements import rows
from pasti.telemetry.rules import limits as limit_rules
from pasti.telemetry.rules.limits import Limits

log = logging.getLogger(__name__)
COLUMNS = "s.id, s.device_id, s.watched, s.quality, s.interval_seconds"  # of Stream, in this order
_READ = f"SELECT {COLUMNS} FROM telemetry_datastream s WHERE s.id = ANY(%s)"


@dataclass(frozen=True, slots=True)
class Stream:
    """A datastream. `quality` is the JSON text of its limits."""

    pk: int
    device_id: int | None
    watched: bool
    quality: str
    interval_seconds: int | None

    @property
    def limits(self) -> Limits:
        """The limits of its quality tests; none, and a word in the log, where what is stored cannot be read."""
        return _limits(self.pk, self.quality, self.interval_seconds)


def read(ids: Iterable[int]) -> dict[int, Stream]:
    """Those of the streams that are there."""
    return {row[0]: Stream(*row) for row in rows(_READ, [list(ids)])}


@lru_cache(4096)
def _limits(pk: int, quality: str, interval: int | None) -> Limits:
    try:
        stored = json.loads(quality)
        return limit_rules.read(stored, interval) if stored else Limits()
    except ValueError as fault:
        log.warning("limits of datastream %s are not used: %s", pk, fault)
        return Limits()
