"""Numbers of letters: kept promises, days by step, asked online."""

from __future__ import annotations

from pasti.kernel.publish.types import Measure

_DIGEST = "encode(sha256(convert_to(concat_ws('|', {}), 'UTF8')), 'hex') AS digest"
# Letters issued in the period. The moments of issue and promise never change; a revocation leaves both.
_ISSUED = """FROM siap_pak_rt_letter l
WHERE l.issued_at >= %(start)s AND l.issued_at < %(end)s AND l.issued_at <= %(as_of)s
  AND starts_with(l.rt_code || '.', %(area)s || '.')
"""
_ASKED = """FROM siap_pak_rt_letter l
WHERE l.recorded_at >= %(start)s AND l.recorded_at < %(end)s AND l.recorded_at <= %(as_of)s
  AND starts_with(l.rt_code || '.', %(area)s || '.')
"""
_SAMPLE = "SELECT left(l.id::text, 4) || '…' AS surat, l.kind_id AS jenis, left(l.rt_code, 13) AS kelurahan"
LEVELS = (("rt", "Ketua RT", "the head of the RT"), ("rw", "Ketua RW", "the head of the RW"),
          ("kelurahan", "kelurahan", "the kelurahan"))  # fmt: skip


def _share(condition: str, rows: str) -> str:
    return f"""SELECT count(*) FILTER (WHERE {condition}) AS numerator, count(*) AS denominator,
  round(100.0 * count(*) FILTER (WHERE {condition}) / nullif(count(*), 0), 4) AS value, count(*) AS row_count
{rows}"""


def _steps(level: str) -> str:
    """Decisions of a level in the period; at the kelurahan the signature, not the check before it."""
    return f"""FROM siap_pak_rt_letterstep s
WHERE s.level = '{level}' AND s.verdict IN ('approve', 'refuse') AND s.state_after <> 'to_sign'
  AND s.started_at IS NOT NULL AND s.occurred_at >= %(start)s AND s.occurred_at < %(end)s AND s.recorded_at <= %(as_of)s
  AND starts_with(s.rt_code || '.', %(area)s || '.')
"""


def _median(level: str, name_id: str, name_en: str) -> Measure:
    rows = _steps(level)
    return Measure(
        code=f"siap_pak_rt.letters_days_{level}", version=1,
        name_id=f"Median lama surat di {name_id}", name_en=f"Median days of letters with {name_en}",
        unit="hari", grain="month", rollup="last",
        method_id=f"Nilai tengah hari kalender dari surat sampai di {name_id} sampai diputus, atas semua putusan pada kurun itu.",
        method_en=f"Median calendar days from a letter's arrival at {name_en} to the decision, over all decisions in the period.",
        sql="SELECT NULL::numeric AS numerator, NULL::numeric AS denominator, round((percentile_cont(0.5) WITHIN GROUP "
        "(ORDER BY extract(epoch FROM s.occurred_at - s.started_at) / 86400))::numeric, 4) AS value, count(*) AS row_count"
        f"\n{rows}",
        records_sql="SELECT s.id::text AS record_id, "
        + _DIGEST.format("s.letter_id, s.verdict, extract(epoch FROM s.started_at), extract(epoch FROM s.occurred_at)")
        + f"\n{rows}ORDER BY s.id",
        sample_sql="SELECT left(s.letter_id::text, 4) || '…' AS surat, s.verdict AS putusan, left(s.rt_code, 13) AS kelurahan, "
        f"round(extract(epoch FROM s.occurred_at - s.started_at) / 86400, 1) AS hari\n{rows}ORDER BY s.id DESC LIMIT 5",
        # A step may be recorded after its month: a device without a network hands in late.
        newest_sql="SELECT max(recorded_at) FROM siap_pak_rt_letterstep",
    )  # fmt: skip


MEASURES = [
    Measure(
        code="siap_pak_rt.letters_in_time", version=1,
        name_id="Surat yang terbit sesuai janji", name_en="Letters issued as promised", unit="persen", grain="month",
        rollup="ratio",
        method_id="Surat yang terbit pada kurun itu tidak lewat dari hari yang dijanjikan saat diminta, dibagi semua surat yang "
        "terbit, kali 100. Surat yang kemudian dicabut tetap dihitung.",
        method_en="Letters issued in the period no later than the day promised when they were asked for, over all letters issued, "
        "times 100. Letters revoked later still count.",
        sql=_share("l.issued_at < l.promised_until", _ISSUED),
        records_sql="SELECT l.id::text AS record_id, "
        + _DIGEST.format("l.number, extract(epoch FROM l.issued_at), extract(epoch FROM l.promised_until)")
        + f"\n{_ISSUED}ORDER BY l.id",
        sample_sql=f"{_SAMPLE}, l.issued_at::date AS terbit, l.promised_on AS dijanjikan\n{_ISSUED}ORDER BY l.id LIMIT 5",
        newest_sql="SELECT max(issued_at) FROM siap_pak_rt_letter WHERE issued_at < %(end)s",
    ),
    Measure(
        code="siap_pak_rt.letters_online", version=1,
        name_id="Surat yang diminta sendiri secara daring", name_en="Letters asked for online", unit="persen", grain="month",
        rollup="ratio",
        method_id="Surat yang diminta warga lewat web atau API dibagi semua surat yang diminta pada kurun itu, termasuk yang "
        "diminta di hadapan Ketua RT atau kelurahan, kali 100.",
        method_en="Letters residents asked for by web or API over all letters asked for in the period, those at the head of the RT "
        "or the kelurahan included, times 100.",
        sql=_share("l.channel <> 'counter'", _ASKED),
        records_sql="SELECT l.id::text AS record_id, " + _DIGEST.format("l.channel, l.kind_id, extract(epoch FROM l.recorded_at)")
        + f"\n{_ASKED}ORDER BY l.id",
        sample_sql=f"{_SAMPLE}, l.channel AS saluran, l.recorded_at::date AS diminta\n{_ASKED}ORDER BY l.id LIMIT 5",
        newest_sql="SELECT max(recorded_at) FROM siap_pak_rt_letter WHERE recorded_at < %(end)s",
    ),
    *(_median(*level) for level in LEVELS),
]  # fmt: skip
