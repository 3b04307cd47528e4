"""Where the files of papers lie: one file per paper, by the paper's id, so that there can never be two."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from uuid import UUID

from django.conf import settings

from pasti.kernel.errors import NotFound


def path_of(paper_id: UUID) -> Path:
    """The place of a paper's file."""
    return Path(settings.MEDIA_ROOT) / "kertas" / paper_id.hex[:2] / f"{paper_id.hex}.pdf"


def write_beside(paper_id: UUID, content: bytes) -> Path:
    """Write `content` to the disk beside its place, to be renamed by the transaction that makes it so."""
    folder = path_of(paper_id).parent
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(prefix="baru-", dir=folder)
    with os.fdopen(handle, "wb") as target:
        target.write(content)
        target.flush()
        os.fsync(target.fileno())
    return Path(name)


def put(partial: Path, paper_id: UUID) -> None:
    """Rename to the final place and have the folder on the disk too."""
    place = path_of(paper_id)
    partial.replace(place)
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def content_of(paper_id: UUID, sha256: str) -> bytes:
    """The file's bytes. Raises NotFound when it is missing, or not the file that was issued."""
    try:
        content = path_of(paper_id).read_bytes()
    except FileNotFoundError:
        raise NotFound from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise NotFound
    return content
