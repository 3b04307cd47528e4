"""Many at the same moment: the quota, the queue and the night's work hold."""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from pasti.kernel.errors import Refused
from pasti.purut import pack, services
from pasti.purut.models import Antrean, AntreanStep, Sesi

from .conftest import arrived, booked, open_session, patient, section


@pytest.fixture
def sesi(fresh_database: str) -> Sesi:
    """Today's session in a database where commits are real."""
    pack.load(section())
    return open_session()


def together(acts: Sequence[Callable[[], Any]], hands: int) -> list[Any]:
    """Do all acts with so many hands at once; a refusal counts as its code."""
    start, threads = threading.Barrier(hands), threading.local()

    def one(act: Callable[[], Any]) -> Any:
        if not hasattr(threads, "ready"):
            threads.ready = True
            start.wait(timeout=30)
        try:
            return act()
        except Refused as refusal:
            return refusal.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(hands) as pool:
        return list(pool.map(one, acts))


def test_of_two_hundred_who_want_thirty_places_thirty_get_them(sesi: Sesi) -> None:
    Sesi.objects.filter(pk=sesi.pk).update(quota_online=30, quota_nonjkn=30)
    asked = [patient(serial) for serial in range(1, 201)]
    results = together(
        [lambda p=one: services.book(sesi_id=sesi.pk, patient=p, payer="umum", channel="web").number for one in asked],
        200,
    )
    got = [result for result in results if isinstance(result, int)]
    assert sorted(got) == list(range(1, 31))
    assert Counter(result for result in results if isinstance(result, str)) == {"kuota-habis": 170}
    sesi.refresh_from_db()
    assert (sesi.used_online, sesi.used_nonjkn, sesi.last_number) == (30, 30, 30)
    assert Antrean.objects.count() == AntreanStep.objects.count() == 30


def test_one_patient_who_books_everywhere_at_once_is_registered_once(sesi: Sesi) -> None:
    act = lambda: services.book(sesi_id=sesi.pk, patient=patient(), payer="umum", channel="web").code  # noqa: E731
    results = together([act] * 10, 10)
    assert Counter(results)["sudah-terdaftar"] == 9
    sesi.refresh_from_db()
    assert sesi.used_online == Antrean.objects.count() == 1


def test_a_place_that_is_given_back_at_the_same_moment_by_many_is_given_back_once(sesi: Sesi) -> None:
    booked(sesi, 1)
    made = booked(sesi, 2)
    rows = [Antrean.objects.select_related("poli", "patient").get(pk=made.pk) for _ in range(8)]
    together([lambda row=row: services.cancel(row) for row in rows], 8)
    sesi.refresh_from_db()
    assert (sesi.used_walkin, sesi.used_nonjkn, sesi.last_number) == (1, 1, 2)
    assert AntreanStep.objects.filter(step="cancelled").count() == 1


def test_nurses_never_call_the_same_patient(sesi: Sesi) -> None:
    for serial in range(1, 9):
        arrived(sesi, serial)
    rooms = [f"ruang {at}" for at in range(12)]
    called = together([lambda room=room: services.call_next(sesi.pk, room) for room in rooms], 12)
    numbers = [one.number for one in called if one]
    assert len(numbers) == len(set(numbers))
    while left := services.call_next(sesi.pk, "ruang 1"):
        numbers.append(left.number)
    assert sorted(numbers) == list(range(1, 9)), "who was passed over as locked is called next"
    assert AntreanStep.objects.filter(step="called").count() == 8


def test_two_who_finish_the_same_visit_finish_it_once(sesi: Sesi) -> None:
    arrived(sesi)
    called = services.call_next(sesi.pk, "ruang 1")
    assert called
    rows = [Antrean.objects.select_related("poli", "patient").get(pk=called.pk) for _ in range(6)]
    assert together([lambda row=row: services.finish(row) for row in rows], 6) == [None] * 6
    assert AntreanStep.objects.filter(step="done").count() == 1


def test_two_who_open_sessions_at_once_open_each_once(sesi: Sesi) -> None:
    Sesi.objects.all().delete()
    made = together([services.ensure_sessions] * 4, 4)
    assert sorted(made) == [0, 0, 0, 16]
    assert Sesi.objects.count() == 16
    assert Sesi.objects.values("jadwal", "date").distinct().count() == 16
    assert max(Sesi.objects.values_list("date", flat=True)) - min(
        Sesi.objects.values_list("date", flat=True)
    ) == dt.timedelta(days=7)
