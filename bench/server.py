"""The floor's server: the same granian, one worker, serving the bare program beside ours."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from tests.platform_process import ROOT, Platform, free_port


@contextmanager
def floor(platform: Platform, workers: int) -> Iterator[str]:
    """Serve `bench.floor` on the platform's database; yields its address."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--port", str(port), "--workers", str(workers),
               "--log-level", "error", "bench.floor:application"]  # fmt: skip
    env = os.environ | {"PASTI_DATABASE_URL": platform.environment()["PASTI_DATABASE_URL"]}
    process = subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.DEVNULL)
    base = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{base}/page")
        yield base
    finally:
        process.terminate()
        process.wait(10)


def wait_for(url: str, seconds: float = 20) -> None:
    """Wait until the address answers."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(url, timeout=1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
