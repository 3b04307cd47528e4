"""Picking out of the synthetic city whom the demo and the tests are about."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from pasti.platform.database import owner_connection

_FAMILY = """
SELECT p.id, p.name, p.rt_code FROM civil_membership m JOIN civil_person p ON p.id = m.person_id
WHERE m.relation = 1 AND m.ends IS NULL AND (p.rt_code = %(area)s OR starts_with(p.rt_code, %(area)s || '.'))
  AND p.birth_date < date '2001-01-01' AND p.nik IS NOT NULL
  AND 2 <= (SELECT count(*) FROM civil_membership c JOIN civil_person k ON k.id = c.person_id
            WHERE c.family_id = m.family_id AND c.relation = 4 AND c.ends IS NULL AND k.birth_date > date '2012-01-01'
              AND k.nik IS NOT NULL)
ORDER BY p.rt_code, p.id LIMIT 1
"""


@dataclass(frozen=True)
class ExampleFamily:
    """The head of a family with at least two children, and where they live."""

    person_id: UUID
    name: str
    rt: str

    @property
    def kelurahan(self) -> str:
        """The code of their kelurahan."""
        return self.rt.rsplit(".", 2)[0]


def example_family(home: str) -> ExampleFamily:
    """The first family with young children in the area `home`, else anywhere. Raises LookupError without any."""
    with owner_connection() as connection:
        for area in (home, home.rsplit(".", 1)[0], ".".join(home.split(".")[:2])):
            row = connection.execute(_FAMILY, {"area": area}).fetchone()
            if row:
                return ExampleFamily(*row)
    raise LookupError("no family with children: build the synthetic city first")
