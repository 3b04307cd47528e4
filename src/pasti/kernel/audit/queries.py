"""Reading the audit log: a person's own trail, and the proof that nothing in it was altered."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from pasti.kernel.audit.models import Entry


@dataclass(frozen=True)
class ChainCheck:
    """Outcome of a verification: rows and seals read, and the first thing found wrong, in words."""

    rows: int
    seals: int
    fault: str = ""

    @property
    def intact(self) -> bool:
        """True when every row and seal is as it was written."""
        return not self.fault


def trail_of(person_id: UUID) -> QuerySet[Entry]:
    """Everything read or changed about one person, newest first."""
    return Entry.objects.filter(subject_id=person_id).order_by("-id")


_ALTERED = "SELECT id FROM audit_entry e WHERE row_hash IS DISTINCT FROM audit_row_hash(e) ORDER BY id LIMIT 1"
_BROKEN = """
SELECT s.first_id, s.last_id FROM (
  SELECT *, lag(digest, 1, ''::bytea) OVER w AS before, lag(last_id, 1, 0::bigint) OVER w AS before_id
  FROM audit_seal WINDOW w AS (ORDER BY last_id)
) s CROSS JOIN LATERAL (
  SELECT count(*) AS n, string_agg(row_hash, ''::bytea ORDER BY id) AS content
  FROM audit_entry WHERE id > s.before_id AND id <= s.last_id
) r
WHERE s.previous <> s.before OR s.row_count <> r.n
   OR s.digest <> sha256(s.before || coalesce(r.content, ''::bytea))
ORDER BY s.last_id LIMIT 1
"""


def verify_chain() -> ChainCheck:
    """Recompute every row hash and every seal. Names the altered row, or the stretch where rows are missing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM audit_entry), (SELECT count(*) FROM audit_seal)")
        rows, seals = cursor.fetchone()
        cursor.execute(_ALTERED)
        if altered := cursor.fetchone():
            return ChainCheck(rows, seals, f"row {altered[0]} was altered")
        cursor.execute(_BROKEN)
        if broken := cursor.fetchone():
            return ChainCheck(rows, seals, f"the stretch of rows {broken[0]}-{broken[1]} does not match its seal")
    return ChainCheck(rows, seals)
