"""The desk's numbers: reported in time, families looked at, RTs at work."""

from __future__ import annotations

from pasti.kernel.publish.types import Measure

_DIGEST = "encode(sha256(convert_to(concat_ws('|', {}), 'UTF8')), 'hex') AS digest"
_IN_AREA = "starts_with({} || '.', %(area)s || '.')"
_SHARE = """SELECT count(*) FILTER (WHERE {hit}) AS numerator, count(*) AS denominator,
  round(100.0 * count(*) FILTER (WHERE {hit}) / nullif(count(*), 0), 4) AS value, count(*) AS row_count
"""

# Reports first sent in the period and confirmed by `as_of`; one taken back later had been confirmed all the same.
_REPORTS = f"""FROM siap_pak_rt_laporan l JOIN siap_pak_rt_laporanstep s ON s.laporan_id = l.id AND s.step = 'confirmed'
WHERE l.recorded_at >= %(start)s AND l.recorded_at < %(end)s AND s.at <= %(as_of)s AND {_IN_AREA.format("l.rt_code")}
"""
_IN_TIME = "l.sent_on - l.occurred_on <= 14"

# Cards there at the period's end as known then, and the last look at each in the twelve months before the end. A card
# closed since counts while nothing that happened to it was known yet.
_FAMILIES = f"""FROM (
  SELECT f.id, max(c.recorded_at) AS looked FROM civil_family f
  LEFT JOIN civil_familycheck c ON c.family_id = f.id AND c.recorded_at < %(end)s AND c.recorded_at <= %(as_of)s
    AND c.recorded_at >= (%(end)s)::timestamptz - interval '12 months'
  WHERE f.recorded_at < %(end)s AND f.recorded_at <= %(as_of)s AND {_IN_AREA.format("f.rt_code")}
    AND %(start)s < %(end)s AND (f.closed_on IS NULL OR f.closed_on >= (%(end)s)::timestamptz::date OR NOT EXISTS (
      SELECT 1 FROM civil_peristiwa p WHERE p.family_id = f.id AND p.recorded_at <= %(as_of)s))
  GROUP BY f.id
) v
"""

# RTs with residents at the period's end, and whether anything was done at their desk in the period.
_RTS = f"""FROM (
  SELECT v.rt_code AS id, count(DISTINCT d.day) AS days FROM (
    SELECT rt_code FROM civil_personversion
    WHERE recorded_at <= %(as_of)s AND recorded_at < %(end)s AND status_dasar = 1 AND {_IN_AREA.format("rt_code")}
    GROUP BY rt_code HAVING sum(sign) > 0
  ) v LEFT JOIN (
    SELECT rt_code, at::date AS day FROM siap_pak_rt_laporanstep
    WHERE step IN ('submitted', 'resent') AND at >= %(start)s AND at < %(end)s AND at <= %(as_of)s
    UNION SELECT rt_code, recorded_at::date FROM civil_familycheck
    WHERE recorded_at >= %(start)s AND recorded_at < %(end)s AND recorded_at <= %(as_of)s
    UNION SELECT rt_code, recorded_at::date FROM siap_pak_rt_tamu
    WHERE recorded_at >= %(start)s AND recorded_at < %(end)s AND recorded_at <= %(as_of)s
  ) d ON d.rt_code = v.rt_code
  GROUP BY v.rt_code
) w
"""
_NEWEST = """SELECT greatest((SELECT max(at) FROM siap_pak_rt_laporanstep WHERE at < %(end)s),
  (SELECT max(recorded_at) FROM civil_familycheck WHERE recorded_at < %(end)s),
  (SELECT max(recorded_at) FROM siap_pak_rt_tamu WHERE recorded_at < %(end)s),
  (SELECT max(recorded_at) FROM civil_personversion WHERE recorded_at < %(end)s))"""

MEASURES = [
    Measure(
        code="siap_pak_rt.reported_in_time", version=1,
        name_id="Peristiwa dilaporkan RT dalam 14 hari", name_en="Events reported by the RT within 14 days",
        unit="persen", grain="month", rollup="ratio",
        method_id="Laporan yang pertama dikirim pada kurun itu dan sudah disahkan, yang dikirim paling lambat 14 hari "
        "sesudah peristiwanya, dibagi semua laporan demikian, kali 100.",
        method_en="Reports first sent in the period and confirmed, sent at most 14 days after the event, over all such "
        "reports, times 100.",
        sql=_SHARE.format(hit=_IN_TIME) + _REPORTS,
        records_sql="SELECT l.id::text AS record_id, "
        + _DIGEST.format("l.id, l.kind, l.occurred_on, l.sent_on") + f"\n{_REPORTS}ORDER BY l.id",
        sample_sql="SELECT left(l.id::text, 4) || '…' AS laporan, l.kind AS jenis, l.sent_on - l.occurred_on AS hari, "
        f"left(l.rt_code, 13) AS kelurahan\n{_REPORTS}ORDER BY l.recorded_at DESC LIMIT 5",
        newest_sql="SELECT max(at) FROM siap_pak_rt_laporanstep",
    ),
    Measure(
        code="siap_pak_rt.families_verified", version=1,
        name_id="Keluarga yang datanya diperiksa RT dalam 12 bulan",
        name_en="Families the RT looked at within 12 months",
        unit="persen", grain="month", rollup="last",
        method_id="Kartu keluarga yang dalam 12 bulan sebelum akhir kurun dinyatakan masih benar oleh RT, dibagi semua "
        "kartu keluarga, kali 100.",
        method_en="Family cards the RT found still right in the 12 months before the period's end, over all family "
        "cards, times 100.",
        sql=_SHARE.format(hit="v.looked IS NOT NULL") + _FAMILIES,
        records_sql="SELECT v.id::text AS record_id, " + _DIGEST.format("v.id, extract(epoch FROM v.looked)")
        + f"\n{_FAMILIES}ORDER BY v.id",
        sample_sql="SELECT left(v.id::text, 4) || '…' AS keluarga, v.looked::date AS diperiksa"
        f"\n{_FAMILIES}ORDER BY v.looked DESC NULLS LAST, v.id LIMIT 5",
        newest_sql="SELECT greatest((SELECT max(recorded_at) FROM civil_familycheck WHERE recorded_at < %(end)s), "
        "(SELECT max(recorded_at) FROM civil_peristiwa WHERE recorded_at < %(end)s), "
        "(SELECT max(recorded_at) FROM civil_personversion WHERE recorded_at < %(end)s))",
    ),
    Measure(
        code="siap_pak_rt.rts_active", version=1,
        name_id="RT yang aktif pada bulan itu", name_en="RTs at work in the month",
        unit="persen", grain="month", rollup="ratio",
        method_id="RT berpenduduk yang pada kurun itu mengirim laporan, memeriksa keluarga, atau mencatat tamu, dibagi "
        "semua RT berpenduduk, kali 100.",
        method_en="RTs with residents that sent a report, looked at a family or entered a guest in the period, over all "
        "RTs with residents, times 100.",
        sql=_SHARE.format(hit="w.days > 0") + _RTS,
        records_sql="SELECT w.id::text AS record_id, " + _DIGEST.format("w.id, w.days") + f"\n{_RTS}ORDER BY w.id",
        sample_sql=f"SELECT w.id AS rt, w.days AS hari_aktif\n{_RTS}ORDER BY w.days DESC, w.id LIMIT 5",
        newest_sql=_NEWEST,
    ),
]  # fmt: skip
