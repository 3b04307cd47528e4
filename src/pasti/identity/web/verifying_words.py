"""Results in words a counter understands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from pasti.identity.models import PresentationRequest
from pasti.identity.queries.verifying import Result
from pasti.identity.rules import verifying as rules


def claims(names: Iterable[str]) -> list[str]:
    """Names of claims in words."""
    return [label for _name, label in rules.labelled(names, english())]


def english() -> bool:
    """Whether the page speaks English."""
    return (translation.get_language() or "").startswith("en")


def shown(values: Mapping[str, Any]) -> list[tuple[str, str, bool]]:
    """What was shown: label, value in words, and whether it is a no."""
    rows = rules.labelled(values, english())
    return [(label, _value(values[name]), values[name] is False) for name, label in rows]


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return _("Ya") if value else _("Tidak")
    return str(value)


def causes() -> dict[str, str]:
    """Why a presentation does not hold, by the code of its check. The empty code stands for any other."""
    return {
        "revoked": _("Kartu ini sudah dicabut."),
        "suspended": _("Kartu ini dihentikan sementara, misalnya karena dilaporkan hilang."),
        "expired": _("Masa berlaku kartu ini habis."),
        "not-yet-valid": _("Kartu ini belum berlaku."),
        "issuer-key": _("Kartu ini bukan dari kota ini."),
        "issuer-signature": _("Tanda tangan penerbit tidak cocok: kartu ini palsu atau diubah."),
        "binding-missing": _("Pemegang tidak menandatangani: mungkin salinan kartu orang lain."),
        "binding-signature": _("Ini bukan ditunjukkan oleh pemegang kartu."),
        "binding-time": _("Bukti ini dibuat terlalu lama yang lalu, atau jam salah satu perangkat keliru."),
        "nonce": _("Bukti ini dibuat untuk pertanyaan lain, mungkin pernah dipakai."),
        "audience": _("Bukti ini dibuat untuk pemeriksa lain."),
        "claims-missing": _("Data yang wajib tidak ditunjukkan."),
        "status-unknown": _("Keadaan kartu ini tidak dapat dipastikan."),
        "used": _("Kode jawaban ini sudah pernah dipakai di meja ini."),
        "list-expired": _("Daftar keadaan kartu di perangkat ini sudah kedaluwarsa. Sambungkan ke jaringan."),
        "": _("Bukti ini tidak sah."),
    }


def verdict(found: Result) -> str:
    """One sentence for the result."""
    asked = found.asked
    if asked.state == PresentationRequest.State.DECLINED:
        return _("Pemegang kartu menolak menunjukkan data ini.")
    if asked.cause:
        known = causes()
        return known.get(asked.cause, known[""])
    if found.colour == rules.AMBER:
        return _("Kartunya sah, tetapi jawabannya tidak.")
    return _("Kartu sah dan berlaku.")


def outcome(asked: PresentationRequest) -> tuple[str, str]:
    """A past question in a word, and the colour of its tag."""
    return {
        PresentationRequest.State.OPEN: (_("Tidak dijawab"), "grey"),
        PresentationRequest.State.PASSED: (_("Sah"), "green"),
        PresentationRequest.State.FAILED: (_("Tidak sah"), "red"),
        PresentationRequest.State.DECLINED: (_("Ditolak pemegang"), "yellow"),
    }[PresentationRequest.State(asked.state)]
