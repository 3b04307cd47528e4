"""Old months go into files, and only those that no stream needs."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import os
import subprocess
import sys
from pathlib import Path

from pasti.kernel.clock import now
from pasti.telemetry.models import ArchivedMonth, Observation
from pasti.telemetry.queries.series import series
from pasti.telemetry.services.readings import Outcome, Reading, store
from pasti.telemetry.services.rollups import count_again

from .conftest import stream

MINUTE = dt.timedelta(minutes=1)


def test_a_month_goes_into_a_file_when_every_stream_is_past_it(
    fresh_database: str, owner_url: str, tmp_path: Path
) -> None:
    short, kept, today = stream(retention_years=2), stream(retention_years=None), now()
    old = [dt.datetime(today.year - 4, month, 15, tzinfo=dt.UTC) for month in (3, 4)]
    young = today - dt.timedelta(days=500)
    store([Reading(short.pk, at + minute * MINUTE, 7.5) for at in (*old, young) for minute in range(90)])
    store([Reading(short.pk, old[0] - MINUTE, None, value='teks "dua"\nbaris')])
    store([Reading(kept.pk, old[1], 1.0)])
    count_again()
    year = (short.pk, old[0] - dt.timedelta(days=10), old[0] + dt.timedelta(days=10), 50)
    before = series(*year[:3], 1)
    environment = os.environ | {"PASTI_DATABASE_OWNER_URL": owner_url, "PASTI_DATABASE_URL": owner_url}
    command = [sys.executable, "-m", "pasti", "archive-readings", "--data", str(tmp_path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert "91 readings in telemetry_observation_" in done.stdout
    month = ArchivedMonth.objects.get()
    assert (month.month, month.readings) == (old[0].date().replace(day=1), 91)
    with gzip.open(tmp_path / "archive" / month.file, "rt") as source:
        rows = list(csv.DictReader(source))
    assert [row["result"] for row in rows] == [""] + ["7.5"] * 90
    assert Observation.objects.count() == 91 + 90
    assert series(*year[:3], 1) == before
    assert before.buckets[0].readings == 90
    assert store([Reading(short.pk, old[0] + 99 * MINUTE, 1.0)]) == [Outcome.ANCIENT]
