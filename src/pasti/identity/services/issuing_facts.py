"""What the register says of a person today, as a card would say it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pasti.civil import queries as register
from pasti.identity.rules import claims as rules
from pasti.identity.rules import jws
from pasti.identity.services.issuing_codes import facts_digest
from pasti.kernel import clock
from pasti.kernel.places import queries as places

PURPOSE = "identity.kartu"
READING = register.Reading(PURPOSE, "identity.card.compared")


@dataclass(frozen=True)
class Told:
    """The claims of a person, a keyed digest of what in them does not come with age, and where the person lives."""

    claims: dict[str, Any]
    digest: str
    rt_code: str


def told(person_id: UUID) -> Told | None:
    """What a card issued today would say; None for who is not a living resident with a NIK. The read is recorded."""
    known = register.facts_of(person_id, register.FACTS, READING)
    if not known.get("nik"):
        return None
    rt_code = known.pop("rt_code")
    chain = {one.level: one.name for one in places.ancestors(rt_code)}
    *_rest, rw, rt = rt_code.split(".")
    facts = rules.Facts(**known, rt=rt, rw=rw, kelurahan=chain.get("kelurahan", ""), kecamatan=chain.get("kecamatan", ""),
                        city=chain.get("city", ""))  # fmt: skip
    made = rules.claims_of(facts, clock.today())
    lasting = {name: value for name, value in made.items() if not name.startswith("age_over_")}
    return Told(made, facts_digest(jws.dump(sorted(lasting.items()))), rt_code)
