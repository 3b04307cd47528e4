"""A line out: many messages on their way at once, from a thread with a loop of its own, or when they are very many from
processes as well, as many as the machine has cores. Its rate is one, however many carry."""

from __future__ import annotations

import asyncio
import os
import queue
import threading
import time
from collections.abc import Sequence
from types import TracebackType

import uvloop

from pasti.ews.rules.reach import Bucket
from pasti.ews.services.reach.channels import Answer, Item
from pasti.ews.services.reach.hands import Back, Courier, Hand, Here
from pasti.ews.services.reach.push import Result

TOGETHER = 100  # messages handed over at once, to whoever has least on the way


class Line:
    """`with Line(rate) as line`: `send` hands messages over, `answers` brings back what became of them."""

    def __init__(self, rate: float) -> None:
        self._bucket, self._back = Bucket(rate), Back()
        self._loop = uvloop.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="ews-line", daemon=True)
        self._given: dict[int, tuple[Item, Hand]] = {}
        self._here = Here(self._back)
        self._couriers: list[Courier] = []
        self._wide = False

    def __enter__(self) -> Line:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._here.open(), self._loop).result()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        hands: list[Hand] = [self._here, *self._couriers]
        for hand in hands:
            asyncio.run_coroutine_threadsafe(hand.close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def on_the_way(self) -> int:
        """Messages without an answer yet."""
        return len(self._given)

    def widen(self) -> None:
        """Have processes carry pushes, as soon as they stand. Again is no fault."""
        if self._wide:
            return
        self._wide = True
        self._couriers = [Courier(self._back) for _ in range(os.cpu_count() or 1)]
        for one in self._couriers:
            asyncio.run_coroutine_threadsafe(one.listen(), self._loop)

    def send(self, items: Sequence[Item]) -> None:
        """Hand messages over; returns at once."""
        now = time.monotonic()
        timed = [(now + self._bucket.pause(now), item) for item in items]
        for at in range(0, len(timed), TOGETHER):
            part, hand = timed[at : at + TOGETHER], self._free()
            hand.load += len(part)
            self._given.update((item.number, (item, hand)) for _, item in part)
            self._loop.call_soon_threadsafe(hand.give, part)

    def answers(self, seconds: float) -> list[Answer]:
        """What came back within `seconds`, or until nothing is on the way."""
        found: list[Answer] = []
        until = time.monotonic() + seconds
        while self._given and (left := until - time.monotonic()) > 0:
            try:
                hand, results = self._back.get(timeout=left)
            except queue.Empty:
                break
            if results is None:
                found += self._lost(hand)
                continue
            hand.load -= len(results)
            found += [
                self._answer(hand, one) for one in results if self._given.get(one.number, (None, None))[1] is hand
            ]
        return found

    def _answer(self, hand: Hand, result: Result) -> Answer:
        item, _ = self._given.pop(result.number)
        return Answer(item, result.state, result.receipt, result.retry_after)

    def _free(self) -> Hand:
        standing: list[Hand] = [one for one in self._couriers if one.ready]
        return min(standing or [self._here], key=lambda one: one.load)

    def _lost(self, hand: Hand) -> list[Answer]:
        """A courier ended: what it had may have gone out or not, and is tried again."""
        self._couriers = [one for one in self._couriers if one is not hand]
        lost = [item for item, by in self._given.values() if by is hand]
        for item in lost:
            del self._given[item.number]
        return [Answer(item, "again", "pengantar berhenti") for item in lost]
