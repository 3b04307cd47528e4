"""What the register declares to the platform."""

from __future__ import annotations

from pasti.kernel.publish.types import ActionName, Grant, Measure, Purpose

# What was known of each living resident of the area at `as_of`, of what had become true before `end`.
_STATE = """
WITH state AS (
  SELECT DISTINCT ON (v.person_id) v.person_id, v.has_nik, v.status_dasar, v.rt_code, v.recorded_at
  FROM civil_personversion v
  WHERE v.recorded_at <= %(as_of)s AND v.recorded_at < %(end)s
  ORDER BY v.person_id, v.recorded_at DESC, v.id DESC
), living AS (
  SELECT * FROM state
  WHERE status_dasar = 1 AND starts_with(rt_code || '.', %(area)s || '.') AND %(start)s < %(end)s
)
"""
_RECORDS = """SELECT person_id::text AS record_id,
  encode(sha256(convert_to(
    concat_ws('|', person_id, has_nik, rt_code, extract(epoch FROM recorded_at)), 'UTF8')), 'hex') AS digest
FROM living ORDER BY person_id
"""
_SAMPLE = """SELECT left(person_id::text, 4) || '…' AS orang, has_nik AS ber_nik,
  left(rt_code, 13) AS kelurahan, recorded_at::date AS dicatat
FROM living ORDER BY recorded_at DESC, person_id LIMIT 5
"""

MEASURES = [
    Measure(
        code="civil.share_with_nik", version=1,
        name_id="Penduduk yang memiliki NIK", name_en="Residents with a NIK",
        unit="persen", grain="month", rollup="ratio",
        method_id="Penduduk hidup yang pada akhir kurun tercatat memiliki NIK dibagi semua penduduk hidup, kali 100.",
        method_en="Living residents recorded with a NIK at the end of the period over all living residents, times 100.",
        sql=_STATE + """SELECT count(*) FILTER (WHERE has_nik) AS numerator, count(*) AS denominator,
  round(100.0 * count(*) FILTER (WHERE has_nik) / nullif(count(*), 0), 4) AS value, count(*) AS row_count
FROM living
""",
        records_sql=_STATE + _RECORDS, sample_sql=_STATE + _SAMPLE,
    ),
    Measure(
        code="civil.residents", version=1,
        name_id="Jumlah penduduk tercatat", name_en="Registered residents",
        unit="orang", grain="month", rollup="last",
        method_id="Penduduk hidup yang tercatat pada akhir kurun.",
        method_en="Living residents on record at the end of the period.",
        sql=_STATE + """SELECT count(*) AS numerator, NULL::bigint AS denominator, count(*) AS value,
  count(*) AS row_count FROM living
""",
        records_sql=_STATE + _RECORDS, sample_sql=_STATE + _SAMPLE,
    ),
]  # fmt: skip

PURPOSES = [
    Purpose("civil.pelayanan", "Pelayanan administrasi kependudukan", "Population administration service",
            "UU 23/2006 jo. UU 24/2013; UU 27/2022 Pasal 20 ayat (2) huruf e"),
    Purpose("civil.statistik", "Statistik kependudukan", "Population statistics", "UU 23/2006 Pasal 58; UU 16/1997"),
    Purpose("portal.profile", "Melihat data diri sendiri", "Seeing one's own data",
            "UU 27/2022 Pasal 7 (hak akses subjek data)"),
]  # fmt: skip

GRANTS = [
    Grant("civil.read", ("ketua_rt", "ketua_rw", "kelurahan", "dukcapil")),
    Grant("civil.read_own", ("warga",)),
    Grant("civil.write", ("dukcapil", "kelurahan")),
]

ACTIONS = [
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
    ActionName("civil.family.joined", "memasukkan Anda ke dalam kartu keluarga", "put you on a family card"),
]
