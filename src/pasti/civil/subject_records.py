"""Everything the register holds about one person, for that person (UU 27/2022 articles 7 and 32)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pasti.civil import queries
from pasti.civil.models import Family, FamilyNumber, Membership, Peristiwa, Person, PersonVersion
from pasti.kernel.accounts.scope import Scope, scoped
from pasti.kernel.audit.services import record_read

PURPOSE = "siap_pak_rt.hak"
NAMES = {
    "nik": "nik", "name": "nama", "birth_place": "tempat_lahir", "birth_date": "tanggal_lahir", "father_name": "nama_ayah",
    "father_nik": "nik_ayah", "mother_name": "nama_ibu", "mother_nik": "nik_ibu", "birth_certificate": "akta_kelahiran",
    "marriage_certificate": "akta_perkawinan", "marriage_date": "tanggal_perkawinan",
    "divorce_certificate": "akta_perceraian", "divorce_date": "tanggal_perceraian", "passport": "paspor",
    "passport_expires": "paspor_berakhir", "kitas": "kitas_kitap", "rt_code": "kode_rt", "valid_from": "berlaku_sejak",
    "recorded_at": "dicatat_pada", "restricted_since": "dibatasi_sejak",
}  # fmt: skip
CODED = {
    "sex": "jenis_kelamin", "religion": "agama", "education": "pendidikan", "occupation": "pekerjaan",
    "marital_status": "status_kawin", "blood_type": "golongan_darah", "citizenship": "kewarganegaraan",
    "status_dasar": "status_dasar",
}  # fmt: skip


def collect(person_id: UUID) -> list[dict[str, Any]]:
    """The person's own record, family cards and events: records with plain names and values, none left out.

    Others on the same card are not in it: their data is theirs.
    """
    with scoped(Scope.of_person(person_id, PURPOSE)):
        one = Person.objects.filter(pk=person_id).first()
        if one is None:
            return []
        record_read(one.pk, "civil.subject_records", purpose=PURPOSE, fields=("*",), object_type="person",
                    object_id=one.pk)  # fmt: skip
        return [_person(one), *_cards(one), *_versions(one), *_events(one)]


def _person(one: Person) -> dict[str, Any]:
    words = queries.words_of(one)
    held = {name: getattr(one, field) for field, name in NAMES.items()}
    return {"catatan": "penduduk", **held, **{name: words.get(field, "") for field, name in CODED.items()},
            "disabilitas": one.disability, "status_ktp_el": one.ktp_status, "menetap": one.residency == 1}  # fmt: skip


def _cards(one: Person) -> list[dict[str, Any]]:
    relations = queries.code_names("hubungan_keluarga_shdk")
    rows = Membership.objects.filter(person=one).order_by("starts", "id")
    families = {f.pk: f for f in Family.objects.select_related("address").filter(pk__in=[r.family_id for r in rows])}
    found = [
        {
            "catatan": "kartu keluarga", "nomor_kk": families[row.family_id].number if row.family_id in families else "",
            "alamat": str(families[row.family_id].address) if row.family_id in families else "",
            "hubungan": relations.get(row.relation, row.relation), "sejak": row.starts, "sampai": row.ends,
        }
        for row in rows
    ]  # fmt: skip
    former = FamilyNumber.objects.filter(family__in=list(families)).order_by("id")
    return found + [
        {"catatan": "nomor KK terdahulu", "nomor_kk": past.number, "sejak": past.starts, "sampai": past.ends}
        for past in former
    ]


def _versions(one: Person) -> list[dict[str, Any]]:
    rows = PersonVersion.objects.filter(person=one, sign=1).order_by("id")
    return [
        {"catatan": "keadaan yang pernah tercatat", "kode_rt": row.rt_code, "status_dasar": row.status_dasar,
         "ber_nik": row.has_nik, "berlaku_sejak": row.valid_from, "dicatat_pada": row.recorded_at}
        for row in rows
    ]  # fmt: skip


def _events(one: Person) -> list[dict[str, Any]]:
    rows = Peristiwa.objects.filter(person=one).order_by("recorded_at", "id")
    return [
        {"catatan": "peristiwa", "jenis": row.kind, "terjadi_pada": row.occurred_on, "dicatat_pada": row.recorded_at,
         "dicatat_oleh": row.actor_name, "keterangan": row.details, "membatalkan": row.reverses_id,
         "alasan": row.reason, "keadaan_di_disdukcapil": row.dukcapil_state,
         "dokumen_disdukcapil": row.dukcapil_document}
        for row in rows
    ]  # fmt: skip
