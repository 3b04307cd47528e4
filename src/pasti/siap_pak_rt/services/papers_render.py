"""The letter as PDF/A: always the same bytes for the same paper."""

from __future__ import annotations

import io
import json
import threading
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import segno
import typst
from django.conf import settings

from pasti.siap_pak_rt.models import Paper
from pasti.siap_pak_rt.rules import papers as rules

TEMPLATE = Path(__file__).with_name("papers_letter.typ")
STANDARD: list[Any] = ["a-2a"]  # ISO 19005-2 level A: for the archive, and readable aloud
NO_GLYPH = "□"
LATIN = 0x250  # below it the fonts have every letter
FOOTERS = {
    Paper.Signature.BSRE: "Dokumen ini ditandatangani secara elektronik menggunakan sertifikat elektronik yang diterbitkan "
    "BSrE-BSSN. Informasi elektronik dan cetakannya merupakan alat bukti hukum yang sah (UU ITE Pasal 5 ayat 1).",
    Paper.Signature.LOCAL: "TIDAK TERSERTIFIKASI ELEKTRONIK: ditandatangani dengan sertifikat uji milik sistem, bukan oleh "
    "penyelenggara sertifikasi elektronik.",
    Paper.Signature.NONE: "TIDAK TERSERTIFIKASI ELEKTRONIK: surat ini tidak memuat tanda tangan elektronik.",
}
MARKS = {Paper.Signature.BSRE: "Ditandatangani secara elektronik", Paper.Signature.LOCAL: "Sertifikat uji"}

# One compiler for the process, with the fonts that its wheel brings; it serves one thread at a time.
_lock = threading.Lock()


def render(paper: Paper, signature: str) -> bytes:
    """The unsigned PDF of `paper`, which says at its foot how it will be signed."""
    letter = json.dumps(_letter(paper, signature), ensure_ascii=False)
    with _lock:
        return bytes(_compiler().compile(
            sys_inputs={"letter": letter}, format="pdf", pdf_standards=STANDARD,
            timestamp=int(paper.created_at.timestamp()),
        ))  # fmt: skip


def address_of(code: str) -> str:
    """Where anyone can check the paper with this code."""
    return f"{settings.PASTI_BASE_URL}/siap-pak-rt/v/{code}/"


@cache
def _compiler() -> Any:
    return typst.Compiler(str(TEMPLATE), root=str(TEMPLATE.parent), font_paths=typst.Fonts(include_system_fonts=False))


def _letter(paper: Paper, signature: str) -> dict[str, Any]:
    content, day, kind = paper.content, paper.issued_on, Paper.Signature(signature)
    written = {
        "title": paper.title, "number": paper.number, "issuer": paper.issuer, "letterhead": content["letterhead"],
        "lines": content["person_lines"], "paragraphs": content["paragraphs"],
        "dateline": f"{content['town']}, {rules.date_in_words(day)}",
        "signer_title": content["signer_title"], "signer_name": content["signer_name"],
    }  # fmt: skip
    return _drawn(written) | {
        "day": [day.year, day.month, day.day], "opening": "Yang bertanda tangan di bawah ini menerangkan bahwa:",
        "qr": _qr(address_of(paper.code)), "code": rules.grouped(paper.code), "footer": FOOTERS[kind],
        "address": f"{settings.PASTI_BASE_URL.partition('://')[2]}/siap-pak-rt/verifikasi/", "mark": MARKS.get(kind, ""),
    }  # fmt: skip


def _drawn(value: Any) -> Any:
    """The same with every text made printable: letters that no font has become a box."""
    if isinstance(value, dict):
        return {name: _drawn(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_drawn(one) for one in value]
    return "".join(c if ord(c) < LATIN or _has_glyph(c) else NO_GLYPH for c in rules.plain_text(str(value)))


@lru_cache(maxsize=4096)
def _has_glyph(letter: str) -> bool:
    """Whether the fonts can draw `letter`: PDF/A refuses a text with a missing glyph, so a small page is tried."""
    page = '#set document(date: datetime(year: 2000, month: 1, day: 1), title: "-")\n' \
           '#set text(font: ("Libertinus Serif", "DejaVu Sans Mono"))\n#sys.inputs.letter'  # fmt: skip
    try:
        typst.compile(page.encode(), sys_inputs={"letter": letter}, format="pdf", pdf_standards=STANDARD,
                      font_paths=typst.Fonts(include_system_fonts=False), timestamp=0)  # fmt: skip
    except typst.TypstError:
        return False
    return True


def _qr(address: str) -> str:
    target = io.BytesIO()
    segno.make(address, error="m").save(target, kind="svg", xmldecl=False, border=2)
    return target.getvalue().decode()
