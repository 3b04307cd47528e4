"""A process that only encrypts and posts pushes: `python -m pasti.ews.services.reach.courier FD`. It needs no Django.

Over its socket come pushes with their times and go results, each a frame: its length in four bytes, then MessagePack.
When the other end is gone, however it ended, so is the courier: nobody is left to write down what it sent.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from functools import partial
from typing import BinaryIO

import msgspec
import uvloop

from pasti.ews.services.reach.pool import CONNECTIONS, Pool
from pasti.ews.services.reach.push import Push, Result, Sealed, post, sealed, session, wrong

TOGETHER = 0.02  # seconds in which results are gathered into one frame
Timed = list[tuple[float, Push]]
_works = msgspec.msgpack.Decoder(Timed)


def frame(content: Timed | list[Result]) -> bytes:
    """What is told to the other end, with its length."""
    body = msgspec.msgpack.encode(content)
    return len(body).to_bytes(4, "big") + body


class _Teller:
    """Tells results together, so that the other end is not woken for each."""

    def __init__(self, to: socket.socket) -> None:
        self._to, self._results = to, list[Result]()

    def one(self, result: Result) -> None:
        """Tell of one, soon."""
        if not self._results:
            asyncio.get_running_loop().call_later(TOGETHER, self.flush)
        self._results.append(result)

    def flush(self) -> None:
        """Tell now."""
        results, self._results = self._results, []
        try:
            self._to.sendall(frame(results))
        except OSError:
            os._exit(0)


async def _serve(other: socket.socket) -> None:
    loop, teller = asyncio.get_running_loop(), _Teller(other)
    async with session(CONNECTIONS) as over:
        pool = Pool[Sealed](partial(post, over), teller.one)
        take = partial(_take, pool, teller)
        threading.Thread(target=_listen, args=(other.makefile("rb"), loop, take), daemon=True).start()
        teller.flush()  # nothing yet: ready
        await asyncio.Event().wait()


def _take(pool: Pool[Sealed], teller: _Teller, works: Timed) -> None:
    """Encrypt all of a frame in one go, then post: turn by turn costs half as much again, measured, in the core's cache."""
    ready = []
    for at, push in works:
        try:
            ready.append((at, sealed(push)))
        except Exception as error:  # a broken key must not stop the others
            teller.one(wrong(push.number, error))
    pool.give(ready)


def _listen(ear: BinaryIO, loop: asyncio.AbstractEventLoop, take: Callable[[Timed], None]) -> None:
    # A thread of its own: it hears the end at once, whatever the loop is at.
    try:
        while length := ear.read(4):
            loop.call_soon_threadsafe(take, _works.decode(ear.read(int.from_bytes(length, "big"))))
    finally:
        os._exit(0)


def main() -> None:
    """Carry until the other end is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is for the worker, which ends what it has begun
    uvloop.run(_serve(socket.socket(fileno=int(sys.argv[1]))))


if __name__ == "__main__":
    main()
