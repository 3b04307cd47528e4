"""Numbers of cards: who has one, how long the counter took, how soon a revocation was in the list."""

from __future__ import annotations

from pasti.kernel.publish.types import Measure

_DIGEST = "encode(sha256(convert_to(concat_ws('|', {}), 'UTF8')), 'hex') AS digest"
_IN_AREA = "starts_with({} || '.', %(area)s || '.')"

# People who at the period's end had a card whose last step, as known then, was good, and that had not run out.
_HOLDERS = f"""FROM (
  SELECT s.person_id, max(s.id) AS step FROM (
    SELECT DISTINCT ON (t.card_id) t.id, t.card_id, t.person_id, t.step, t.rt_code FROM identity_cardstep t
    WHERE t.at < %(end)s AND t.at <= %(as_of)s AND %(start)s < %(end)s ORDER BY t.card_id, t.id DESC
  ) s JOIN identity_card c ON c.id = s.card_id
  WHERE s.step IN ('issued', 'resumed') AND c.expires_at >= least(%(end)s, %(as_of)s) AND {_IN_AREA.format("s.rt_code")}
  GROUP BY s.person_id
) h
"""
# Residents of seventeen or more at the period's end, from the register's ledger as known then.
_GROWN = f"""SELECT coalesce(sum(v.sign), 0) FROM civil_personversion v
WHERE v.recorded_at < %(end)s AND v.recorded_at <= %(as_of)s AND v.status_dasar = 1 AND {_IN_AREA.format("v.rt_code")}
  AND v.birth_date <= (%(end)s)::timestamptz::date - interval '17 years'"""
_DONE = f"""FROM identity_activation a
WHERE a.issued_at >= %(start)s AND a.issued_at < %(end)s AND a.issued_at <= %(as_of)s AND {_IN_AREA.format("a.rt_code")}
"""
_STOPPED = f"""FROM identity_cardstep s
WHERE s.step IN ('revoked', 'suspended') AND s.at >= %(start)s AND s.at < %(end)s AND s.at <= %(as_of)s
  AND {_IN_AREA.format("s.rt_code")}
"""


def _median(value: str, rows: str) -> str:
    return ("SELECT NULL::numeric AS numerator, NULL::numeric AS denominator, round((percentile_cont(0.5) WITHIN GROUP "
            f"(ORDER BY {value}))::numeric, 4) AS value, count(*) AS row_count\n{rows}")  # fmt: skip


_MINUTES = "extract(epoch FROM a.issued_at - a.seen_at) / 60"
_SECONDS = "extract(epoch FROM s.at - s.asked_at)"
MEASURES = [
    Measure(
        code="identity.card_holders", version=1,
        name_id="Penduduk 17 tahun ke atas yang memegang Kartu Warga Digital", unit="persen", grain="month", rollup="last",
        name_en="Residents of 17 and over who hold a Digital Resident Card",
        method_id="Orang yang pada akhir kurun itu memegang sedikitnya satu kartu yang berlaku (tidak ditangguhkan, dicabut, atau "
        "lewat waktu), dibagi penduduk hidup berusia 17 tahun ke atas, kali 100.",
        method_en="People who at the period's end held at least one valid card (not suspended, revoked or expired), over living "
        "residents of 17 and over, times 100.",
        sql=f"SELECT h.people AS numerator, g.people AS denominator, round(100.0 * h.people / nullif(g.people, 0), 4) AS value, "
        f"h.people AS row_count FROM (SELECT count(*) AS people {_HOLDERS}) h, ({_GROWN}) AS g (people)",
        records_sql="SELECT h.person_id::text AS record_id, " + _DIGEST.format("h.person_id, h.step")
        + f"\n{_HOLDERS}ORDER BY h.person_id",
        sample_sql=f"SELECT left(h.person_id::text, 4) || '…' AS orang\n{_HOLDERS}ORDER BY h.person_id LIMIT 5",
        newest_sql="SELECT greatest((SELECT max(at) FROM identity_cardstep WHERE at < %(end)s), "
        "(SELECT max(recorded_at) FROM civil_personversion WHERE recorded_at < %(end)s))",
    ),
    Measure(
        code="identity.activation_minutes", version=1,
        name_id="Median menit aktivasi Kartu Warga Digital", name_en="Median minutes of activating a Digital Resident Card",
        unit="menit", grain="month", rollup="last",
        method_id="Nilai tengah menit dari petugas mencatat dokumen yang dilihat sampai kartu pertama kali diterima dompet.",
        method_en="Median minutes from the officer's record of the document seen to the wallet's first receipt of the card.",
        sql=_median(_MINUTES, _DONE),
        records_sql="SELECT a.id::text AS record_id, "
        + _DIGEST.format("a.id, extract(epoch FROM a.seen_at), extract(epoch FROM a.issued_at)") + f"\n{_DONE}ORDER BY a.id",
        sample_sql=f"SELECT left(a.id::text, 4) || '…' AS aktivasi, round({_MINUTES}, 1) AS menit, left(a.rt_code, 13) AS kelurahan"
        f"\n{_DONE}ORDER BY a.id LIMIT 5",
        newest_sql="SELECT max(issued_at) FROM identity_activation WHERE issued_at < %(end)s",
    ),
    Measure(
        code="identity.revocation_delay", version=1,
        name_id="Median detik sampai pencabutan tampak", name_en="Median seconds until a revocation shows",
        unit="detik", grain="month", rollup="last",
        method_id="Nilai tengah detik dari diketahuinya sebab (peristiwa dicatat, kehilangan dilaporkan) sampai daftar status "
        "menyatakan kartu ditangguhkan atau dicabut.",
        method_en="Median seconds from the cause being known (event recorded, loss reported) to the status list saying that the "
        "card is suspended or revoked.",
        sql=_median(_SECONDS, _STOPPED),
        records_sql="SELECT s.id::text AS record_id, "
        + _DIGEST.format("s.card_id, s.step, extract(epoch FROM s.asked_at), extract(epoch FROM s.at)")
        + f"\n{_STOPPED}ORDER BY s.id",
        sample_sql=f"SELECT left(s.card_id::text, 4) || '…' AS kartu, s.why AS sebab, round({_SECONDS}, 3) AS detik"
        f"\n{_STOPPED}ORDER BY s.id DESC LIMIT 5",
        newest_sql="SELECT max(at) FROM identity_cardstep WHERE at < %(end)s",
    ),
]  # fmt: skip
