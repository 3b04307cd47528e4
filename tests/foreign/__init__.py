"""Objects of a foreign RT, one module for each area of work, for the matrix of who may open what.

A module gives `objects(world)`: what belongs to people of the foreign RT, by the address that opens it. A key is the
beginning of a path and the name of the value in it, "kependudukan/:person_id"; the longest beginning that fits is
taken. What names nobody (a clinic, an indicator, a verification code on paper) stands in `PUBLIC` the same way.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from pasti.kernel.accounts.models import User

HOME, ELSEWHERE = "99.01.01.1001.001.001", "99.01.01.1001.001.002"  # two RT of one RW
NAME, NIK, KK, STREET = "Zulkarnaen Terlarang", "9901011704751234", "9901011204181234", "Gang Rahasia Sembilan"
PURPOSE = "civil.pelayanan"


@dataclass
class World:
    """A resident of one RT and a family of the RT beside it, with accounts."""

    neighbour: UUID  # lives in HOME
    person: UUID  # the foreign head of a family in ELSEWHERE
    spouse: UUID
    family: UUID
    owner: User  # the foreign person's account
    secrets: tuple[str, ...] = (NAME, NIK, KK, STREET)
    found: dict[str, Any] = field(default_factory=dict)
    public: dict[str, Any] = field(default_factory=dict)

    def value_for(self, path: str, name: str) -> tuple[Any, bool] | None:
        """The value of `name` in a path and whether it belongs to the foreign RT; None when nobody has said."""
        for known, foreign in ((self.found, True), (self.public, False)):
            fits = [key for key in known if key.endswith(f":{name}") and path.startswith(key.rsplit(":", 1)[0])]
            if fits:
                return known[max(fits, key=len)], foreign
        return None


def gather(world: World) -> World:
    """Let every area put its objects into the world."""
    for module in pkgutil.iter_modules(__path__):
        area = importlib.import_module(f"{__name__}.{module.name}")
        world.public |= getattr(area, "PUBLIC", {})
        if hasattr(area, "objects"):
            made: Mapping[str, Any] = area.objects(world)
            world.found |= made
    return world
