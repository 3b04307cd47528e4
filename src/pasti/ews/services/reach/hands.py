"""Who carries a line's messages: its own thread, or processes beside it. All of it runs in the line's loop."""

from __future__ import annotations

import asyncio
import os
import queue
import socket
import subprocess
import sys
from collections.abc import Sequence
from typing import Protocol

import msgspec

from pasti.ews.services.reach import push
from pasti.ews.services.reach.channels import Item, Post, packed
from pasti.ews.services.reach.courier import Timed, frame
from pasti.ews.services.reach.pool import CONNECTIONS, Pool
from pasti.ews.services.reach.push import Result

_results = msgspec.msgpack.Decoder(list[Result])


class Hand(Protocol):
    """Takes messages, and brings results back. `load` is what it has not answered; the line counts it."""

    load: int
    ready: bool

    def give(self, items: Sequence[tuple[float, Item]]) -> None:
        """Take messages, each with its time (`time.monotonic`); returns at once."""

    async def close(self) -> None:
        """Stop, and drop what is not done."""


class Back(queue.SimpleQueue["tuple[Hand, list[Result] | None]"]):
    """Results as they come, with the hand that brings them; None when it is gone."""


class Here:
    """The line's own thread: for every channel."""

    def __init__(self, back: Back) -> None:
        self.load, self.ready, self._back = 0, True, back

    async def open(self) -> None:
        """Get ready, within the loop."""
        self._post = Post(push.session(CONNECTIONS))
        self._pool = Pool[Item](self._post.send, lambda one: self._back.put((self, [one])))

    def give(self, items: Sequence[tuple[float, Item]]) -> None:
        """Send each at its time."""
        self._pool.give(items)

    async def close(self) -> None:
        """Stop, and drop what is not done."""
        self._pool.close()
        await self._post.session.close()


class Courier:
    """A process that carries pushes. It ends with us, however we end, for its socket does."""

    def __init__(self, back: Back) -> None:
        self.load, self.ready, self._back = 0, False, back
        self._socket, theirs = socket.socketpair()
        command = [sys.executable, "-m", "pasti.ews.services.reach.courier", str(theirs.fileno())]
        env = {name: value for name, value in os.environ.items() if not name.startswith("PASTI_")}  # it needs no secret
        with theirs:
            self.process = subprocess.Popen(command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, env=env)

    async def listen(self) -> None:
        """Bring back what it tells until it is gone."""
        reader, self._writer = await asyncio.open_connection(sock=self._socket)
        try:
            while True:
                length = int.from_bytes(await reader.readexactly(4), "big")
                self._back.put((self, _results.decode(await reader.readexactly(length))))
                self.ready = True
        except (asyncio.IncompleteReadError, OSError):
            self._back.put((self, None))
        finally:
            self._writer.close()

    def give(self, items: Sequence[tuple[float, Item]]) -> None:
        """Hand pushes over; one that cannot be packed is answered here."""
        ready: Timed = []
        for at, item in items:
            try:
                ready.append((at, packed(item)))
            except Exception as error:
                self._back.put((self, [push.wrong(item.number, error)]))
        self._writer.write(frame(ready))

    async def close(self) -> None:
        """Let it end, and see that it did."""
        self._socket.shutdown(socket.SHUT_RDWR)
        try:
            await asyncio.to_thread(self.process.wait, 5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
