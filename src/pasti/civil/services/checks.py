"""What every act asks first: is the place within the scope, and is the number possible."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from pasti.civil.rules import nik
from pasti.civil.rules.peristiwa import Fault
from pasti.kernel.accounts.scope import current_scope
from pasti.kernel.accounts.scoping import covers
from pasti.kernel.errors import Refused
from pasti.kernel.places import queries as places


def check_place(rt_code: str) -> None:
    """Raise Refused unless `rt_code` is an RT within the scope: `luar-wilayah`, `rt-tidak-dikenal`."""
    if not covers(current_scope(), rt_code):
        raise Refused("luar-wilayah", _("RT ini di luar wilayah tugas Anda"), status=404, field="rt_code")
    place = places.place(rt_code)
    if place is None or place.level != "rt":
        raise Refused("rt-tidak-dikenal", _("RT ini tidak dikenal"), status=422, field="rt_code")


def check_nik(number: str | None) -> None:
    """Raise Refused `nik-tidak-sah` for what cannot be a NIK, saying why in words; none is allowed."""
    if number is None:
        return
    try:
        nik.parse(number)
    except nik.InvalidNik as error:
        raise Refused("nik-tidak-sah", _(NIK_WORDS[error.code]), status=422, field="nik", why=error.code) from error


NIK_WORDS = {
    "length": gettext_noop("NIK harus 16 angka"),
    "digits": gettext_noop("NIK hanya berisi angka 0-9"),
    "excel": gettext_noop("NIK dibulatkan oleh lembar kerja: ubah kolomnya menjadi teks lalu isi ulang"),
    "day": gettext_noop("Tanggal lahir di dalam NIK tidak mungkin"),
    "date": gettext_noop("Tanggal lahir di dalam NIK tidak ada di kalender"),
    "serial": gettext_noop("Nomor urut di dalam NIK tidak boleh 0000"),
    "region": gettext_noop("Kode wilayah di dalam NIK tidak mungkin"),
}


def refuse_faults(faults: list[Fault]) -> None:
    """Raise Refused `tidak-mungkin` at the first fault that stops; those that only warn pass."""
    for fault in faults:
        if fault.stops:
            raise Refused("tidak-mungkin", _(FAULT_WORDS[fault.code]), status=422, field=fault.field, why=fault.code)


FAULT_WORDS = {
    "future": gettext_noop("Tanggal ini belum tiba"),
    "before_birth": gettext_noop("Tanggal ini sebelum orangnya lahir"),
    "mother_sex": gettext_noop("Ibu yang dipilih tercatat laki-laki"),
    "mother_age": gettext_noop("Umur ibu pada tanggal lahir anak tidak mungkin"),
    "births_close": gettext_noop("Ibu ini tercatat melahirkan kurang dari enam bulan sebelumnya"),
    "same_sex": gettext_noop("Kedua mempelai tercatat berjenis kelamin sama"),
    "too_young": gettext_noop("Mempelai belum 19 tahun; perlu penetapan pengadilan"),
    "already_married": gettext_noop("Salah satu mempelai tercatat sudah kawin"),
}
