"""A stream's readings at regular times, as arrays for those who calculate."""

from __future__ import annotations

import datetime as dt

import numpy as np
from django.db import connection
from numpy.typing import NDArray

_BINS = {
    "mean": "avg(result)",
    "sum": "sum(result)",
}
_SQL = """
SELECT floor(extract(epoch FROM phenomenon_time - %s) / %s)::int AS step, {of}
FROM telemetry_observation
WHERE datastream_id = %s AND phenomenon_time >= %s AND phenomenon_time < %s AND flag IN (1, 2) AND result IS NOT NULL
GROUP BY 1
"""


def grid(datastream_id: int, begins: dt.datetime, steps: int, every: int, of: str = "mean") -> NDArray[np.float64]:
    """`steps` values from `begins` on, `every` minutes each: the mean or the sum of the readings that count, NaN for none."""
    found = np.full(steps, np.nan)
    ends = begins + dt.timedelta(minutes=steps * every)
    with connection.cursor() as cursor:
        cursor.execute(_SQL.format(of=_BINS[of]), [begins, every * 60, datastream_id, begins, ends])
        for step, value in cursor.fetchall():
            found[step] = value
    return found
