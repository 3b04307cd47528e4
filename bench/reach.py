"""200,000 warnings by web push, encrypted for each browser, handed to a push service on this machine."""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from tests.ews.sink import KEYS, Sink, running
from tests.platform_process import Platform

from bench.harness import Row
from bench.inside import inside

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
began = time.perf_counter()
planning.plan(warning.pk)
tell({{"planned": time.perf_counter() - began, "warning": warning.pk}})
"""


def rows(full: bool) -> Iterator[Row]:
    """The platform's own worker, one process; a tenth without `full`."""
    count = 200_000 if full else 20_000
    with tempfile.TemporaryDirectory() as folder, Platform(Path(folder) / "data") as platform, _sink() as base:
        made = inside(platform, _PLAN.format(count=count, base=base, **KEYS))
        began = time.perf_counter()
        sent = _until_sent(platform.environment()["PASTI_DATABASE_OWNER_URL"])
        seconds = time.perf_counter() - began
    print(f"  planned in {made['planned']:.1f} s; {sent:,} sent in {seconds:.1f} s", flush=True)
    assert sent == count, sent
    yield Row(f"{count:,} pushes encrypted and handed over", seconds, PROMISED * count / 200_000, "s", "the promise")


def _until_sent(url: str) -> int:
    """Wait until the platform's worker has nothing left to send; returns how many went out."""
    with psycopg.connect(url, autocommit=True) as owner:
        while owner.execute("SELECT EXISTS (SELECT FROM ews_delivery WHERE state = 'queued')").fetchone() != (False,):
            time.sleep(0.2)
        found = owner.execute("SELECT count(*) FROM ews_delivery WHERE state = 'sent'").fetchone()
    return int(found[0]) if found else 0


class _sink:  # noqa: N801 - used as a function
    """The push service in a process of its own, so that it does not share our interpreter."""

    def __enter__(self) -> str:
        mine, theirs = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=_serve, args=(theirs,), daemon=True)
        self.process.start()
        return str(mine.recv())

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.join(5)


def _serve(pipe: Any) -> None:
    with running(Sink()) as sink:
        sink.bodies = _Forget()
        pipe.send(sink.base)
        while True:
            time.sleep(1)


class _Forget(list[bytes]):
    def append(self, item: bytes) -> None:
        """Keep nothing."""
