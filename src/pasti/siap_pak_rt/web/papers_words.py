"""The states of papers in words, in the language of the moment."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from pasti.siap_pak_rt.models import Paper, PaperCheck
from pasti.siap_pak_rt.services import papers_verify as verify


def state(paper: Any) -> tuple[str, str]:
    """A word for the paper's state and the colour of its tag."""
    return {
        Paper.State.WAITING: (_("Belum selesai"), "fair"), Paper.State.VALID: (_("Berlaku"), "good"),
        Paper.State.REVOKED: (_("Dicabut"), "poor"),
    }[Paper.State(paper.state)]  # fmt: skip


def signature(paper: Any) -> str:
    """How the paper is signed, plainly."""
    return {
        "": _("Belum ditandatangani"), "bsre": _("Tersertifikasi elektronik oleh BSrE-BSSN"),
        "local": _("Tidak tersertifikasi elektronik (sertifikat uji)"), "none": _("Tidak tersertifikasi elektronik"),
    }[paper.signature]  # fmt: skip


def ended(paper: Any) -> str:
    """Why it was revoked, as anyone may know."""
    return {
        "": "", "wrong": _("isinya keliru"), "replaced": _("diganti surat baru"),
        "outdated": _("keadaannya sudah berubah"), "other": _("sebab lain"),
    }[paper.ended]  # fmt: skip


def verdict(code: str) -> str:
    """What became of a check that did not succeed."""
    return {
        verify.EXTENDED: _("Tidak sah. Berkas ini bermula dari surat kami, tetapi ada yang ditambahkan sesudahnya."),
        verify.DIFFERENT: _("Tidak sah. Berkas ini berbeda dari surat yang kami terbitkan, walau mungkin hanya satu huruf, "
                            "atau berkas ini surat lain. Minta berkas aslinya."),
        verify.NOT_PDF: _("Ini bukan berkas PDF. Foto atau hasil pindai surat tidak dapat diperiksa dengan cara ini."),
        verify.TOO_LARGE: _("Berkas ini terlalu besar untuk surat kami: paling besar 10 MB."),
        verify.EMPTY: _("Berkas ini kosong."),
    }[code]  # fmt: skip


def check(one: PaperCheck) -> str:
    """One line of the list of checks, as the person reads it."""
    if one.outcome == PaperCheck.Outcome.LIMITED:
        return _("mencoba dengan data sesudah terlalu banyak yang salah, dan ditahan; isi tidak ditampilkan")
    return {
        ("code", "shown"): _("melihat penerbit, nomor, tanggal, keadaan, dan nama tersamar"),
        ("file", "shown"): _("mengunggah berkas yang sama persis; seluruh isi ditampilkan"),
        ("file", "refused"): _("mengunggah berkas yang tidak sama; isi tidak ditampilkan"),
        ("facts", "shown"): _("mengisi data yang benar; seluruh isi ditampilkan"),
        ("facts", "refused"): _("mengisi data yang salah; isi tidak ditampilkan"),
    }[one.means, one.outcome]  # fmt: skip
