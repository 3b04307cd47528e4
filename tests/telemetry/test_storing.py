"""Storing readings: once each, in any order, whatever else is wrong in the batch."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from pasti.telemetry.models import Latest, Observation, StaleHour
from pasti.telemetry.services.readings import Outcome, Reading, store

from .conftest import device, stream

MINUTE = dt.timedelta(minutes=1)


def series(pk: int, begins: dt.datetime, count: int) -> list[Reading]:
    """`count` readings a minute apart; the value is their place in the row."""
    return [Reading(pk, begins + index * MINUTE, float(index)) for index in range(count)]


@pytest.mark.django_db
@pytest.mark.parametrize("count", [3, 500])
def test_a_batch_sent_twice_is_stored_once(noon: dt.datetime, count: int) -> None:
    pk = stream().pk
    assert store(series(pk, noon, count), at=noon + count * MINUTE) == [Outcome.STORED] * count
    assert store(series(pk, noon, count + 1), at=noon + count * MINUTE) == [Outcome.REPEATED] * count + [Outcome.STORED]
    assert Observation.objects.filter(datastream_id=pk).count() == count + 1


@pytest.mark.django_db
def test_one_bad_reading_does_not_cost_the_others(noon: dt.datetime) -> None:
    mine = device()
    pk, other = stream(device=mine).pk, stream().pk
    batch = [
        Reading(pk, noon, 1.0), Reading(pk, noon, 2.0), Reading(pk, noon + dt.timedelta(hours=7), 1.0),
        Reading(pk, dt.datetime(1969, 12, 31, tzinfo=dt.UTC), 1.0), Reading(other, noon, 1.0), Reading(10**9, noon, 1.0),
        Reading(pk, noon + MINUTE, float("nan")),
    ]  # fmt: skip
    told = store(batch, device=mine, at=noon)
    assert [one.value for one in told] == ["stored", "repeated", "future", "ancient", "forbidden", "unknown", "stored"]
    assert Observation.objects.order_by("phenomenon_time").values_list("result", "flag")[0] == (1.0, 2)
    mine.refresh_from_db()
    assert mine.last_seen == noon


@pytest.mark.django_db
def test_the_newest_reading_stays_the_newest_when_an_older_one_comes_late(noon: dt.datetime) -> None:
    pk = stream().pk
    store([Reading(pk, noon, 5.0)], at=noon)
    store([Reading(pk, noon - dt.timedelta(days=40), 1.0)], at=noon)
    latest = Latest.objects.get(pk=pk)
    assert (latest.time, latest.result, latest.begins) == (noon, 5.0, noon - dt.timedelta(days=40))
    assert StaleHour.objects.filter(datastream_id=pk).count() == 2


@pytest.mark.django_db
def test_the_partition_of_a_new_month_is_made_when_its_first_reading_comes(noon: dt.datetime) -> None:
    pk = stream().pk
    midnight = dt.datetime(2031, 1, 1, tzinfo=dt.UTC) - dt.timedelta(milliseconds=1)
    store([Reading(pk, dt.datetime(1999, 12, 31, 23, 59, 59, 999000, tzinfo=dt.UTC), 1.0)], at=noon)
    store([Reading(pk, dt.datetime(2000, 1, 1, tzinfo=dt.UTC), 2.0)], at=noon)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tableoid::regclass::text FROM telemetry_observation WHERE datastream_id = %s ORDER BY 1", [pk]
        )
        assert [row[0] for row in cursor.fetchall()] == [
            "telemetry_observation_199912",
            "telemetry_observation_200001",
        ]
    assert store([Reading(pk, midnight, 1.0)], at=noon) == [Outcome.FUTURE]


def test_eight_hands_with_the_same_readings_in_any_order_store_each_once(
    fresh_database: str, noon: dt.datetime
) -> None:
    streams = [stream().pk for _ in range(4)]
    batch = [one for pk in streams for one in series(pk, noon, 100)]

    def hand(turn: int) -> list[Outcome]:
        try:
            return store(batch[turn * 40 :] + batch[: turn * 40], at=noon + 200 * MINUTE)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(hand, range(8)))
    assert sum(one is Outcome.STORED for each in told for one in each) == len(batch)
    assert Observation.objects.count() == len(batch)
