"""What a file really is. The name and the type the sender gives are not believed."""

from __future__ import annotations

import warnings
import zipfile
from pathlib import Path

import filetype
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from pasti.kernel.errors import Refused

EXTENSIONS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}
# Only for those who ask for tables by name: rows of people, not papers.
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TABLES = {XLSX: "xlsx", "text/csv": "csv"}
HEAD = 8192  # bytes looked at; every allowed type shows itself in the first 16
MAX_PIXELS = 50_000_000  # a 48-megapixel phone picture passes; decoded it takes 150 MB


def media_type_of(path: Path, allowed: tuple[str, ...]) -> str:
    """The media type of the bytes at `path`. Raises Refused 415 for any not in `allowed`, 422 for a bad picture."""
    if any(one in TABLES for one in allowed):
        return _table_type(path, allowed)
    with path.open("rb") as source:
        guess = filetype.guess(source.read(HEAD))
    if guess is None or guess.mime not in allowed:
        raise Refused("jenis-berkas", _("Berkas harus berupa PDF, JPEG, PNG, atau WebP"), status=415, field="file")
    if guess.mime.startswith("image/"):
        _check_picture(path)
    return str(guess.mime)


def _table_type(path: Path, allowed: tuple[str, ...]) -> str:
    """A workbook is a ZIP with its parts; a CSV is text without NUL."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as parts:
            found = XLSX if "xl/workbook.xml" in parts.namelist() else ""
    else:
        with path.open("rb") as source:
            head = source.read(HEAD)
        binary = b"\x00" in head or filetype.guess(head) is not None
        found = "" if binary else "text/csv"
    if found not in allowed:
        raise Refused("jenis-berkas", _("Berkas harus berupa XLSX atau CSV"), status=415, field="file")
    return found


def _check_picture(path: Path) -> None:
    """Measure before decoding: a small file can unfold into gigabytes."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path) as picture:
                too_large = picture.width * picture.height > MAX_PIXELS
                if not too_large:
                    picture.verify()
    except Image.DecompressionBombError:
        too_large = True
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise Refused("gambar-rusak", _("Gambar ini rusak atau tidak terbaca"), status=422, field="file") from error
    if too_large:
        raise Refused("gambar-terlalu-besar", _("Gambar ini terlalu besar: paling banyak 50 megapiksel"), status=422,
                      field="file")  # fmt: skip
