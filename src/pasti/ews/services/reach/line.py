"""A line out: many messages on their way at once, in a thread with a loop of its own, so that a slow one holds up no other."""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Sequence
from types import TracebackType

import aiohttp

from pasti.ews.rules.reach import Bucket
from pasti.ews.services.reach.channels import TIMEOUT, Answer, Item, Post

AT_ONCE = 300  # connections


class Line:
    """`with Line(rate) as line`: `send` hands messages over, `answers` brings back what became of them."""

    def __init__(self, rate: float) -> None:
        self._bucket, self._answers = Bucket(rate), queue.SimpleQueue[Answer]()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="ews-line", daemon=True)
        self._post: Post | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.on_the_way = 0

    def __enter__(self) -> Line:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def send(self, items: Sequence[Item]) -> None:
        """Hand messages over; returns at once."""
        self.on_the_way += len(items)
        self._loop.call_soon_threadsafe(self._start, items)

    def answers(self, seconds: float) -> list[Answer]:
        """What came back; waits up to `seconds` for the first, and a little for those right behind it."""
        found: list[Answer] = []
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and self.on_the_way > len(found):
            try:
                found.append(self._answers.get(timeout=left))
            except queue.Empty:
                break
        self.on_the_way -= len(found)
        return found

    def _start(self, items: Sequence[Item]) -> None:
        for item in items:
            task = self._loop.create_task(self._one(item, self._bucket.pause(self._loop.time())))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _one(self, item: Item, pause: float) -> None:
        assert self._post is not None
        if pause:
            await asyncio.sleep(pause)
        self._answers.put(await self._post.send(item))

    async def _open(self) -> None:
        connector = aiohttp.TCPConnector(limit=AT_ONCE, ttl_dns_cache=300)
        self._post = Post(aiohttp.ClientSession(connector=connector, timeout=TIMEOUT))

    async def _close(self) -> None:
        for task in self._tasks:
            task.cancel()
        assert self._post is not None
        await self._post.session.close()
