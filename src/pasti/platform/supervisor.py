"""Keeps the parts of the platform running as one tree: start in order, restart what dies, stop in order."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

_PR_SET_PDEATHSIG = 1
STOP_SECONDS = 20.0
LONGEST_PAUSE = 10.0


@dataclass
class Part:
    """One process: how to start it, how to ask it to stop, and how often it has died lately."""

    name: str
    command: list[str]
    env: dict[str, str]
    stop_signal: signal.Signals = signal.SIGTERM
    identity: dict[str, Any] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0
    start_at: float = 0.0
    started: float = 0.0

    def start(self) -> None:
        """Start the process in a group of its own; it ends when this program ends, however that ends."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            self.command, env=self.env, start_new_session=True, preexec_fn=_end_with_parent(self.stop_signal),
            **self.identity,
        )  # fmt: skip

    def died(self, now: float) -> bool:
        """True when the process ended by itself; then its group is cleared and a restart is planned."""
        if self.process is None or self.process.poll() is None:
            return False
        self._clear_group()
        self.deaths = 0 if now - self.started > 60 else self.deaths + 1
        self.start_at = now + min(0.25 * 2**self.deaths, LONGEST_PAUSE)
        self.process = None
        return True

    def stop(self, deadline: float) -> None:
        """Ask the process to stop and wait until `deadline`; what is left then is killed."""
        if self.process is None:
            return
        self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            say(f"{self.name} did not stop in time; killed")
        self._clear_group()

    def _clear_group(self) -> None:
        assert self.process is not None
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
        self.process.wait()


@dataclass
class Supervisor:
    """The tree of parts, in order of start; they stop in the opposite order."""

    parts: list[Part] = field(default_factory=list)
    stopping: bool = False

    def add(self, part: Part) -> Part:
        """Start `part` and keep it running from now on."""
        self.parts.append(part)
        part.start()
        return part

    def watch_signals(self) -> None:
        """SIGTERM and SIGINT ask for a clean stop."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask_to_stop)

    def run(self, ready: Callable[[], None] = lambda: None) -> None:
        """Watch the parts until a stop is asked for, then stop them."""
        ready()
        while not self.stopping:
            self.revive(time.monotonic())
            time.sleep(0.1)
        self.stop()

    def stop(self) -> None:
        """Stop every part, the last started first: the database goes when nobody needs it any more."""
        deadline = time.monotonic() + STOP_SECONDS
        for part in self.parts[1:]:
            if part.process:
                part.process.send_signal(part.stop_signal)
        for part in reversed(self.parts):
            part.stop(deadline)

    def revive(self, now: float) -> None:
        """Start again what has died, each part after its pause."""
        for part in self.parts:
            if part.died(now):
                say(f"{part.name} died; restarting")
            if part.process is None and now >= part.start_at:
                part.start()

    def _ask_to_stop(self, *_: object) -> None:
        self.stopping = True


def say(text: str) -> None:
    """A line for the operator."""
    print(f"pasti: {text}", file=sys.stderr, flush=True)


def _end_with_parent(number: signal.Signals) -> Callable[[], None]:
    """Linux tells the child when its parent is gone, even by SIGKILL; elsewhere the child lives on."""
    if not sys.platform.startswith("linux"):
        return lambda: None
    libc = ctypes.CDLL(None, use_errno=True)
    return lambda: libc.prctl(_PR_SET_PDEATHSIG, int(number))
