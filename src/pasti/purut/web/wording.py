"""Priorities and kinds of prescription in the words of the moment's language."""

from __future__ import annotations

from django.utils.translation import gettext as _

from pasti.purut.services.wording import STATES as STATES


def priorities() -> dict[str, str]:
    """Why somebody is called first; the empty key is the usual order."""
    return {
        "": _("Tidak"), "lansia": _("Lansia"), "disabilitas": _("Penyandang disabilitas"), "hamil": _("Ibu hamil"),
        "darurat": _("Darurat"),
    }  # fmt: skip


def kind_of_resep(kind: str) -> str:
    """The kind of a prescription as the pharmacy calls it."""
    return {"racikan": _("Racikan"), "non_racikan": _("Non-racikan")}[kind]


def kinds_of_visit() -> dict[int, str]:
    """Why an insured patient comes, by the kinds of visit of BPJS."""
    return {1: _("Rujukan puskesmas atau klinik"), 3: _("Surat kontrol"), 2: _("Rujukan dari poli lain di sini"),
            4: _("Rujukan rumah sakit lain")}  # fmt: skip
