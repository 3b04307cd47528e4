"""The words of a warning from its stage, river and places, in both languages: short, with one thing to do at a time.

The order is that of research on warning messages (Mileti and Sorensen 1990; ISO 22322): who warns, what happens, where,
when, what to do. A headline fits a short message (160 characters).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

HEADLINE = 160
DRILL_ID, DRILL_EN = "LATIHAN – ", "EXERCISE – "


@dataclass(frozen=True)
class Words:
    """The texts of a warning in both languages."""

    headline_id: str
    headline_en: str
    description_id: str
    description_en: str
    instruction_id: str
    instruction_en: str


_HEAD = {
    1: ("Waspada: air {river} naik", "Advisory: {river} is rising"),
    2: ("Siaga banjir {river}: bersiap mengungsi", "Flood watch, {river}: get ready to leave"),
    3: ("AWAS BANJIR {river}: mengungsi sekarang", "FLOOD WARNING, {river}: leave now"),
}
_DO = {
    1: (
        "Pantau tinggi air di halaman ini. Pindahkan kendaraan dan barang berharga ke tempat lebih tinggi. "
        "Jauhi tepi sungai. Jaga anak-anak dan lansia tetap di rumah.",
        "Watch the level on this page. Move vehicles and valuables higher up. Stay away from the river bank. "
        "Keep children and old people at home.",
    ),
    2: (
        "Siapkan tas berisi surat penting, obat, dan air minum. Matikan listrik bila air masuk rumah. "
        "Antar lansia, ibu hamil, orang sakit, dan anak-anak ke tempat pengungsian sekarang. Tunggu perintah ketua RT.",
        "Pack papers, medicine and drinking water. Switch off electricity when water enters the house. "
        "Take old, pregnant and sick people and children to a shelter now. Wait for your RT head's word.",
    ),
    3: (
        "Mengungsi sekarang ke tempat pengungsian terdekat. Matikan listrik dan kompor. Bawa hanya obat dan surat penting. "
        "Jangan menyeberangi air yang mengalir. Bantu tetangga yang tidak bisa berjalan. Darurat: {contact}.",
        "Leave now for the nearest shelter. Switch off electricity and stove. Take medicine and papers only. "
        "Do not cross flowing water. Help neighbours who cannot walk. Emergency: {contact}.",
    ),
}


def warning(
    stage: int, river: str, places: Sequence[str], evidence: tuple[str, str], contact: str, *, drill: bool = False
) -> Words:
    """Default words of a warning of `stage` (1 to 3). `evidence` is the rule's sentence in both languages."""
    head, do = _HEAD[stage], _DO[stage]
    where_id, where_en = _where(places, "Wilayah"), _where(places, "Area")
    return _marked(
        drill,
        Words(
            head[0].format(river=river), head[1].format(river=river),
            f"{evidence[0]} {where_id}".strip(), f"{evidence[1]} {where_en}".strip(),
            do[0].format(contact=contact), do[1].format(contact=contact),
        ),
    )  # fmt: skip


def all_clear(river: str, places: Sequence[str], *, drill: bool = False) -> Words:
    """Words that say it is over."""
    return _marked(
        drill,
        Words(
            f"Aman: banjir {river} berakhir", f"All clear: the flood of {river} is over",
            f"Air sudah kembali di bawah batas waspada. {_where(places, 'Wilayah')}".strip(),
            f"The water is back below the advisory limit. {_where(places, 'Area')}".strip(),
            "Boleh pulang. Periksa listrik sebelum dinyalakan. Hati-hati lumpur dan lubang. Rebus air minum.",
            "You may go home. Check the electricity before switching it on. Mind mud and holes. Boil drinking water.",
        ),
    )  # fmt: skip


def cancelled(river: str, reason: str, *, drill: bool = False) -> Words:
    """Words that take a mistaken warning back; `reason` is the officer's, shown as written."""
    return _marked(
        drill,
        Words(
            f"Peringatan {river} dibatalkan", f"Warning for {river} cancelled",
            f"Peringatan sebelumnya keliru. {reason}", f"The earlier warning was a mistake. {reason}",
            "Tidak perlu mengungsi.", "There is no need to leave.",
        ),
    )  # fmt: skip


def _where(places: Sequence[str], word: str) -> str:
    return f"{word}: {'; '.join(places)}." if places else ""


def _marked(drill: bool, words: Words) -> Words:
    """An exercise says so in the first word of every text, so that no part of it can be mistaken."""
    if not drill:
        return Words(words.headline_id[:HEADLINE], words.headline_en[:HEADLINE], *list(vars(words).values())[2:])
    return Words(
        f"{DRILL_ID}{words.headline_id}"[:HEADLINE], f"{DRILL_EN}{words.headline_en}"[:HEADLINE],
        *(f"{DRILL_ID if index % 2 == 0 else DRILL_EN}{text}" for index, text in enumerate(list(vars(words).values())[2:])),
    )  # fmt: skip
