"""Pictures as they may be kept: decoded and drawn anew, without what they tell of their sender."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.files.base import File
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from pasti.kernel.documents.services import MAX_BYTES
from pasti.kernel.documents.sniffing import media_type_of
from pasti.kernel.errors import Refused

LONGEST = 2560  # pixels of a picture's longer side: a paper photographed whole stays readable
QUALITY = 85
KINDS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}


@contextmanager
def drawn_anew(file: File[bytes]) -> Iterator[File[bytes]]:
    """The picture, upright and at most 2560 pixels long, named as it was sent.

    Where and with which phone it was taken (EXIF, GPS), and whatever hung behind it, stays outside. Raises Refused:
    `berkas-terlalu-besar` (413), `jenis-berkas` (415), `gambar-rusak`, `gambar-terlalu-besar` (422).
    """
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(prefix="gambar-", dir=root) as folder:
        sent, kept = Path(folder, "sent"), Path(folder, "kept")
        receive(file, sent)
        draw_anew(sent, kept, KINDS[media_type_of(sent, tuple(KINDS))])
        with kept.open("rb") as source:
            yield File(source, name=file.name)


def receive(file: File[bytes], target: Path) -> None:
    """Write what was sent, up to the limit. Raises Refused `berkas-terlalu-besar`."""
    size = 0
    with target.open("wb") as out:
        for chunk in file.chunks():
            size += len(chunk)
            if size > MAX_BYTES:
                raise Refused("berkas-terlalu-besar", _("Berkas paling besar 10 MB"), status=413, field="file")
            out.write(chunk)


def draw_anew(sent: Path, kept: Path, kind: str) -> None:
    """Pixels were counted before (`media_type_of`); here the picture is decoded for the first time."""
    try:
        with Image.open(sent) as source:
            source.draft("RGB", (LONGEST, LONGEST))  # a JPEG is decoded no larger than needed
            upright = ImageOps.exif_transpose(source)
            drawn = upright.convert(_mode(upright, kind))
            drawn.thumbnail((LONGEST, LONGEST))
            drawn.info.clear()
            drawn.save(kept, kind, quality=QUALITY)
    except (OSError, SyntaxError, ValueError, KeyError, MemoryError) as error:
        raise Refused("gambar-rusak", _("Gambar ini rusak atau tidak terbaca"), status=422, field="file") from error


def _mode(picture: Image.Image, kind: str) -> str:
    if picture.mode in ("1", "L"):
        return "L" if kind != "WEBP" else "RGB"
    return "RGBA" if picture.has_transparency_data and kind != "JPEG" else "RGB"
