"""Events are delivered after the commit, in order, and each subscriber takes each event once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

import psycopg
import pytest
from django.db import connection, transaction

from pasti.kernel.outbox.models import Receipt, StoredEvent
from pasti.kernel.outbox.services import deliver_waiting, emit


@dataclass(frozen=True)
class DoorOpened:
    name: ClassVar[str] = "test.DoorOpened"
    door: int
    on: dt.date = dt.date(2026, 11, 23)


class Recorder:
    """A subscriber that remembers, and fails for the doors it is told to."""

    def __init__(self, failing: frozenset[int] = frozenset()):
        self.taken: list[int] = []
        self.failing = failing

    def __call__(self, event: StoredEvent) -> None:
        if event.payload["door"] in self.failing:
            raise ValueError("stuck")
        self.taken.append(event.payload["door"])


def _deliver(*recorders: Recorder) -> int:
    return deliver_waiting({DoorOpened.name: [(f"recorder.{n}", r) for n, r in enumerate(recorders)]})


@pytest.mark.django_db
def test_events_of_one_thing_arrive_in_their_order() -> None:
    for door in range(5):
        emit(DoorOpened(door), aggregate="house:1")
    recorder = Recorder()
    assert _deliver(recorder) == 5
    assert recorder.taken == [0, 1, 2, 3, 4]


@pytest.mark.django_db
def test_a_second_delivery_brings_nothing() -> None:
    emit(DoorOpened(1), aggregate="house:1")
    recorder = Recorder()
    assert (_deliver(recorder), _deliver(recorder)) == (1, 0)
    assert recorder.taken == [1]


@pytest.mark.django_db
def test_a_failing_event_holds_its_own_thing_only_and_is_tried_again() -> None:
    for door, house in ((1, "a"), (2, "a"), (3, "b")):
        emit(DoorOpened(door), aggregate=f"house:{house}")
    recorder = Recorder(failing=frozenset({1}))
    _deliver(recorder)
    assert recorder.taken == [3], "door 2 must wait behind door 1"
    stuck = StoredEvent.objects.get(payload__door=1)
    assert (stuck.attempts, "stuck" in stuck.last_error) == (1, True)
    recorder.failing = frozenset()
    StoredEvent.objects.filter(pk=stuck.pk).update(next_attempt_at=stuck.occurred_at)
    _deliver(recorder)
    assert recorder.taken == [3, 1, 2]


@pytest.mark.django_db
def test_one_failing_subscriber_takes_the_effects_of_all_back() -> None:
    emit(DoorOpened(1), aggregate="house:1")
    _deliver(Recorder(), Recorder(failing=frozenset({1})))
    assert not Receipt.objects.exists()


@pytest.mark.django_db
def test_a_rolled_back_change_leaves_no_event() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():  # noqa: PT012 (the rollback is the point)
        emit(DoorOpened(1), aggregate="house:1")
        raise RuntimeError
    assert not StoredEvent.objects.exists()


def test_a_commit_wakes_the_worker_once_and_tells_the_live_process(fresh_database: str) -> None:
    with psycopg.connect(_dsn(fresh_database), autocommit=True) as ear:
        ear.execute("LISTEN pasti_live")
        with transaction.atomic():
            stored = emit(DoorOpened(1), aggregate="house:1", topic="test.door", live={"door": 1})
            emit(DoorOpened(2), aggregate="house:1", topic="test.door", live={"door": 2})
        heard = [n.payload for n in ear.notifies(timeout=2, stop_after=2)]
    assert f'"id": {stored}' in heard[0]
    assert len(heard) == 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'outbox.deliver' AND status = 'todo'")
        assert cursor.fetchone()[0] == 1, "asking twice is asking once"


def _dsn(name: str) -> str:
    from pasti.platform import environment

    return psycopg.conninfo.make_conninfo(environment.read().database_url, dbname=name)
