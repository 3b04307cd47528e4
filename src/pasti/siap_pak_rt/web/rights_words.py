"""The words in which rights and requests are shown."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from pasti.civil import queries as register
from pasti.kernel import clock
from pasti.siap_pak_rt.models import DataRequest
from pasti.siap_pak_rt.rules import rights as rules


def kinds() -> dict[str, str]:
    """Names of the kinds of request."""
    return {
        "copy": _("Salinan data"), "correction": _("Perbaikan data"), "restriction": _("Pembatasan pemrosesan"),
        "lifting": _("Pencabutan pembatasan"),
    }  # fmt: skip


def states() -> dict[str, str]:
    """Names of the states of a request."""
    return {
        "open": _("menunggu jawaban"),
        "done": _("selesai"),
        "refused": _("ditolak"),
        "withdrawn": _("ditarik kembali"),
    }


def fields() -> dict[str, str]:
    """Names of the fields one may ask to have corrected."""
    return {
        "name": _("Nama"), "birth_place": _("Tempat lahir"), "birth_date": _("Tanggal lahir"), "sex": _("Jenis kelamin"),
        "religion": _("Agama"), "education": _("Pendidikan"), "occupation": _("Pekerjaan"),
        "marital_status": _("Status kawin"), "blood_type": _("Golongan darah"), "citizenship": _("Kewarganegaraan"),
        "father_name": _("Nama ayah"), "mother_name": _("Nama ibu"), "other": _("Yang lain (misalnya alamat)"),
    }  # fmt: skip


def value(field: str, text: str) -> str:
    """A stored value in words: the label of a code, a day, or the text itself."""
    how = rules.CORRECTABLE.get(field, "text")
    if how in ("text", "day") or not text.isdigit():
        return text
    return register.code_names(how).get(int(text), text)


def row(one: DataRequest) -> dict[str, Any]:
    """A request as pages show it."""
    moment = clock.now()
    return {
        "request": one, "kind": kinds()[one.kind], "state": states()[one.state], "field": fields().get(one.field, ""),
        "before": value(one.field, one.before), "wanted": value(one.field, one.wanted),
        "clock": rules.clock(one.asked_at, moment) if one.state == "open" else None,
        "in_time": one.decided_at is not None and rules.in_time(one.asked_at, one.decided_at),
    }  # fmt: skip
