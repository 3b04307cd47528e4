"""A thousand after the places of ten sessions while parts are killed: no invariant of the queues breaks."""

from __future__ import annotations

import pytest

from tests.platform.queue_race import Race, hurting
from tests.platform_process import Platform

pytestmark = pytest.mark.platform


def test_a_thousand_race_for_places_while_parts_are_killed(platform: Platform) -> None:
    race = Race(platform, bookings=1000, sessions=10, places=60, hands=12, seed=7)
    race.run(hurting(["web", "worker", "database"], (0.5, 1.5), most=3))
    assert race.faults() == []
    assert race.told.acts["cancel 200"]
    assert race.told.acts["join 201"]
    checked = platform.command("check-queues")
    assert checked.returncode == 0, checked.stdout
