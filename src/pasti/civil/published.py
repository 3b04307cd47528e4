"""What the register declares to the platform."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pasti.kernel.publish.types import (
    ActionName,
    Grant,
    Measure,
    Purpose,
    Room,
    SubjectRecords,
    Subscription,
    Task,
    TaskSource,
)

# The ledger's entries on living residents of the area, as known at `as_of`, recorded before the period's end.
_ENTRIES = """FROM civil_personversion
WHERE recorded_at <= %(as_of)s AND recorded_at < %(end)s AND %(start)s < %(end)s
  AND status_dasar = 1 AND starts_with(rt_code || '.', %(area)s || '.')
"""
_COUNTS = """SELECT coalesce(sum(sign) FILTER (WHERE has_nik), 0) AS with_nik, coalesce(sum(sign), 0) AS everyone,
  count(*) AS entries
"""
_RECORDS = """SELECT id::text AS record_id, encode(sha256(convert_to(
    concat_ws('|', person_id, sign, has_nik, rt_code, extract(epoch FROM recorded_at)), 'UTF8')), 'hex') AS digest
"""
_SAMPLE = """SELECT left(person_id::text, 4) || '…' AS orang, has_nik AS ber_nik, sign AS tanda,
  left(rt_code, 13) AS kelurahan, recorded_at::date AS dicatat
"""
_SHARE = f"""SELECT with_nik AS numerator, everyone AS denominator,
  round(100.0 * with_nik / nullif(everyone, 0), 4) AS value, entries AS row_count
FROM ({_COUNTS}{_ENTRIES}) AS counted
"""
_RESIDENTS = f"""SELECT everyone AS numerator, NULL::bigint AS denominator, everyone AS value, entries AS row_count
FROM ({_COUNTS}{_ENTRIES}) AS counted
"""
_PROOF = {
    "newest_sql": "SELECT max(recorded_at) FROM civil_personversion WHERE recorded_at < %(end)s",
    "records_sql": f"{_RECORDS}{_ENTRIES}ORDER BY id",
    "sample_sql": f"{_SAMPLE}{_ENTRIES}ORDER BY id DESC LIMIT 5",
}

MEASURES = [
    Measure(
        code="civil.share_with_nik", version=1,
        name_id="Penduduk yang memiliki NIK", name_en="Residents with a NIK",
        unit="persen", grain="month", rollup="ratio",
        method_id="Penduduk hidup yang pada akhir kurun tercatat memiliki NIK dibagi semua penduduk hidup, kali 100.",
        method_en="Living residents recorded with a NIK at the end of the period over all living residents, times 100.",
        sql=_SHARE, **_PROOF,
    ),
    Measure(
        code="civil.residents", version=1,
        name_id="Jumlah penduduk tercatat", name_en="Registered residents",
        unit="orang", grain="month", rollup="last",
        method_id="Penduduk hidup yang tercatat pada akhir kurun.",
        method_en="Living residents on record at the end of the period.",
        sql=_RESIDENTS, **_PROOF,
    ),
]  # fmt: skip

PURPOSES = [
    Purpose("civil.pelayanan", "Pelayanan administrasi kependudukan", "Population administration service",
            "UU 23/2006 jo. UU 24/2013; UU 27/2022 Pasal 20 ayat (2) huruf e"),
    Purpose("civil.impor", "Memasukkan berkas penduduk", "Bringing files of people in",
            "UU 23/2006 jo. UU 24/2013 Pasal 7; UU 27/2022 Pasal 20 ayat (2) huruf e"),
    Purpose("civil.ekspor", "Mengambil berkas penduduk untuk tugas", "Taking files of people out for official work",
            "UU 24/2013 Pasal 58 ayat (4); UU 27/2022 Pasal 20 ayat (2) huruf e"),
    Purpose("civil.ganda", "Pemeriksaan data ganda", "Checking for double records",
            "UU 23/2006 Pasal 13; UU 27/2022 Pasal 29 (data pribadi yang akurat)"),
    Purpose("civil.dukcapil", "Pelaporan peristiwa ke Dispendukcapil", "Reporting events to the civil registry",
            "UU 23/2006 jo. UU 24/2013 Pasal 27, 34, 40, 44"),
    Purpose("civil.statistik", "Statistik kependudukan", "Population statistics", "UU 23/2006 Pasal 58; UU 16/1997"),
    Purpose("portal.profile", "Melihat data diri sendiri", "Seeing one's own data",
            "UU 27/2022 Pasal 7 (hak akses subjek data)"),
]  # fmt: skip

GRANTS = [
    Grant("civil.read", ("ketua_rt", "ketua_rw", "kelurahan", "dukcapil")),
    Grant("civil.read_own", ("warga",)),
    Grant("civil.write", ("dukcapil", "kelurahan")),
    Grant("civil.import", ("dukcapil", "kelurahan")),
    Grant("civil.export", ("dukcapil", "kelurahan", "ketua_rw", "ketua_rt")),
    # Data of health (UU 27/2022 article 4): never for an RT or RW.
    Grant("civil.specific", ("dukcapil", "kelurahan")),
    Grant("civil.review", ("dukcapil", "kelurahan")),
    Grant("civil.dukcapil", ("dukcapil", "kelurahan")),
]

ROOMS = [
    Room("civil.people", "Cari penduduk", "Find residents", "/kependudukan/", "civil.read"),
    Room(
        "civil.dukcapil",
        "Peristiwa menuju Dispendukcapil",
        "Events on their way to the registry",
        "/kependudukan/dukcapil/",
        "civil.dukcapil",
    ),
    Room(
        "civil.pairs",
        "Catatan yang mungkin ganda",
        "Records that may be double",
        "/kependudukan/ganda/",
        "civil.review",
    ),
    Room(
        "civil.files", "Masukkan berkas penduduk", "Bring in files of people", "/kependudukan/berkas/", "civil.import"
    ),
    Room(
        "civil.exports", "Unduh berkas penduduk", "Download files of people", "/kependudukan/unduhan/", "civil.export"
    ),
]

ACTIONS = [
    ActionName("civil.matched", "mencocokkan NIK, KK, dan tanggal lahir Anda", "matched your NIK, family card and birth date"),
    ActionName(
        "civil.mismatched",
        "menyebut NIK Anda dengan nomor KK atau tanggal lahir yang tidak cocok",
        "named your NIK with a family card number or birth date that is not yours",
    ),
    ActionName("civil.person.read", "membuka data kependudukan Anda", "opened your population record"),
    ActionName(
        "civil.people.listed",
        "melihat nama Anda dalam daftar penduduk",
        "saw your name in a list of residents",
    ),
    ActionName("civil.household.read", "melihat data keluarga pada KK Anda", "saw the family on your family card"),
    ActionName("civil.profile.read", "melihat data diri di profil", "saw the own data in the profile"),
    ActionName("civil.person.registered", "mendaftarkan Anda sebagai penduduk", "registered you as a resident"),
    ActionName("civil.person.updated", "mengubah data kependudukan Anda", "changed your population record"),
    ActionName("civil.person.restricted", "membatasi pemrosesan data Anda", "restricted the processing of your data"),
    ActionName("civil.person.unrestricted", "membuka pembatasan data Anda", "lifted the restriction of your data"),
    ActionName("civil.subject_records", "menyalin data kependudukan Anda untuk Anda", "copied your record for you"),
    ActionName("civil.family.joined", "memasukkan Anda ke dalam kartu keluarga", "put you on a family card"),
    ActionName("civil.family.verified", "memastikan data kartu keluarga Anda masih benar",
               "made sure that your family card is still right"),
    ActionName("civil.peristiwa.dukcapil", "mencatat tahap dokumen Anda di Dukcapil",
               "recorded how far your paper has come at Dukcapil"),
    ActionName("civil.person.imported", "memasukkan data Anda dari berkas", "entered your data from a file"),
    ActionName(
        "civil.person.import_undone",
        "membatalkan data Anda yang masuk dari berkas",
        "took back your data that came from a file",
    ),
    ActionName("civil.import.compared", "membandingkan data Anda dengan isi berkas", "compared your data with a file"),
    ActionName("civil.import.received", "mengirim berkas penduduk", "sent a file of people"),
    ActionName("civil.import.committed", "memasukkan berkas penduduk", "entered a file of people"),
    ActionName("civil.import.undone", "membatalkan berkas penduduk", "undid a file of people"),
    ActionName("civil.import.discarded", "membuang berkas penduduk", "dropped a file of people"),
    ActionName("civil.export.asked", "meminta berkas penduduk", "asked for a file of people"),
    ActionName("civil.export.taken", "mengunduh berkas penduduk", "downloaded a file of people"),
    ActionName(
        "civil.person.exported", "mengambil data Anda dalam berkas penduduk", "took your data out in a file of people"
    ),
    ActionName("civil.peristiwa.birth", "mencatat kelahiran Anda", "recorded your birth"),
    ActionName("civil.peristiwa.stillbirth", "mencatat lahir mati", "recorded a stillbirth"),
    ActionName("civil.peristiwa.death", "mencatat kematian", "recorded a death"),
    ActionName("civil.peristiwa.move_in", "mencatat kedatangan Anda", "recorded your arrival"),
    ActionName("civil.peristiwa.move_out", "mencatat kepindahan Anda ke luar kota", "recorded your leaving the city"),
    ActionName("civil.peristiwa.move_within", "mencatat kepindahan Anda", "recorded your move"),
    ActionName("civil.peristiwa.marriage", "mencatat perkawinan Anda", "recorded your marriage"),
    ActionName("civil.peristiwa.divorce", "mencatat perceraian Anda", "recorded your divorce"),
    ActionName("civil.peristiwa.missing", "mencatat Anda hilang", "recorded you as missing"),
    ActionName("civil.peristiwa.data_change", "mencatat perubahan data Anda", "recorded a change of your data"),
    ActionName("civil.peristiwa.temporary", "mencatat Anda tinggal sementara", "recorded your temporary stay"),
    ActionName("civil.peristiwa.read", "membuka peristiwa yang menyangkut Anda", "opened an event that concerns you"),
    ActionName(
        "civil.peristiwa.listed",
        "melihat peristiwa Anda dalam daftar",
        "saw an event of yours in a list",
    ),
    ActionName("civil.nik.revealed", "melihat NIK lengkap Anda", "saw your whole NIK"),
    ActionName("civil.specific.read", "melihat data disabilitas Anda", "saw your disability data"),
    ActionName(
        "civil.duplicate.read", "membandingkan catatan Anda dengan yang mirip", "compared your record with a like one"
    ),
    ActionName(
        "civil.duplicate.different", "memutuskan catatan Anda bukan ganda", "decided that your record is no double"
    ),
    ActionName("civil.duplicate.merged", "menggabungkan catatan Anda yang ganda", "merged your double records"),
    ActionName(
        "civil.duplicate.reopened", "menarik kembali putusan data ganda", "took a decision on double records back"
    ),
    ActionName("civil.peristiwa.reversed", "membatalkan laporan yang keliru", "took a wrong report back"),
]  # fmt: skip


def _records(person_id: UUID) -> list[dict[str, Any]]:
    from pasti.civil import subject_records

    return subject_records.collect(person_id)


SUBJECT_RECORDS = [SubjectRecords("civil", "Register penduduk", "Register of people", _records)]


def _tasks(user: Any) -> list[Task]:
    from pasti.civil import tasks

    return tasks.waiting(user)


TASKS = [TaskSource("civil", _tasks)]

SUBSCRIPTIONS = [
    Subscription(f"civil.{event}", "pasti.civil.jobs:count_again", f"civil.count_after_{event}")
    for event in ("PersonBorn", "PersonDied", "PersonMoved", "PersonChanged", "PersonCorrected", "PersonMerged",
                  "PersonSeparated", "PeristiwaReversed")
]  # fmt: skip
