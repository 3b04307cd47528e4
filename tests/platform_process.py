"""A whole platform for tests and measurements: `pasti up` in a folder of its own, and hands to hurt it with."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


def free_port() -> int:
    """A port nobody uses, with its neighbour free too."""
    while True:
        with socket.socket() as one, socket.socket() as two:
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
            try:
                two.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return int(port)


def until_open(port: int, seconds: float = 20) -> None:
    """Wait until somebody listens there."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            assert time.monotonic() < deadline, f"nobody listens at {port}"
            time.sleep(0.02)


def clean() -> dict[str, str]:
    """The environment without the settings of the tests' own database."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("PASTI_", "DJANGO_"))}


class Platform:
    """A running platform. Leaves nothing running when stopped."""

    def __init__(self, folder: Path, people: int = 500, port: int | None = None):
        self.folder, self.people, self.port = folder, people, port or free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        self.log = folder / "up.log"

    def __enter__(self) -> Platform:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, seconds: float = 600) -> float:
        """Start and wait for readiness; returns the seconds it took."""
        command = [sys.executable, "-m", "pasti", "up", "--port", str(self.port), "--data", str(self.folder),
                   "--people", str(self.people)]  # fmt: skip
        began = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, env=clean(), cwd=ROOT, stdout=log, stderr=log)
        while not self.ready():
            assert self.process.poll() is None, f"the platform ended:\n{self.tail()}"
            assert time.monotonic() - began < seconds, f"not ready after {seconds} s:\n{self.tail()}"
            time.sleep(0.1)
        return time.monotonic() - began

    def stop(self) -> float:
        """SIGTERM and wait; returns the seconds it took."""
        if self.process is None or self.process.poll() is not None:
            return 0.0
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        return time.monotonic() - began

    def ready(self) -> bool:
        """True when /readyz answers 200."""
        try:
            with urllib.request.urlopen(f"{self.base}/readyz", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def wait_back(self, name: str, killed: int) -> None:
        """Wait until another process stands where `killed` was, and the platform serves.

        Readiness alone is not enough: the backends of a killed database answer for a moment longer.
        """
        deadline = time.monotonic() + 90
        while not self._replaced(name, killed):
            assert time.monotonic() < deadline, f"{name} did not come back:\n{self.tail()}"
            time.sleep(0.1)
        self.wait_ready()

    def _replaced(self, name: str, killed: int) -> bool:
        try:
            return self.part(name) != killed
        except AssertionError:
            return False

    def wait_ready(self, seconds: float = 90) -> None:
        """Wait until the platform serves again."""
        deadline = time.monotonic() + seconds
        while not self.ready():
            assert time.monotonic() < deadline, f"not back after {seconds} s:\n{self.tail()}"
            time.sleep(0.1)

    def part(self, name: str) -> int:
        """The process id of one part: web, live, worker, database, broker or ingest."""
        marks = {"web": "pasti.wsgi", "live": "pasti.live", "worker": "worker", "database": "postgres",
                 "broker": "pasti broker", "ingest": "pasti ingest"}  # fmt: skip
        assert self.process is not None
        out = subprocess.run(
            ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(self.process.pid)], capture_output=True, text=True
        )
        for line in out.stdout.splitlines():
            pid, _, args = line.strip().partition(" ")
            if marks[name] in args:
                return int(pid)
        raise AssertionError(f"no {name} among\n{out.stdout}")

    def kill(self, name: str) -> int:
        """kill -9 one part; returns the process id it had."""
        found = self.part(name)
        os.kill(found, signal.SIGKILL)
        return found

    def token(self, role: str) -> str:
        """A bearer token as `pasti token` prints it."""
        done = subprocess.run(
            [sys.executable, "-m", "pasti", "token", role, "--data", str(self.folder)],
            capture_output=True, text=True, cwd=ROOT, check=True, env=clean(),
        )  # fmt: skip
        return done.stdout.strip()

    def environment(self) -> dict[str, str]:
        """The platform's own record of addresses and secrets."""
        return dict(json.loads((self.folder / "environment.json").read_text()))

    def accounts(self) -> dict[str, dict[str, Any]]:
        """Demo accounts by role."""
        listed = json.loads((self.folder / "demo-accounts.json").read_text())["accounts"]
        return {account["role"]: account for account in listed}

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run `pasti WORDS --data FOLDER`."""
        return subprocess.run(
            [sys.executable, "-m", "pasti", *words, "--data", str(self.folder)],
            capture_output=True, text=True, cwd=ROOT, env=clean(),
        )  # fmt: skip

    def tail(self) -> str:
        """The end of the platform's log."""
        return self.log.read_text()[-3000:] if self.log.exists() else ""
