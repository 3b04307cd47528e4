"""The register's codes of its own in plain words, for pages: what happened, how far it is, what is alike."""

from __future__ import annotations

from django.utils.translation import gettext as _


def kind_names() -> dict[str, str]:
    """Kind of event -> its name."""
    return {
        "birth": _("Kelahiran"), "stillbirth": _("Lahir mati"), "death": _("Kematian"), "move_in": _("Kedatangan"),
        "move_out": _("Pindah ke luar kota"), "move_within": _("Pindah dalam kota"), "marriage": _("Perkawinan"),
        "divorce": _("Perceraian"), "missing": _("Orang hilang"), "data_change": _("Perubahan data"),
        "temporary": _("Tinggal sementara"),
    }  # fmt: skip


def way_names() -> dict[str, str]:
    """State at Disdukcapil -> its name."""
    return {"not_reported": _("Belum diajukan"), "submitted": _("Sudah diajukan"), "issued": _("Dokumen terbit")}


def sign_names() -> dict[str, str]:
    """What is alike in two records -> its name."""
    return {
        "nik": _("NIK sama"), "nik_near": _("NIK hampir sama"), "name": _("nama sama"), "name_near": _("nama mirip"),
        "birth_date": _("tanggal lahir sama"), "birth_swapped": _("tanggal dan bulan lahir tertukar"),
        "birth_near": _("tanggal lahir beda satu angka"), "mother": _("ibu sama"), "mother_near": _("nama ibu mirip"),
        "births_close": _("dua kelahiran satu ibu dalam sembilan bulan"),
    }  # fmt: skip


def field_names() -> dict[str, str]:
    """Field of a person -> its name."""
    return {
        "nik": "NIK", "name": _("Nama"), "sex": _("Jenis kelamin"), "birth_place": _("Tempat lahir"),
        "birth_date": _("Tanggal lahir"), "religion": _("Agama"), "education": _("Pendidikan"),
        "occupation": _("Pekerjaan"), "marital_status": _("Status kawin"), "blood_type": _("Golongan darah"),
        "citizenship": _("Kewarganegaraan"), "father_name": _("Nama ayah"), "mother_name": _("Nama ibu"),
        "mother_nik": _("NIK ibu"), "birth_certificate": _("Nomor akta lahir"), "rt_code": _("Tempat tinggal"),
        "status_dasar": _("Keadaan"),
    }  # fmt: skip
