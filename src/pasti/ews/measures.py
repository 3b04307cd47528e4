"""Measures of early warning: whether floods were warned of, how long before, how often for nothing; drills that were whole.

Each counts the newest review of a real episode known at `as_of`; a review is a line of the timeline and never changes.
POD and FAR after WMO/TD-No. 1485; an episode belongs to the period in which it began.
"""

from __future__ import annotations

from pasti.kernel.publish.types import Measure

_REVIEWS = """FROM (
  SELECT DISTINCT ON (n.episode_id) n.episode_id, n.id, n.facts ->> 'outcome' AS outcome,
    (n.facts ->> 'lead_minutes')::numeric AS lead, n.recorded_at
  FROM ews_note n JOIN ews_episode e ON e.id = n.episode_id
  WHERE n.kind = 'review' AND e.drill_id IS NULL AND e.began_at >= %(start)s AND e.began_at < %(end)s
    AND n.recorded_at <= %(as_of)s AND %(area)s <> ''
  ORDER BY n.episode_id, n.recorded_at DESC, n.id DESC
) r
"""
_DIGEST = "encode(sha256(convert_to(concat_ws('|', {}), 'UTF8')), 'hex') AS digest"
_NEWEST = "SELECT max(recorded_at) FROM ews_note WHERE kind = 'review'"


def _share(part: str, whole: str) -> str:
    return f"""SELECT count(*) FILTER (WHERE r.outcome = '{part}') AS numerator, count(*) AS denominator,
  round(100.0 * count(*) FILTER (WHERE r.outcome = '{part}') / nullif(count(*), 0), 4) AS value, count(*) AS row_count
{_REVIEWS}WHERE r.outcome IN ('{part}', '{whole}')"""


def _proof(condition: str) -> dict[str, str]:
    return {
        "records_sql": "SELECT r.episode_id::text AS record_id, "
        + _DIGEST.format("r.id, r.outcome, r.lead, extract(epoch FROM r.recorded_at)")
        + f"\n{_REVIEWS}WHERE {condition} ORDER BY r.episode_id",
        "sample_sql": "SELECT 'episode ' || r.episode_id AS catatan, r.outcome AS hasil, r.lead AS menit_tenggang, "
        f"r.recorded_at::date AS dievaluasi\n{_REVIEWS}WHERE {condition} ORDER BY r.episode_id DESC LIMIT 5",
        "newest_sql": _NEWEST,
    }


_LEAD = f"""SELECT NULL::numeric AS numerator, NULL::numeric AS denominator,
  round((percentile_cont(0.5) WITHIN GROUP (ORDER BY r.lead))::numeric, 4) AS value, count(*) AS row_count
{_REVIEWS}WHERE r.outcome = 'hit'"""
_DRILLS = """FROM ews_drill d
WHERE d.planned_at >= %(start)s AND d.planned_at < %(end)s AND d.planned_at <= %(as_of)s AND %(area)s <> ''
"""
_WHOLE = "d.ended_at <= %(as_of)s AND (d.score ->> 'complete')::boolean"

_TASKS = """FROM ews_rttask t JOIN ews_warning w ON w.id = t.warning_id
WHERE w.status = 'actual' AND w.sent_at >= %(start)s AND w.sent_at < %(end)s AND t.asked_at <= %(as_of)s AND %(area)s <> ''
"""
_REACHED = "t.warned_at <= w.sent_at + interval '10 minutes' AND t.warned_at <= %(as_of)s"

MEASURES = [
    Measure(
        code="ews.lead_time", version=1, name_id="Waktu tenggang peringatan banjir", name_en="Flood warning lead time",
        unit="menit", grain="month", rollup="last",
        method_id="Median menit dari peringatan pertama sampai jalan pertama tergenang, atas banjir yang terperingatkan dan "
        "sudah dievaluasi. Latihan tidak dihitung.",
        method_en="Median minutes from the first warning to the first street under water, over floods that were warned of "
        "and reviewed. Drills do not count.",
        sql=_LEAD, **_proof("r.outcome = 'hit'"),
    ),
    Measure(
        code="ews.detection", version=1, name_id="Banjir yang terperingatkan (POD)", name_en="Floods warned of (POD)",
        unit="persen", grain="month", rollup="ratio",
        method_id="Banjir yang peringatannya terbit sebelum jalan pertama tergenang dibagi semua banjir yang dievaluasi, kali 100.",
        method_en="Floods whose warning came before the first street was under water over all floods reviewed, times 100.",
        sql=_share("hit", "miss"), **_proof("r.outcome IN ('hit', 'miss')"),
    ),
    Measure(
        code="ews.false_alarms", version=1, name_id="Peringatan tanpa banjir (FAR)", name_en="Warnings without a flood (FAR)",
        unit="persen", grain="month", rollup="ratio",
        method_id="Peringatan yang tidak diikuti genangan dibagi semua peringatan yang dievaluasi, kali 100.",
        method_en="Warnings that no water followed over all warnings reviewed, times 100.",
        sql=_share("false", "hit"), **_proof("r.outcome IN ('hit', 'false')"),
    ),
    Measure(
        code="ews.drills", version=1, name_id="Latihan peringatan dini yang lengkap", name_en="Whole early warning drills",
        unit="persen", grain="quarter", rollup="ratio",
        method_id="Latihan yang selesai dengan peringatan, laporan lapangan dan pernyataan aman dibagi latihan yang direncanakan "
        "pada kurun itu, kali 100.",
        method_en="Drills ended with a warning, a report from the street and an all-clear over the drills planned in the "
        "period, times 100.",
        sql=f"""SELECT count(*) FILTER (WHERE {_WHOLE}) AS numerator, count(*) AS denominator,
  round(100.0 * count(*) FILTER (WHERE {_WHOLE}) / nullif(count(*), 0), 4) AS value, count(*) AS row_count
{_DRILLS}""",
        records_sql="SELECT d.id::text AS record_id, "
        + _DIGEST.format(f"d.id, extract(epoch FROM d.planned_at), coalesce(({_WHOLE}), false)") + f"\n{_DRILLS}ORDER BY d.id",
        sample_sql="SELECT d.name AS latihan, d.planned_at::date AS rencana, d.ended_at::date AS selesai\n"
        f"{_DRILLS}ORDER BY d.id DESC LIMIT 5",
    ),
    Measure(
        code="ews.reached_in_10", version=1, name_id="Warga terancam yang terjangkau dalam 10 menit",
        name_en="Residents at risk reached within 10 minutes", unit="persen", grain="month", rollup="ratio",
        method_id="Warga (jumlahnya saat peringatan terbit) di RT yang ketuanya menyatakan sudah memperingatkan dalam 10 menit "
        "sejak terbit, dibagi warga di semua RT yang ketuanya diminta memperingatkan, kali 100. Latihan tidak dihitung.",
        method_en="Residents (as counted when the warning was issued) of RTs whose head said within 10 minutes of issue that "
        "the RT is warned, over residents of all RTs whose head was asked to warn, times 100. Drills do not count.",
        sql=f"""SELECT sum(t.people) FILTER (WHERE {_REACHED}) AS numerator, sum(t.people) AS denominator,
  round(100.0 * sum(t.people) FILTER (WHERE {_REACHED}) / nullif(sum(t.people), 0), 4) AS value, count(*) AS row_count
{_TASKS}""",
        records_sql="SELECT t.id::text AS record_id, "
        + _DIGEST.format(f"t.id, t.place_code, t.people, coalesce(({_REACHED}), false)") + f"\n{_TASKS}ORDER BY t.id",
        sample_sql="SELECT 'RT ' || t.place_code AS catatan, t.people AS warga, w.sent_at AS terbit, t.warned_at AS diperingatkan\n"
        f"{_TASKS}ORDER BY t.id DESC LIMIT 5",
    ),
]  # fmt: skip
