"""Hours and days counted from readings, and charts that are right at any moment."""

from __future__ import annotations

import datetime as dt
import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from pasti.telemetry.models import Daily, Hourly, Latest, Observation, StaleHour
from pasti.telemetry.queries.latest import latest
from pasti.telemetry.queries.readings import newest, readings
from pasti.telemetry.queries.series import Series, series
from pasti.telemetry.rules import limits
from pasti.telemetry.rules.quality import BAD, GOOD, MISSING, NOT_EVALUATED, Run, judge
from pasti.telemetry.services.readings import Outcome, Reading, store
from pasti.telemetry.services.rollups import count_again

from .conftest import stream

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
LIMITS = {"range": [0, 100], "spike": [5, 10], "rate": 600, "flat": [3, 5], "flat_within": 0.5, "gap": 900}


def fill(pk: int, begins: dt.datetime, ends: dt.datetime, step: dt.timedelta) -> None:
    """Readings from `begins` up to `ends`; the value is the hour of the day (UTC)."""
    times = [begins + index * step for index in range(int((ends - begins) / step))]
    store([Reading(pk, time, float(time.hour)) for time in times], at=ends)


@pytest.mark.django_db
def test_each_grain_says_the_same_counted_or_not(noon: dt.datetime) -> None:
    pk = stream(quality={"range": [0, 22]}).pk
    begins = noon - 5 * DAY
    fill(pk, begins, noon, 10 * MINUTE)

    def all_grains() -> list[Series]:
        return [
            series(pk, begins, noon, 1000), series(pk, noon - 3 * HOUR, noon, 13), series(pk, begins, noon, 121),
            series(pk, begins, noon, 100),
        ]  # fmt: skip

    before = all_grains()
    assert [one.grain for one in before] == ["raw", "minutes", "hour", "day"]
    assert count_again(noon + HOUR) == 120
    assert not StaleHour.objects.exists()
    assert all_grains() == before
    # Half of what is counted is stale again: the answer follows the readings at once.
    store([Reading(pk, noon - DAY + MINUTE, 20.0)], at=noon)
    raw, _, hours, days = all_grains()
    for one in (raw, hours, days):
        assert sum(bucket.readings + bucket.doubtful for bucket in one.buckets) == 721
        assert sum(bucket.doubtful for bucket in one.buckets) == 30
        assert max(bucket.high for bucket in one.buckets if bucket.high is not None) == 22
    assert [bucket.begins.astimezone(dt.timezone(7 * HOUR)).hour for bucket in days.buckets] == [0] * 6
    count_again(noon + HOUR)
    assert all_grains()[2:] == [hours, days]


@pytest.mark.django_db
def test_the_hour_that_runs_waits_until_it_is_over(noon: dt.datetime) -> None:
    pk = stream().pk
    fill(pk, noon - HOUR, noon + 5 * MINUTE, MINUTE)
    assert count_again(noon + 5 * MINUTE) == 1
    assert Hourly.objects.get(datastream_id=pk).readings == 60
    assert [bucket.readings for bucket in series(pk, noon - HOUR, noon + HOUR, 2).buckets] == [60, 5]
    assert count_again(noon + HOUR) == 1


def test_no_reading_is_lost_to_the_counting_while_many_write(fresh_database: str, noon: dt.datetime) -> None:
    streams = [stream().pk for _ in range(3)]
    done = threading.Event()

    def write(turn: int) -> None:
        try:
            for minute in range(turn, 60 * 5, 4):
                store([Reading(pk, noon - 5 * HOUR + minute * MINUTE, 1.0) for pk in streams], at=noon)
        finally:
            connections.close_all()

    def count() -> None:
        try:
            while not done.is_set():
                count_again(noon + HOUR)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        counters = [pool.submit(count) for _ in range(2)]
        for writer in [pool.submit(write, turn) for turn in range(4)]:
            writer.result()
        done.set()
        for counter in counters:
            counter.result()
    count_again(noon + HOUR)
    assert set(Hourly.objects.values_list("readings", flat=True)) == {60}
    assert Hourly.objects.count() == 15
    assert {row.readings for row in Daily.objects.all()} == {300}


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_flags_are_the_same_in_whatever_order_readings_come(noon: dt.datetime, seed: int) -> None:
    chance = random.Random(seed)
    values = [chance.choice([1.0, 2.0, 3.0, 3.2, 40.0, -999.0, float("nan")]) for _ in range(120)]
    times = [noon + MINUTE * (at + 30 * (at // 40)) for at in range(120)]
    pk, at = stream(quality=LIMITS).pk, noon + DAY
    waiting = [Reading(pk, time, value) for time, value in zip(times, values, strict=True)]
    chance.shuffle(waiting)
    while waiting:
        count = chance.choice([1, 1, 2, 7])
        store(waiting[:count], at=at)
        waiting = waiting[count:]
    expected, reasons = judge([Run(limits.read(LIMITS), [time.timestamp() for time in times], values)])
    found = Observation.objects.filter(datastream_id=pk).order_by("phenomenon_time").values_list("flag", "reasons")
    assert list(found) == list(zip(expected.tolist(), reasons.tolist(), strict=True))
    assert {GOOD, BAD, MISSING} <= set(expected.tolist())
    assert Latest.objects.get(pk=pk).flag == expected[-1]


@pytest.mark.django_db
def test_a_spike_loses_its_good_name_when_the_next_reading_comes(noon: dt.datetime) -> None:
    pk = stream(quality={"spike": [5, 10]}, watched=True).pk
    store([Reading(pk, noon, 10.0), Reading(pk, noon + MINUTE, 90.0)], at=noon)
    assert [one.flag for one in readings(pk, noon, None, 9)] == [GOOD, GOOD]
    store([Reading(pk, noon + 2 * MINUTE, 11.0)], at=noon)
    assert [one.flag for one in readings(pk, noon, None, 9)] == [GOOD, BAD, GOOD]
    assert [one.value for one in readings(pk, noon, None, 9, only_good=True)] == [10.0, 11.0]


@pytest.mark.django_db
def test_readings_are_read_by_stretch_and_from_the_end(noon: dt.datetime) -> None:
    pk, other = stream().pk, stream().pk
    fill(pk, noon - HOUR, noon, MINUTE)
    store(
        [Reading(pk, noon, float("inf")), Reading(pk, noon + MINUTE, None, value={"teks": "a\\b\u0000\ud800"})], at=noon
    )
    assert [one.time for one in readings(pk, noon - 2 * MINUTE, noon, 10)] == [noon - 2 * MINUTE, noon - MINUTE]
    assert len(readings(pk, noon - HOUR, None, 7)) == 7
    assert [one.flag for one in newest(pk, noon + MINUTE, 3)] == [NOT_EVALUATED, MISSING, NOT_EVALUATED]
    assert [one.time for one in newest(pk, noon + HOUR, 1, only_good=True)] == [noon - MINUTE]
    assert latest([pk, other])[pk].time == noon + MINUTE
    assert set(latest([pk, other])) == {pk}


@pytest.mark.django_db
def test_a_month_put_away_takes_no_more_readings(noon: dt.datetime) -> None:
    from pasti.telemetry.models import ArchivedMonth

    ArchivedMonth.objects.create(month="2020-02-01", file="x", sha256="", readings=1, archived_at=noon)
    pk = stream().pk
    leap = dt.datetime(2020, 2, 29, 23, 59, tzinfo=dt.UTC)
    assert store([Reading(pk, leap, 1.0), Reading(pk, leap + MINUTE, 1.0)], at=noon) == [
        Outcome.ANCIENT,
        Outcome.STORED,
    ]
