"""Very many pushes are carried by processes beside the worker: at one rate, none lost, and none of them outlives it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from pasti.ews.models import Delivery, Dispatch, Subscription
from pasti.ews.rules import reach
from pasti.ews.services.reach import sending, vapid
from pasti.ews.services.reach.channels import Answer, Item
from pasti.ews.services.reach.line import Line
from pasti.kernel.clock import now

from .sink import KEYS, Sink, running
from .test_reach import WORDS, _issued_with, send_all, states


@pytest.fixture(autouse=True)
def _keys_of_this_test(settings: Any, tmp_path: Path) -> None:
    settings.PASTI_DATA_DIR = tmp_path
    vapid._key.cache_clear()
    vapid._signed.cache_clear()


def pushes(sink: Sink, count: int) -> list[Item]:
    return [Item(at, "push", f"{sink.base}/push/{at}", KEYS, WORDS, "", 1) for at in range(count)]


def widened(line: Line) -> None:
    """Have processes carry, and wait until they stand."""
    line.widen()
    deadline = time.monotonic() + 60
    while not all(one.ready for one in line._couriers):
        assert time.monotonic() < deadline, "no courier stands"
        time.sleep(0.01)
    assert len(line._couriers) == os.cpu_count()


def everything(line: Line) -> list[Answer]:
    answers: list[Answer] = []
    while line.on_the_way:
        answers += line.answers(1)
    return answers


def test_however_many_carry_the_rate_is_one_and_a_broken_key_stops_nobody() -> None:
    with running(Sink({"7": 410})) as sink, Line(100) as line:
        widened(line)
        broken = Item(1000, "push", f"{sink.base}/push/x", {"p256dh": "AAAA", "auth": "AAAA"}, WORDS, "", 1)
        wrong = Item(1001, "push", "http://[", KEYS, WORDS, "", 1)
        time.sleep(1)
        began = time.monotonic()
        line.send([*pushes(sink, 298), broken, wrong])
        answers = everything(line)
        assert time.monotonic() - began >= 1.9  # a hundred at once, then a hundred a second
    assert Counter(one.state for one in answers) == {"sent": 268, "gone": 30, "failed": 2}
    assert len({one.item.number for one in answers}) == 300
    assert sink.taken.total() == 268


def test_what_a_killed_courier_had_is_tried_again_and_the_others_go_on() -> None:
    with running(Sink()) as sink, Line(1000) as line:
        widened(line)
        line.send(pushes(sink, 1500))
        answers = line.answers(0.3)
        couriers = list(line._couriers)
        couriers[0].process.kill()
        answers += everything(line)
        found = Counter(one.state for one in answers)
        assert set(found) == {"sent", "again"} if len(couriers) > 1 else {"again"} <= set(found)
        assert sorted(one.item.number for one in answers) == list(range(1500))
        line.send([one.item for one in answers if one.state == "again"])
        assert {one.state for one in everything(line)} == {"sent"}
    assert len(sink.taken) == 1500
    assert all(one.process.poll() is not None for one in couriers)


def test_faulty_providers_get_each_message_once_in_the_end(
    fresh_database: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reach, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr(sending, "Line", _Wide)
    with running(Sink({"1": 429, "2": 500, "4": 410})) as sink:
        settings.PASTI_PUSH_HOSTS = (sink.base,)
        warning = _issued_with(2000, sink)
        send_all()
    assert states() == {"sent": 1800, "gone": 200}
    assert (len(sink.taken), set(sink.taken.values())) == (1800, {1})
    assert Subscription.objects.filter(ended_at__isnull=False, address="").count() == 200
    assert all(one.finished_at for one in Dispatch.objects.filter(warning=warning))


class _Wide(Line):
    """Carried by processes from the first message on."""

    def __enter__(self) -> Line:
        line = super().__enter__()
        widened(line)
        return line


def test_with_a_killed_worker_its_couriers_end_and_what_it_left_is_sent_again(
    fresh_database: str, settings: Any, wait_until: Any
) -> None:
    with running(Sink()) as sink:
        _issued_with(2000, sink)
        code = (
            "import django; django.setup(); from django.conf import settings; from django.db import connection; "
            f"connection.settings_dict['NAME'] = {fresh_database!r}; "
            "from pasti.ews.services.reach import channels, sending; channels.RATES['push'] = 400.0; sending.MANY = 1; "
            "sending.send_due('push')"
        )
        sender = subprocess.Popen([sys.executable, "-c", code], env=os.environ)
        wait_until(lambda: sink.taken.total() >= 1000 or sender.poll() is not None)
        couriers = _children(sender.pid)
        assert len(couriers) == os.cpu_count()
        sender.send_signal(signal.SIGKILL)
        sender.wait()
        wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in couriers), 10)
        time.sleep(1)  # what they had posted is read
        taken = sink.taken.total()
        time.sleep(0.5)
        assert sink.taken.total() == taken < 2000  # nobody goes on
        left = Delivery.objects.filter(state="queued")
        assert left.exists()
        left.update(next_attempt_at=now())  # the lease is over
        sending.send_due("push")
    assert states() == {"sent": 2000}
    assert len(sink.taken) == 2000


def _children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
