"""The words for what can be wrong in a file, with advice; for its fields, and for the states of its way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from pasti.civil.models import ImportBatch

FIELDS = {
    "nik": "NIK", "kk": _("Nomor KK"), "name": _("Nama"), "sex": _("Jenis kelamin"), "birth_place": _("Tempat lahir"),
    "birth_date": _("Tanggal lahir"), "religion": _("Agama"), "education": _("Pendidikan"),
    "occupation": _("Pekerjaan"), "marital_status": _("Status kawin"), "relation": _("Hubungan dalam keluarga"),
    "citizenship": _("Kewarganegaraan"), "blood_type": _("Golongan darah"), "father_nik": _("NIK ayah"),
    "father_name": _("Nama ayah"), "mother_nik": _("NIK ibu"), "mother_name": _("Nama ibu"),
    "birth_certificate": _("Akta lahir"), "marriage_certificate": _("Akta perkawinan"),
    "marriage_date": _("Tanggal perkawinan"), "divorce_certificate": _("Akta perceraian"),
    "divorce_date": _("Tanggal perceraian"), "passport": _("Nomor paspor"),
    "passport_expires": _("Paspor berlaku sampai"), "kitas": _("KITAS/KITAP"), "ktp_status": _("Status KTP-el"),
    "disability": _("Disabilitas"), "status_dasar": _("Status dasar"), "street": _("Alamat"), "rt": "RT",
    "rt_code": "RT",
}  # fmt: skip
STATES = {
    "waiting": _("Menunggu giliran dibaca"), "reading": _("Sedang dibaca"), "ready": _("Siap diperiksa"),
    "committing": _("Sedang dimasukkan"), "committed": _("Sudah dimasukkan"), "undoing": _("Sedang dibatalkan"),
    "undone": _("Sudah dibatalkan"), "failed": _("Tidak dapat dibaca"),
}  # fmt: skip
LAYOUTS = {"opensid": "OpenSID", "siak": "SIAK", "pasti": "PASTI"}
OUTCOMES = {
    "new": _("Orang baru"), "same": _("Sama dengan data di sini"), "differs": _("Berbeda dengan data di sini"),
    "error": _("Tidak dapat dimasukkan"), "problem": _("Baris bermasalah"), "left": _("Tidak ikut dibatalkan"),
}  # fmt: skip
_CHECK = _("Periksa pada KK aslinya, lalu betulkan di berkas.")
_TEXT = _(
    "Excel membulatkan angka yang panjang sehingga angka terakhirnya hilang. Ambil lagi dari sumbernya, dan sebelum "
    "mengisi ubah dulu kolomnya: Format Sel, lalu pilih Teks."
)
_KEPT = _("Nomor seperti ini memang pernah diterbitkan dan tetap berlaku seumur hidup. Cukup periksa salah ketik.")
# code -> what is wrong, what to do
PROBLEMS = {
    "excel": (_("angka terakhirnya hilang"), _TEXT),
    "length": (_("bukan 16 angka"), _CHECK),
    "digits": (_("berisi selain angka 0-9"), _("Ketik ulang nomornya dengan angka biasa.")),
    "region": (_("kode wilayahnya tidak mungkin"), _CHECK),
    "day": (_("tanggal di dalam nomor tidak mungkin"), _KEPT),
    "date": (_("tanggal di dalam nomor tidak ada di kalender"), _KEPT),
    "serial": (_("nomor urutnya 0000"), _KEPT),
    "differs_birth_date": (
        _("tidak cocok dengan tanggal lahir"),
        _("NIK tidak ikut berubah bila tanggal lahir dibetulkan, jadi baris ini tetap masuk. Periksa salah ketik."),
    ),
    "differs_sex": (
        _("tidak cocok dengan jenis kelamin"),
        _("Baris ini tetap masuk. Periksa kolom jenis kelamin dan salah ketik pada NIK."),
    ),
    "kecamatan_unknown": (
        _("kode kecamatannya tidak ada di daftar"),
        _("Mungkin kecamatan lama yang sudah dipecah. Baris ini tetap masuk."),
    ),
    "twice_in_file": (_("muncul dua kali di berkas ini"), _("Hapus baris yang kembar, atau betulkan NIK yang salah ketik.")),
    "elsewhere": (
        _("sudah dipakai di luar wilayah ini"),
        _("Orang atau keluarga ini tercatat di kelurahan lain. Catat kepindahannya dulu, jangan dimasukkan dua kali."),
    ),
    "taken_since": (
        _("sudah masuk lebih dulu"),
        _("Nomor ini dimasukkan orang lain setelah berkas dibaca. Kirim berkasnya sekali lagi untuk membandingkan."),
    ),
    "other_card": (
        _("lain dengan KK yang tercatat"),
        _("Pindah KK tidak dilakukan lewat berkas: catat sebagai peristiwa (pindah, kawin, atau pecah KK)."),
    ),
    "second_head": (
        _("kepala keluarga kedua pada satu KK"),
        _("Satu KK hanya satu kepala keluarga. Betulkan kolom hubungan keluarga, atau nomor KK-nya."),
    ),
    "missing": (_("kosong"), _("Isi kolom ini, lalu kirim lagi barisnya.")),
    "code_unknown": (
        _("isinya tidak dikenal"),
        _("Pakai kode atau kata dari daftar resmi, seperti pada berkas contoh."),
    ),
    "too_long": (_("terlalu panjang"), _("Ringkas isinya. Mungkin dua kolom tergabung menjadi satu.")),
    "date_unreadable": (_("bukan tanggal"), _("Tulis sebagai hari-bulan-tahun, misalnya 17-05-1990.")),
    "future": (_("belum terjadi"), _("Tanggalnya setelah hari ini. Periksa tahunnya.")),
    "rt_unknown": (
        _("RT ini tidak ada di wilayah berkas"),
        _("Periksa nomor RT, RW, dan nama kelurahan. Baris warga kelurahan lain dimasukkan oleh kelurahannya."),
    ),
    "refused": (_("tidak dapat diubah"), _("Data di sini sudah berubah sejak berkas dibaca.")),
}  # fmt: skip


@dataclass(frozen=True)
class Group:
    """One kind of problem: where, what, what to do, how often."""

    key: str
    field: Any
    text: Any
    advice: Any
    count: int


def groups(of: ImportBatch) -> list[Group]:
    """The problems of a file, the most frequent first."""
    found = []
    for key, count in of.counts.get("problems", {}).items():
        field, _dot, code = key.partition(".")
        found.append(Group(key, FIELDS.get(field, field), *words(field, code), count))
    return found


def words(field: str, code: str) -> tuple[Any, Any]:
    """What is wrong and what to do; without a card a person comes in all the same."""
    if (field, code) == ("kk", "missing"):
        return _("kosong"), _("Orangnya tetap masuk, tetapi belum tercatat dalam keluarga mana pun.")
    return PROBLEMS.get(code, (code, ""))
