"""Measures of the waiting time: how true estimates are, and how many who booked do not come."""

from __future__ import annotations

from pasti.kernel.publish.types import Measure

_DIGEST = "encode(sha256(convert_to(concat_ws('|', {}), 'UTF8')), 'hex') AS digest"
# First estimates after check-in of patients called in the period, by the scores known at `as_of`.
_SCORES = """FROM purut_estimatescore t
WHERE t.first AND t.called_at >= %(start)s AND t.called_at < %(end)s AND t.recorded_at <= %(as_of)s AND %(area)s <> ''
"""
# Registrations that ended in the period with a visit begun or an absence recorded, by the stamps known at `as_of`.
_ENDED = """FROM (
  SELECT s.antrean_id AS id, bool_or(s.step = 'serving') AS seen, min(s.occurred_at) AS at
  FROM purut_antreanstep s
  WHERE s.step IN ('serving', 'no_show') AND s.occurred_at >= %(start)s AND s.occurred_at < %(end)s
    AND s.recorded_at <= %(as_of)s
  GROUP BY s.antrean_id
) e
WHERE %(area)s <> ''
"""


def _ratio(counted: str, rows: str) -> str:
    return f"""SELECT count(*) FILTER (WHERE {counted}) AS numerator, count(*) AS denominator,
  round(100.0 * count(*) FILTER (WHERE {counted}) / nullif(count(*), 0), 4) AS value, count(*) AS row_count
{rows}"""


_SCORE_RECORDS = "SELECT t.estimate_id::text AS record_id, " + _DIGEST.format(
    "t.estimate_id, t.error_minutes, t.inside, extract(epoch FROM t.called_at)"
) + f"\n{_SCORES}ORDER BY t.estimate_id"  # fmt: skip
_SCORE_SAMPLE = (
    "SELECT 'perkiraan ' || t.estimate_id AS catatan, round(t.error_minutes::numeric, 1) AS selisih_menit, "
    f"t.inside AS dalam_rentang, t.called_at::date AS hari\n{_SCORES}ORDER BY t.estimate_id DESC LIMIT 5"
)
_SCORE_NEWEST = "SELECT max(recorded_at) FROM purut_estimatescore"

MEASURES = [
    Measure(
        code="purut.estimate_error", version=1,
        name_id="Selisih perkiraan waktu panggil", name_en="Error of the estimated time of call",
        unit="menit", grain="month", rollup="last",
        method_id="Rata-rata selisih mutlak, dalam menit, antara perkiraan pertama sesudah pasien check-in dan panggilan "
        "pertamanya, atas semua pasien yang dipanggil pada kurun itu. Dihitung pada malam harinya.",
        method_en="Mean absolute difference, in minutes, between the first estimate after check-in and the first call, over "
        "all patients called in the period. Scored in the night after.",
        sql="SELECT NULL::numeric AS numerator, NULL::numeric AS denominator, "
        f"round(avg(t.error_minutes)::numeric, 4) AS value, count(*) AS row_count\n{_SCORES}",
        records_sql=_SCORE_RECORDS, sample_sql=_SCORE_SAMPLE, newest_sql=_SCORE_NEWEST,
    ),
    Measure(
        code="purut.share_in_window", version=1,
        name_id="Pasien yang dipanggil dalam rentang yang dijanjikan", name_en="Patients called within the promised window",
        unit="persen", grain="month", rollup="ratio",
        method_id="Pasien yang panggilan pertamanya jatuh di dalam rentang perkiraan pertama sesudah check-in, dibagi semua "
        "pasien yang dipanggil pada kurun itu dan mendapat perkiraan, kali 100. Rentang dirancang untuk 80 dari 100.",
        method_en="Patients whose first call fell within the first window told after check-in, over all patients called in "
        "the period who were told one, times 100. The window is made for 80 of 100.",
        sql=_ratio("t.inside", _SCORES), records_sql=_SCORE_RECORDS, sample_sql=_SCORE_SAMPLE, newest_sql=_SCORE_NEWEST,
    ),
    Measure(
        code="purut.no_show_rate", version=1,
        name_id="Pasien terdaftar yang tidak hadir", name_en="Registered patients who did not come",
        unit="persen", grain="month", rollup="ratio",
        method_id="Pendaftaran yang dicatat tidak hadir pada kurun itu dibagi semua yang dicatat tidak hadir atau mulai dilayani, "
        "kali 100. Yang dibatalkan tidak dihitung. Ketidakhadiran dicatat pada malam sesudah hari kunjungan.",
        method_en="Registrations recorded as absent in the period over all recorded as absent or begun to be served, times 100. "
        "Cancelled ones do not count. Absence is recorded in the night after the day of the visit.",
        sql=_ratio("NOT e.seen", _ENDED),
        records_sql="SELECT e.id::text AS record_id, " + _DIGEST.format("e.id, e.seen, extract(epoch FROM e.at)")
        + f"\n{_ENDED}ORDER BY e.id",
        sample_sql="SELECT 'antrean ' || e.id AS catatan, CASE WHEN e.seen THEN 'dilayani' ELSE 'tidak hadir' END AS hasil, "
        f"e.at::date AS hari\n{_ENDED}ORDER BY e.id DESC LIMIT 5",
        newest_sql="SELECT max(recorded_at) FROM purut_antreanstep",
    ),
]  # fmt: skip
