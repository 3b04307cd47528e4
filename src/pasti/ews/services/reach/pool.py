"""Many messages on their way at once within one loop, each at its time, so that a slow one holds up no other."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Generic, TypeVar

from pasti.ews.services.reach.push import Result

CONNECTIONS = 300
Work = TypeVar("Work")


class Pool(Generic[Work]):
    """`give` hands work over with its time (`time.monotonic`), `tell` is called with each result. Made within its loop."""

    def __init__(self, send: Callable[[Work], Awaitable[Result]], tell: Callable[[Result], None]) -> None:
        self._send, self._tell = send, tell
        self._waiting = asyncio.Queue[tuple[float, Work]]()
        self._workers = [asyncio.create_task(self._work()) for _ in range(CONNECTIONS)]

    def give(self, works: Iterable[tuple[float, Work]]) -> None:
        """Hand work over, in the order of its times; returns at once."""
        for one in works:
            self._waiting.put_nowait(one)

    def close(self) -> None:
        """Drop what is not done."""
        for worker in self._workers:
            worker.cancel()

    async def _work(self) -> None:
        while True:
            at, one = await self._waiting.get()
            if (pause := at - time.monotonic()) > 0:
                await asyncio.sleep(pause)
            self._tell(await self._send(one))
