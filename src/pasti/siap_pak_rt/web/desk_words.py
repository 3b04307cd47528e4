"""Words of the desk: kinds and states, what was told, and the clock to Dukcapil."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pasti.civil import queries as register
from pasti.civil.queries import families
from pasti.civil.rules import peristiwa as events
from pasti.kernel.clock import today
from pasti.kernel.places import queries as places
from pasti.kernel.ui.templatetags.pasti_ui import tanggal
from pasti.siap_pak_rt.models import Laporan
from pasti.siap_pak_rt.rules import laporan as rules

# The path of each kind, its button, and what it is about.
KINDS = {
    "kelahiran": ("birth", gettext_lazy("Kelahiran"), gettext_lazy("Anak lahir hidup")),
    "kematian": ("death", gettext_lazy("Kematian"), gettext_lazy("Warga meninggal dunia")),
    "datang": ("move_in", gettext_lazy("Pindah datang"), gettext_lazy("Keluarga baru menetap di RT ini")),
    "keluar": ("move_out", gettext_lazy("Pindah keluar"), gettext_lazy("Pindah ke luar kota")),
    "pindah": ("move_within", gettext_lazy("Pindah rumah"), gettext_lazy("Satu keluarga pindah di dalam kota")),
    "sementara": ("temporary", gettext_lazy("Penduduk sementara"), gettext_lazy("Tinggal di sini, KTP tempat lain")),
    "kawin": ("marriage", gettext_lazy("Perkawinan"), gettext_lazy("Warga menikah")),
    "cerai": ("divorce", gettext_lazy("Perceraian"), gettext_lazy("Ada akta atau putusan cerai")),
    "data": ("data_change", gettext_lazy("Data berubah atau salah"), gettext_lazy("Nama, NIK, pekerjaan, dan lain-lain")),
    "lahir-mati": ("stillbirth", gettext_lazy("Lahir mati"), gettext_lazy("Kandungan 28 minggu atau lebih")),
    "hilang": ("missing", gettext_lazy("Orang hilang"), gettext_lazy("Tidak diketahui keberadaannya")),
}  # fmt: skip
PATH_OF = {kind: path for path, (kind, _name, _about) in KINDS.items()}
STATES = {
    "submitted": (gettext_lazy("Menunggu kelurahan"), ""), "returned": (gettext_lazy("Dikembalikan"), "poor"),
    "confirmed": (gettext_lazy("Disahkan"), "good"), "withdrawn": (gettext_lazy("Ditarik"), ""),
    "reversed": (gettext_lazy("Dibatalkan"), "poor"),
}  # fmt: skip
STEPS = {
    "submitted": gettext_lazy("Dikirim"), "resent": gettext_lazy("Diperbaiki dan dikirim lagi"),
    "returned": gettext_lazy("Dikembalikan"), "confirmed": gettext_lazy("Disahkan"),
    "withdrawn": gettext_lazy("Ditarik"), "reversed": gettext_lazy("Dibatalkan"),
}  # fmt: skip
DUKCAPIL = {
    "not_reported": gettext_lazy("belum dilaporkan ke Dukcapil"), "submitted": gettext_lazy("sudah diajukan ke Dukcapil"),
    "issued": gettext_lazy("dokumen Dukcapil sudah terbit"),
}  # fmt: skip
FIELDS = {
    "name": gettext_lazy("Nama"), "nik": gettext_lazy("NIK"), "sex": gettext_lazy("Jenis kelamin"),
    "birth_place": gettext_lazy("Tempat lahir"), "birth_date": gettext_lazy("Tanggal lahir"),
    "religion": gettext_lazy("Agama"), "education": gettext_lazy("Pendidikan"), "occupation": gettext_lazy("Pekerjaan"),
    "marital_status": gettext_lazy("Status kawin"), "blood_type": gettext_lazy("Golongan darah"),
    "father_name": gettext_lazy("Nama ayah"), "mother_name": gettext_lazy("Nama ibu"),
    "birth_certificate": gettext_lazy("Nomor akta kelahiran"), "place": gettext_lazy("Tempat kejadian"),
    "certificate": gettext_lazy("Nomor surat"), "note": gettext_lazy("Keterangan"), "street": gettext_lazy("Jalan"),
    "house": gettext_lazy("Nomor rumah"), "number": gettext_lazy("Nomor KK"), "origin": gettext_lazy("Asal"),
    "destination": gettext_lazy("Tujuan"), "rt_code": gettext_lazy("RT tujuan"), "people": gettext_lazy("Yang pindah"),
    "spouse_name": gettext_lazy("Nama pasangan"), "spouse_nik": gettext_lazy("NIK pasangan"),
    "field": gettext_lazy("Yang berubah"), "value": gettext_lazy("Seharusnya"), "until": gettext_lazy("Sampai tanggal"),
    "room": gettext_lazy("Kamar"), "relation": gettext_lazy("Hubungan keluarga"), "members": gettext_lazy("Anggota keluarga"),
}  # fmt: skip
LISTS = {
    "sex": "jenis_kelamin", "religion": "agama", "education": "pendidikan_kk", "occupation": "pekerjaan_f101",
    "marital_status": "status_kawin", "blood_type": "golongan_darah", "relation": "hubungan_keluarga_shdk",
}  # fmt: skip


@dataclass(frozen=True)
class Clock:
    """The term at Dukcapil: its state in words, the last day, and the days left (negative when past)."""

    state: str
    words: str
    due: dt.date | None
    left: int | None

    @property
    def left_words(self) -> str:
        """The days left in words; nothing once the paper is issued or where the law names no term."""
        if self.left is None or self.state == "issued":
            return ""
        if self.left < 0:
            days = -self.left
            return ngettext("lewat %(days)s hari; tetap laporkan", "lewat %(days)s hari; tetap laporkan", days) % {
                "days": days
            }
        return ngettext("sisa %(days)s hari", "sisa %(days)s hari", self.left) % {"days": self.left}

    @property
    def band(self) -> str:
        """How pressing: good, fair within a week, poor when past."""
        if self.state == "issued" or self.left is None:
            return "good" if self.state == "issued" else ""
        return "poor" if self.left < 0 else "fair" if self.left <= 7 else ""


def clock_of(laporan: Laporan, event: families.Peristiwa | None) -> Clock:
    """The clock of one report, by the law's term from the day it happened."""
    due = events.due_on(laporan.kind, laporan.occurred_on)
    state = event.dukcapil_state if event else "not_reported"
    return Clock(state, str(DUKCAPIL[state]), due, rules.days_left(due, today()))


def kind_name(kind: str) -> str:
    """The kind in words."""
    return str(KINDS[PATH_OF[kind]][1])


def told_rows(laporan: Laporan) -> list[tuple[str, str]]:
    """What a report tells, as (label, words), without the members of a family that moves in."""
    rows = []
    for name, value in laporan.told.items():
        if name in ("members", "spouse_id") or value in ("", None, []):
            continue
        if name == "value":
            words = _in_words(laporan.told.get("field", ""), value)
        elif name == "field":
            words = str(FIELDS.get(value, value))
        else:
            words = _in_words(name, value)
        rows.append((str(FIELDS.get(name, name)), words))
    return rows


def member_rows(laporan: Laporan) -> list[dict[str, str]]:
    """Those who move in, each with what was told in words."""
    return [{name: _in_words(name, value) for name, value in one.items()} for one in laporan.told.get("members", [])]


def _in_words(name: str, value: Any) -> str:
    if name in LISTS and str(value).isdigit():
        return register.code_names(LISTS[name]).get(int(value), str(value)).capitalize()
    if name in ("birth_date", "until"):
        return tanggal(dt.date.fromisoformat(str(value)), "long")
    if name == "rt_code":
        return places.label(str(value))
    if name == "people":
        names = register.people(living=False).filter(pk__in=value).values_list("name", flat=True)
        return ", ".join(names) or _("%(count)s orang") % {"count": len(value)}
    return str(value)
