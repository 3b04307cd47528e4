"""What must hold of every queue at every moment, counted from the rows themselves: `pasti check-queues`.

Each invariant is one statement over all rows, so that a hospital with a million registrations is looked through in
seconds, and all of them see one moment. Constraints of the database forbid most of what is looked for: here it is
looked for again, without trusting them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import connection, transaction

from pasti.purut.rules.states import ACTIVE, FOLLOWS, State
from pasti.purut.services.places import ONLINE

EXAMPLES = 3


class Cursor(Protocol):
    """What of a database cursor is needed here."""

    def execute(self, query: Any, params: Any = None, /) -> Any:
        """Run a statement."""

    def fetchone(self) -> Any:
        """The next row."""


@dataclass(frozen=True)
class Invariant:
    """`sql` gives a row for each thing looked at: by what it is found, and whether the invariant is broken there."""

    code: str
    words: str
    sql: str


@dataclass(frozen=True)
class Finding:
    """How many rows an invariant was checked on, how many break it, and where to look first."""

    invariant: Invariant
    looked_at: int
    broken: int
    examples: tuple[str, ...]


# Everything but a cancelled registration keeps its place: an offer before it is accepted, an absence after the day too.
_COUNTED = """SELECT sesi_id, count(*) FILTER (WHERE payer = 'jkn') AS jkn, count(*) FILTER (WHERE payer <> 'jkn') AS nonjkn,
  count(*) FILTER (WHERE channel = ANY (%(online)s)) AS online,
  count(*) FILTER (WHERE channel <> ALL (%(online)s)) AS walkin
FROM purut_antrean WHERE state <> 'cancelled' GROUP BY sesi_id"""
_COUNTERS = f"""SELECT 'sesi ' || s.id, (s.used_jkn, s.used_nonjkn, s.used_online, s.used_walkin) IS DISTINCT FROM
  (coalesce(n.jkn, 0)::int, coalesce(n.nonjkn, 0)::int, coalesce(n.online, 0)::int, coalesce(n.walkin, 0)::int)
FROM purut_sesi s LEFT JOIN ({_COUNTED}) n ON n.sesi_id = s.id"""
_QUOTAS = f"""SELECT 'sesi ' || s.id, n.jkn > s.quota_jkn OR n.nonjkn > s.quota_nonjkn OR n.online > s.quota_online
  OR n.walkin > s.quota_walkin
FROM purut_sesi s JOIN ({_COUNTED}) n ON n.sesi_id = s.id"""
_NUMBERS = """SELECT 'sesi ' || s.id, (n.total, n.different, n.first, n.last) IS DISTINCT FROM
  (s.last_number::bigint, s.last_number::bigint, 1, s.last_number)
FROM purut_sesi s LEFT JOIN (SELECT sesi_id, count(*) AS total, count(DISTINCT number) AS different, min(number) AS first,
  max(number) AS last FROM purut_antrean GROUP BY sesi_id) n ON n.sesi_id = s.id
WHERE s.last_number > 0 OR n.total > 0"""
_ONE_ACTIVE = """SELECT concat_ws(' ', 'pasien', patient_id, poli_id, date), count(*) > 1
FROM purut_antrean WHERE state = ANY (%(active)s) GROUP BY patient_id, poli_id, date"""
_PATHS = """SELECT a.code, w.antrean_id IS NULL OR NOT w.allowed OR w.last <> a.state
FROM purut_antrean a LEFT JOIN (
  SELECT antrean_id, bool_and(coalesce(before, '') || '>' || step = ANY (%(follows)s)) AS allowed,
    max(step) FILTER (WHERE after IS NULL) AS last
  FROM (SELECT antrean_id, step, lag(step) OVER way AS before, lead(step) OVER way AS after FROM purut_antreanstep
    WINDOW way AS (PARTITION BY antrean_id ORDER BY id)) steps
  GROUP BY antrean_id) w ON w.antrean_id = a.id"""
# Numbers of a session are given out one after another, so of two offers the one with the lower number was made first.
# Who was registered at the clinic that day already, or whose referral was in use, could not be asked just then; what
# ended in the seconds before may not have been seen yet by the one who offered.
_WAITING = """WITH list AS (
  SELECT t.id, t.sesi_id, t.patient_id, t.referral_no, (t.payer = 'jkn', t.channel = ANY (%(online)s)) AS places, t.state,
    t.antrean_id, o.number, o.recorded_at AS offered_at
  FROM purut_tunggu t LEFT JOIN purut_antrean o ON o.id = t.antrean_id WHERE t.state <> 'left')
SELECT 'tunggu ' || later.id, EXISTS (
  SELECT FROM list earlier JOIN purut_sesi s ON s.id = earlier.sesi_id
  WHERE earlier.sesi_id = later.sesi_id AND earlier.id < later.id AND earlier.places = later.places
    AND (earlier.state = 'waiting' OR earlier.number > later.number)
    AND NOT EXISTS (
      SELECT FROM purut_antrean o
      WHERE (o.patient_id = earlier.patient_id AND o.poli_id = s.poli_id AND o.date = s.date
          OR earlier.referral_no <> '' AND o.referral_no = earlier.referral_no)
        AND o.id IS DISTINCT FROM earlier.antrean_id AND o.recorded_at <= later.offered_at
        AND NOT EXISTS (SELECT FROM purut_antreanstep e
          WHERE e.antrean_id = o.id AND e.recorded_at < later.offered_at - interval '5 seconds'
            AND e.step IN ('cancelled', 'no_show', 'pharmacy', 'done'))))
FROM list later WHERE later.state = 'served'"""
_OFFERS = """SELECT coalesce(a.code, 'tunggu ' || t.id), CASE WHEN t.id IS NULL
    THEN a.held_until IS NULL OR s.state <> 'open' OR a.number > s.last_number OR a.replaces_id IS NULL
    ELSE a.id IS NULL OR (a.sesi_id, a.patient_id) <> (t.sesi_id, t.patient_id)
      OR a.state = 'held' AND (a.held_until IS NULL OR s.state <> 'open' OR a.number > s.last_number) END
FROM (SELECT * FROM purut_tunggu WHERE state = 'served') t
FULL JOIN (SELECT * FROM purut_antrean WHERE state = 'held' OR id IN (SELECT antrean_id FROM purut_tunggu)) a
  ON a.id = t.antrean_id
LEFT JOIN purut_sesi s ON s.id = a.sesi_id"""
_KEYS = """SELECT 'kunci ' || k.id, k.code IS NULL OR a.id IS NULL OR count(*) OVER (PARTITION BY k.code) > 1
FROM (SELECT id, CASE WHEN operation = 'purut.web.book' THEN nullif(body, '')
    WHEN status = 201 THEN body::jsonb ->> 'code' END AS code
  FROM api_keptanswer WHERE operation IN ('book', 'purut.web.book')) k
LEFT JOIN purut_antrean a ON a.code = k.code"""
_CODES = "SELECT code, count(*) > 1 OR code !~ '^[0-9A-HJKMNP-TV-Z]{8}$' FROM purut_antrean GROUP BY code"

INVARIANTS = (
    Invariant("counters", "the counters of a session are its registrations counted", _COUNTERS),
    Invariant("quotas", "no session holds more registrations than places, by payer and by way", _QUOTAS),
    Invariant("numbers", "the numbers of a session run from 1 to the last without gap or double", _NUMBERS),
    Invariant("one-active", "a patient has one active registration a clinic and day", _ONE_ACTIVE),
    Invariant("paths", "the steps of a registration are an allowed way, and its state is the last of them", _PATHS),
    Invariant("waiting-order", "who joined a waiting list first is offered a place of the same kind first", _WAITING),
    Invariant("offers", "an offer holds a place of an open session until a moment, for whom it was made", _OFFERS),
    Invariant("keys", "a kept answer leads to one booking, and no booking has two", _KEYS),
    Invariant("codes", "booking codes are unique and well formed", _CODES),
)
_COUNT = (
    "SELECT count(*), count(*) FILTER (WHERE broken), (array_agg(what) FILTER (WHERE broken))[1:{}] "
    "FROM ({}) AS looked_at (what, broken)"
)


def check() -> list[Finding]:
    """Look at every invariant, all as of one moment, also while people book."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return findings(cursor)


def findings(cursor: Cursor) -> list[Finding]:
    """The same in the transaction of `cursor`."""
    values = _values()
    return [_finding(cursor, one, values) for one in INVARIANTS]


def _finding(cursor: Cursor, one: Invariant, values: Mapping[str, Any]) -> Finding:
    cursor.execute(_COUNT.format(EXAMPLES, one.sql), values)
    looked_at, broken, examples = cursor.fetchone()
    return Finding(one, looked_at, broken, tuple(examples or ()))


def _values() -> dict[str, Any]:
    steps = [f"{before}>{then}" for before, following in FOLLOWS.items() for then in following]
    return {
        "online": sorted(ONLINE),
        "active": sorted(map(str, ACTIVE)),
        "follows": [f">{State.HELD}", f">{State.BOOKED}", *steps],
    }
