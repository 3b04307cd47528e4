"""What a file really is. The name and the type the sender gives are not believed."""

from __future__ import annotations

import warnings
from pathlib import Path

import filetype
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from pasti.kernel.errors import Refused

EXTENSIONS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}
HEAD = 8192  # bytes looked at; every allowed type shows itself in the first 16
MAX_PIXELS = 50_000_000  # a 48-megapixel phone picture passes; decoded it takes 150 MB


def media_type_of(path: Path, allowed: tuple[str, ...]) -> str:
    """The media type of the bytes at `path`. Raises Refused 415 for any not in `allowed`, 422 for a bad picture."""
    with path.open("rb") as source:
        guess = filetype.guess(source.read(HEAD))
    if guess is None or guess.mime not in allowed:
        raise Refused("jenis-berkas", _("Berkas harus berupa PDF, JPEG, PNG, atau WebP"), status=415, field="file")
    if guess.mime.startswith("image/"):
        _check_picture(path)
    return str(guess.mime)


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
