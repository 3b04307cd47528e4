"""From a death in the civil register to a card that every verifier's list calls revoked, on a running platform.

The measured part has a process of its own, `python -m bench.revocation FOLDER`: it reports the deaths as the counter
does, on the platform's database, while the platform's own worker passes them on and its web process serves the list.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from tests.platform_process import ROOT, Platform, clean

from bench.harness import Row, milliseconds

DEATHS = 20
LIST = "/id/status/1"


def rows() -> Iterator[Row]:
    """Median and slowest of the deaths, beside the least that such a message can take."""
    with Platform(ROOT / ".cache" / "bench-cards", people=2000) as platform:
        done = subprocess.run(
            [sys.executable, "-m", "bench.revocation", str(platform.folder)],
            capture_output=True, text=True, cwd=ROOT, env=clean(),
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
        times = sorted(json.loads(done.stdout))
        floor = _floor(platform)
    name = "a death until its card is listed as revoked"
    yield Row(f"{name}, median", times[len(times) // 2], floor, "ms", "one raw NOTIFY and one reading of the list")
    yield Row(f"{name}, slowest of {DEATHS}", times[-1], 5000, "ms", "what is promised")


def _floor(platform: Platform) -> float:
    url = platform.environment()["PASTI_DATABASE_OWNER_URL"]
    with psycopg.connect(url, autocommit=True) as says, psycopg.connect(url, autocommit=True) as hears:
        hears.execute("LISTEN bench")

        def told() -> None:
            says.execute("NOTIFY bench")
            next(hears.notifies(timeout=5, stop_after=1))
            urllib.request.urlopen(platform.base + LIST).read()

        return milliseconds(told)


def main(folder: Path) -> None:
    """Hand out a card and report its holder dead, again and again; prints the milliseconds as a JSON list."""
    os.environ["PASTI_DATA"], os.environ["DJANGO_SETTINGS_MODULE"] = str(folder), "pasti.settings"
    import django

    django.setup()
    print(json.dumps([_one() for _ in range(DEATHS)]))


def _one() -> float:
    from django.test import Client
    from tests.identity.hands import Wallet, payload
    from tests.platform import counter

    from pasti.civil import services as register
    from pasti.identity.models import Activation
    from pasti.kernel.clock import today

    with counter.officer():
        told = counter.offer()
        (copy,) = Wallet(Client(SERVER_NAME="127.0.0.1")).take(Activation.objects.get(pk=told["activation"]), 1)
        place = payload(copy)["status"]["status_list"]
        began = time.perf_counter()
        register.report_death(told["person"], register.Report(today(), "civil.pelayanan"))
    while _listed(**place) == 0:
        assert time.perf_counter() - began < 60, "the card still holds"
        time.sleep(0.005)
    return (time.perf_counter() - began) * 1000


def _listed(uri: str, idx: int) -> Any:
    from pasti.identity.queries.issuing import issuer_key
    from pasti.identity.rules import status_list

    answer = urllib.request.urlopen(uri).read().decode()
    return status_list.parse_jwt(answer, issuer_key=issuer_key, uri=uri, now=int(time.time())).at(idx)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
