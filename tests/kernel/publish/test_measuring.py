"""A number is computed when there is something new, stored with its proof, and can be computed again by anyone."""

from __future__ import annotations

import datetime as dt
import threading
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from pasti.kernel.clock import now
from pasti.kernel.publish import services
from pasti.kernel.publish.models import Look, Measurement
from pasti.purut.models import Sesi
from tests.purut.conftest import booked, section, sesi  # noqa: F401

CODE = "purut.share_online"
HOUR = dt.timedelta(hours=1)


def _this_hour() -> tuple[dt.datetime, dt.datetime]:
    hour = now().replace(minute=0, second=0, microsecond=0)
    return hour - HOUR, hour + HOUR


def _measured() -> Measurement:
    return services.measure_now(CODE, *_this_hour(), "99.01")


def _some_time_passes() -> None:
    """Everything so far happened ten minutes ago, so that clocks that disagree do not matter."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE purut_antrean SET recorded_at = recorded_at - interval '10 minutes'")


@pytest.mark.django_db
def test_a_booking_moves_the_number_by_one(sesi: Sesi) -> None:  # noqa: F811
    booked(sesi, 1, channel="web")
    before = _measured()
    booked(sesi, 2)
    after = _measured()
    assert (before.numerator, before.denominator, before.value) == (1, 1, 100)
    assert (after.numerator, after.denominator, after.value) == (1, 2, 50)
    assert after.previous_hash == before.hash
    assert before.previous_hash == ""


@pytest.mark.django_db
def test_who_looks_again_when_nothing_is_new_gets_the_stored_number_without_counting(sesi: Sesi) -> None:  # noqa: F811
    booked(sesi)
    _some_time_passes()
    first = _measured()
    with CaptureQueriesContext(connection) as queries:
        again = _measured()
    assert again == first
    assert len(queries) == 2
    assert not [q for q in queries if "count(*)" in q["sql"]]


@pytest.mark.django_db
def test_a_record_within_the_skew_of_clocks_is_counted_again_but_stored_once(sesi: Sesi) -> None:  # noqa: F811
    booked(sesi)
    assert _measured() == _measured()
    assert Measurement.objects.count() == Look.objects.count() == 1


@pytest.mark.django_db
def test_a_new_version_of_a_measure_is_measured_anew(sesi: Sesi, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    import dataclasses

    first = _measured()
    measures = services.registry().measures
    monkeypatch.setitem(measures, CODE, dataclasses.replace(measures[CODE], version=2))
    second = _measured()
    assert (first.version, second.version, second.previous_hash) == (1, 2, first.hash)


@pytest.mark.django_db
def test_a_number_of_then_holds_after_newer_records_came(sesi: Sesi) -> None:  # noqa: F811
    booked(sesi, 1)
    then = _measured()
    for serial in range(2, 6):
        booked(sesi, serial)
    _measured()
    outcome = services.verify(then.pk)
    assert outcome.holds
    assert outcome.again.denominator == 1


@pytest.mark.django_db
def test_a_record_altered_afterwards_is_noticed_even_when_the_number_stays(sesi: Sesi) -> None:  # noqa: F811
    made = booked(sesi)
    measured = _measured()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE purut_antrean SET date = date + 1 WHERE id = %s", [made.pk])
    assert services.verify(measured.pk).fault == "the records it was computed from have changed"
    with connection.cursor() as cursor:
        cursor.execute("UPDATE purut_antrean SET channel = 'web' WHERE id = %s", [made.pk])
    assert services.verify(measured.pk).fault == "computed again the value is 100.000000, not 0.000000"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "act",
    [
        "UPDATE publish_measurement SET value = 99",
        "DELETE FROM publish_measurement",
        "TRUNCATE publish_measurement CASCADE",
    ],
)
def test_the_application_can_neither_change_nor_delete_a_measurement(sesi: Sesi, act: str) -> None:  # noqa: F811
    _measured()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(act)


def _tamper(owner_url: str, sql: str) -> None:
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute("ALTER TABLE publish_measurement DISABLE TRIGGER USER")
        owner.execute(sql)
        owner.execute("ALTER TABLE publish_measurement ENABLE TRIGGER USER")


def _three() -> list[Measurement]:
    from pasti.purut import pack
    from tests.purut.conftest import open_session

    pack.load(section())
    found = open_session()
    measured = [_measured()]
    for serial in (1, 2):
        booked(found, serial)
        measured.append(_measured())
    return measured


def test_who_alters_a_stored_number_or_its_chain_is_found_out(fresh_database: str, owner_url: str) -> None:
    first, second, third = _three()
    assert [services.verify(one.pk).fault for one in (first, second, third)] == ["", "", ""]
    _tamper(owner_url, f"UPDATE publish_measurement SET value = 99 WHERE id = {second.pk}")
    assert services.verify(second.pk).fault == "the stored measurement was altered"
    assert services.verify(third.pk).fault == f"the chain is broken at measurement {second.pk}"
    Look.objects.all().delete()
    _tamper(owner_url, f"DELETE FROM publish_measurement WHERE id = {second.pk}")
    assert services.verify(third.pk).fault == f"the chain is broken at measurement {third.pk}"
    assert services.verify(first.pk).holds


def test_a_forged_number_with_a_fitting_hash_is_still_found_out(fresh_database: str, owner_url: str) -> None:
    first, second, third = _three()
    second.value = Decimal(99)
    _tamper(
        owner_url,
        f"UPDATE publish_measurement SET value = 99, hash = '{services.digest(second)}' WHERE id = {second.pk}",
    )
    assert services.verify(second.pk).fault == "computed again the value is 0.000000, not 99.000000"
    assert services.verify(third.pk).fault == f"the chain is broken at measurement {third.pk}"
    assert services.verify(first.pk).holds


def test_twenty_who_look_at_once_store_one_number(fresh_database: str) -> None:
    from pasti.purut import pack
    from tests.purut.conftest import open_session

    pack.load(section())
    booked(open_session())
    seen: list[Any] = []
    together = threading.Barrier(20)

    def look() -> None:
        connections["default"].ensure_connection()
        together.wait(timeout=60)  # all are connected: now they truly meet
        seen.append(_measured().pk)
        connections.close_all()

    threads = [threading.Thread(target=look) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 20
    assert len(set(seen)) == Measurement.objects.count() == 1
