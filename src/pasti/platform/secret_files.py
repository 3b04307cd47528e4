"""Secrets in files that only the program's user can read, whole or not there at all."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def put(place: Path, content: bytes) -> None:
    """Write `content` to `place`, over what was there, and have it on the disk before it is seen under its name."""
    folder(place.parent)
    partial = place.with_name(f".{place.name}.{os.getpid()}.{threading.get_ident()}")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as target:
        target.write(content)
        target.flush()
        os.fsync(target.fileno())
    partial.replace(place)


def folder(place: Path) -> Path:
    """The folder, made for the program's user alone where there is none."""
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    return place


@contextmanager
def alone(place: Path) -> Iterator[None]:
    """One process and thread at a time within the folder `place`: who comes later sees what the first has made."""
    with (folder(place) / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
