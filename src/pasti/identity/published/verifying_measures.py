"""Numbers of desks: presentations that held, by purpose, each a photocopy not made; and those that did not, by cause."""

from __future__ import annotations

from pasti.kernel.publish.types import Measure

_AREA = "starts_with(coalesce(nullif(r.place, ''), %(area)s) || '.', %(area)s || '.')"


def _rows(states: str) -> str:
    return (
        f"FROM identity_presentationrequest r JOIN identity_verifierpurpose p ON p.key = r.purpose_id "
        f"WHERE r.state IN ({states}) AND r.answered_at >= %(start)s AND r.answered_at < %(end)s "
        f"AND r.answered_at <= %(as_of)s AND {_AREA}\n"
    )


_PASSED, _JUDGED = _rows("'passed'"), _rows("'passed', 'failed'")
_DIGEST = (
    "encode(sha256(convert_to(concat_ws('|', r.id, r.purpose_id, r.state, r.cause, extract(epoch FROM r.answered_at)), "
    "'UTF8')), 'hex') AS digest"
)
_NEWEST = "SELECT max(answered_at) FROM identity_presentationrequest WHERE answered_at < %(end)s"
_COUNT = "SELECT count(*) AS numerator, NULL::bigint AS denominator, count(*) AS value, count(*) AS row_count\n"


def _records(rows: str) -> str:
    return f"SELECT r.id::text AS record_id, {_DIGEST}\n{rows}ORDER BY r.id"


_BY_PURPOSE = f"SELECT p.name AS tujuan, count(*) AS kali\n{_PASSED}GROUP BY p.name ORDER BY 2 DESC, 1 LIMIT 10"
MEASURES = [
    Measure(
        code="identity.verifications", version=1, name_id="Pemeriksaan Kartu Warga Digital yang sah",
        name_en="Digital Resident Cards checked and found good", unit="kali", grain="month", rollup="sum",
        method_id="Banyaknya jawaban atas permintaan meja yang sah pada kurun itu; contohnya dirinci menurut tujuan.",
        method_en="Answers to desks' questions that held in the period; the sample breaks them down by purpose.",
        sql=f"{_COUNT}{_PASSED}", records_sql=_records(_PASSED), sample_sql=_BY_PURPOSE, newest_sql=_NEWEST,
    ),
    Measure(
        code="identity.photocopies_avoided", version=1, name_id="Fotokopi KTP yang tidak perlu dibuat",
        name_en="Photocopies of the KTP not made", unit="lembar", grain="month", rollup="sum",
        method_id="Satu lembar untuk setiap pemeriksaan sah yang meminta NIK atau nama: di loket biasa itu satu fotokopi.",
        method_en="One sheet for each good check that asked for NIK or name: at a counter that would be one photocopy.",
        sql=f"{_COUNT}{_PASSED} AND r.claims && ARRAY['nik', 'name']::varchar[]",
        records_sql=_records(f"{_PASSED} AND r.claims && ARRAY['nik', 'name']::varchar[] "),
        sample_sql=_BY_PURPOSE, newest_sql=_NEWEST,
    ),
    Measure(
        code="identity.failed_presentations", version=1, name_id="Pemeriksaan yang tidak sah",
        name_en="Presentations that did not hold", unit="persen", grain="month", rollup="ratio",
        method_id="Jawaban yang tidak sah dibagi semua jawaban yang diperiksa pada kurun itu, kali 100; contohnya menurut sebab.",
        method_en="Answers that did not hold over all answers checked in the period, times 100; the sample shows causes.",
        sql="SELECT count(*) FILTER (WHERE r.state = 'failed') AS numerator, count(*) AS denominator, "
        "round(100.0 * count(*) FILTER (WHERE r.state = 'failed') / nullif(count(*), 0), 4) AS value, count(*) AS row_count\n"
        f"{_JUDGED}",
        records_sql=_records(_JUDGED), newest_sql=_NEWEST,
        sample_sql=f"SELECT r.cause AS sebab, count(*) AS kali\n{_JUDGED} AND r.state = 'failed' "
        "GROUP BY r.cause ORDER BY 2 DESC, 1 LIMIT 10",
    ),
]  # fmt: skip
