"""What happened in the last two years: who was born, who died, who came and who left. With a chance of its own, so that
the people who live in the city are the same with or without their past.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from random import Random

from pasti.simulation.households import (
    HEAD,
    MARRIED,
    OTHER_KIN,
    SINGLE,
    WIDOWED,
    WIFE,
    Household,
    Resident,
)
from pasti.simulation.names import FEMALE, MALE, person_name

TWO_YEARS = 730
HUSBAND = 2
DEAD, GONE = 2, 3
DIED, CAME, LEFT = 0.35, 0.025, 0.02  # of widowed homes; of homes; of homes


@dataclass(frozen=True)
class Absent:
    """Somebody who lived in a home until a day: the relation on the card is who it was."""

    who: Resident
    status: int
    last: dt.date
    recorded: dt.date

    @property
    def kind(self) -> str:
        """The event's code."""
        return "death" if self.status == DEAD else "move_out"


class History:
    """Decides the past of homes, one after another."""

    def __init__(self, chance: Random, today: dt.date):
        self.chance, self.today = chance, today

    def arrival(self, home: Household) -> dt.date | None:
        """The day on which the whole home came from another city, if it did. Nobody in it was born since."""
        if self.chance.random() >= CAME:
            return None
        day = self._recent()
        return day if all(one.birth < self.today - dt.timedelta(TWO_YEARS) for one in home.members) else None

    def is_recent(self, day: dt.date) -> bool:
        """Whether a day lies in the two years."""
        return day > self.today - dt.timedelta(TWO_YEARS)

    def absent(self, home: Household) -> list[Absent]:
        """Who lived in this home and does not any more."""
        found = []
        head = home.members[0]
        if head.marital == WIDOWED and head.relation == HEAD and self.chance.random() < DIED:
            found.append(self._spouse(head))
        if self.chance.random() < LEFT:
            found.append(self._leaver(head))
        return found

    def _spouse(self, head: Resident) -> Absent:
        sex = MALE if head.sex == FEMALE else FEMALE
        born = head.birth + dt.timedelta(self.chance.randrange(-1500, 700))
        who = self._somebody(head, sex, born, WIFE if sex == FEMALE else HUSBAND, MARRIED)
        return self._until(who, DEAD)

    def _leaver(self, head: Resident) -> Absent:
        born = self.today - dt.timedelta(365 * self.chance.randint(20, 33) + self.chance.randrange(365))
        return self._until(self._somebody(head, self.chance.choice((MALE, FEMALE)), born, OTHER_KIN, SINGLE), GONE)

    def _somebody(self, head: Resident, sex: int, born: dt.date, relation: int, marital: int) -> Resident:
        muslim, chance = head.religion == 1, self.chance
        return Resident(
            sex, born, relation, marital, name=person_name(chance, sex, born.year, muslim=muslim), birth_place=head.birth_place,
            religion=head.religion, education=chance.choice((3, 4, 5)), occupation=chance.choice((15, 19, 88)), blood=13,
            father=person_name(chance, MALE, born.year - 29, muslim=muslim),
            mother=person_name(chance, FEMALE, born.year - 25, muslim=muslim),
        )  # fmt: skip

    def _until(self, who: Resident, status: int) -> Absent:
        day = self._recent()
        return Absent(who, status, day, min(self.today, day + dt.timedelta(self.chance.randrange(1, 25))))

    def _recent(self) -> dt.date:
        return self.today - dt.timedelta(self.chance.randrange(30, TWO_YEARS - 30))
