"""Claims in words, for the person who decides about them."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _


def described(claims: Iterable[str]) -> list[tuple[str, str]]:
    """(claim, words) pairs in the reader's language."""
    words = {
        "name": _("Nama"), "gender": _("Jenis kelamin"), "birthdate": _("Tanggal lahir"), "email": _("Alamat surel"),
        "phone_number": _("Nomor telepon"), "address": _("Alamat rumah"), "nik": "NIK", "kelurahan": _("Kelurahan"),
        "rt": "RT", "rw": "RW", "age_over_17": _("Sudah 17 tahun atau belum, tanpa tanggal lahir"),
        "age_over_21": _("Sudah 21 tahun atau belum, tanpa tanggal lahir"),
    }  # fmt: skip
    return [(claim, words.get(claim, claim)) for claim in claims]
