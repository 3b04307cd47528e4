"""200,000 warnings by web push, encrypted for each browser, handed to a push service on this machine.

The service is as light as one can be that takes and counts every body: it shares the machine, and is not what is measured.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import psycopg
import uvloop
from tests.ews.sink import KEYS
from tests.platform_process import Platform

from bench.harness import Row
from bench.inside import inside
from pasti.ews.services.reach.push import Push, Sealed, post, sealed, session

PROMISED = 60.0  # seconds

_PLAN = """
import datetime, time
from django.utils import timezone
from pasti.ews.models import Delivery, Episode, River, Subscription, Warning
from pasti.ews.services.reach import planning
from pasti.kernel.places.models import Place
now = timezone.now()
place = Place.objects.filter(level="kelurahan").first().pk
keys = {{"p256dh": {p256dh!r}, "auth": {auth!r}}}
for at in range(0, {count}, 10_000):
    Subscription.objects.bulk_create(
        Subscription(channel="push", address="{base}/push/%d" % (at + i), keys=keys, place_codes=[place], created_at=now,
                     confirmed_at=now) for i in range(min(10_000, {count} - at)))
episode = Episode.objects.create(river=River.objects.first(), began_at=now, recorded_at=now)
warning = Warning.objects.create(
    episode=episode, kind="alert", status="actual", state="ended", stage=2, headline_id="Siaga", headline_en="Watch",
    description_id="x", description_en="x", instruction_id="Bersiap", instruction_en="Prepare", area_codes=[place],
    expires_at=now + datetime.timedelta(hours=6), composed_at=now, sent_at=now, cap_identifier="bench")
began = time.time()
planning.plan(warning.pk)
tell({{"began": began, "planned": time.time()}})
"""


def rows(full: bool) -> Iterator[Row]:
    """The platform's own worker, from the commit of the plan to the last one written down; a tenth without `full`."""
    count = 200_000 if full else 20_000
    with _Service() as service:
        bare = _bare(service.base, count)
        taken = service.taken()
        with tempfile.TemporaryDirectory() as folder, Platform(Path(folder) / "data") as platform:
            made = inside(platform, _PLAN.format(count=count, base=service.base, **KEYS))
            sent, last = _until_sent(platform.environment()["PASTI_DATABASE_OWNER_URL"])
        taken = service.taken() - taken
    seconds = last - made["planned"]
    print(f"  planned in {made['planned'] - made['began']:.1f} s; {taken:,} taken by the service", flush=True)
    assert sent == count <= taken, (sent, taken)
    yield Row(f"{count:,} pushes encrypted and handed over", seconds, PROMISED * count / 200_000, "s", "the promise")
    yield Row(
        "the same, beside the raw floor", seconds, bare, "s", f"only encrypting and posting, {_cores()} processes"
    )


def _until_sent(url: str) -> tuple[int, float]:
    """Wait until the platform's worker has nothing left to send; returns how many went out, and when that was."""
    with psycopg.connect(url, autocommit=True) as owner:
        while owner.execute("SELECT EXISTS (SELECT FROM ews_delivery WHERE state = 'queued')").fetchone() != (False,):
            time.sleep(0.2)
        last = time.time()
        found = owner.execute("SELECT count(*) FROM ews_delivery WHERE state = 'sent'").fetchone()
    return (int(found[0]) if found else 0), last


def _bare(base: str, count: int) -> float:
    """Encrypt and post `count` pushes from as many processes as there are cores, without a database; returns seconds."""
    parts = [
        multiprocessing.Process(target=_post_all, args=(base, range(at, count, _cores()))) for at in range(_cores())
    ]
    began = time.perf_counter()
    for part in parts:
        part.start()
    for part in parts:
        part.join()
        assert part.exitcode == 0
    return time.perf_counter() - began


def _post_all(base: str, numbers: range) -> None:
    async def work(over: Any, letters: Iterator[Sealed]) -> None:
        for one in letters:
            assert (await post(over, one)).state == "sent"

    async def all_of_them() -> None:
        letters = _letters(base, numbers)
        async with session(100) as over:
            await asyncio.gather(*(work(over, letters) for _ in range(100)))

    uvloop.run(all_of_them())


def _letters(base: str, numbers: range) -> Iterator[Sealed]:
    """Encrypted a hundred in one go, which is the fastest."""
    for at in range(0, len(numbers), 100):
        pushes = [
            Push(number, f"{base}/push/{number}", KEYS, b"x" * 400, "ews-1", 3600, "vapid t=" + "x" * 300)
            for number in numbers[at : at + 100]
        ]
        yield from [sealed(one) for one in pushes]


def _cores() -> int:
    return os.cpu_count() or 1


class _Service:
    """The push service in a process of its own, so that it does not share our interpreter."""

    def __enter__(self) -> _Service:
        self._pipe, theirs = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=lambda: uvloop.run(_serve(theirs)), daemon=True)
        self.process.start()
        self.base = f"http://127.0.0.1:{self._pipe.recv()}"
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.join(5)

    def taken(self) -> int:
        """How many it has taken."""
        self._pipe.send("?")
        return int(self._pipe.recv())


async def _serve(pipe: Any) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Taking, "127.0.0.1", 0, backlog=2048)
    pipe.send(server.sockets[0].getsockname()[1])
    loop.add_reader(pipe.fileno(), lambda: (pipe.recv(), pipe.send(_Taking.count)))
    await server.serve_forever()


class _Taking(asyncio.Protocol):
    """One connection: each whole request is counted and answered, in order."""

    count = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport, self._came = cast(asyncio.Transport, transport), b""

    def data_received(self, data: bytes) -> None:
        """Take what is whole, keep the rest."""
        self._came += data
        while (end := self._came.find(b"\r\n\r\n") + 4) > 3:
            length = int(self._came[:end].lower().split(b"content-length:", 1)[1].split(b"\r", 1)[0])
            if len(self._came) < end + length:
                return
            self._came = self._came[end + length :]
            _Taking.count += 1
            self._transport.write(
                b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\nLocation: /pesan/%d\r\n\r\n" % _Taking.count
            )
