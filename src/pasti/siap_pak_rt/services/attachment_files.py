"""What is kept of a file that was handed in: pictures are drawn anew, papers that act are refused."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.files.base import File
from django.utils.translation import gettext as _

from pasti.kernel.documents.pictures import KINDS, draw_anew, receive
from pasti.kernel.documents.sniffing import EXTENSIONS, media_type_of
from pasti.kernel.errors import Refused
from pasti.siap_pak_rt.rules import pdf


@contextmanager
def harmless(file: File[bytes]) -> Iterator[File[bytes]]:
    """The file as it may be kept, named as it was sent.

    A picture is decoded and drawn anew, upright and at most 2560 pixels long: where and with which phone it was taken
    (EXIF, GPS), and whatever hung behind it, stays outside. Raises Refused: `berkas-terlalu-besar` (413),
    `jenis-berkas` (415), `gambar-rusak`, `gambar-terlalu-besar`, `pdf-rusak`, `pdf-beraksi` (422).
    """
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(prefix="lampiran-", dir=root) as folder:
        sent, kept = Path(folder, "sent"), Path(folder, "kept")
        receive(file, sent)
        media_type = media_type_of(sent, tuple(EXTENSIONS))
        if media_type == "application/pdf":
            _check_pdf(sent.read_bytes())
            kept = sent
        else:
            draw_anew(sent, kept, KINDS[media_type])
        with kept.open("rb") as source:
            yield File(source, name=file.name)


def _check_pdf(content: bytes) -> None:
    if not pdf.is_whole(content):
        raise Refused("pdf-rusak", _("PDF ini tidak utuh. Simpan ulang, lalu kirim lagi."), status=422, field="file")
    if pdf.acts(content):
        text = _("PDF ini berisi program atau berkas lain. Cetak menjadi PDF biasa, atau kirim fotonya.")
        raise Refused("pdf-beraksi", text, status=422, field="file")
