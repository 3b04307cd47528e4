"""The rivers of the city pack."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from pasti.ews import pack
from pasti.ews.models import Gauge, RiskArea, River, Shelter, Siren
from pasti.kernel.places import pack as places
from pasti.telemetry.models import Datastream

PASURUAN = Path(__file__).parents[2] / "cities" / "pasuruan"


def section() -> pack.Section:
    """Kota Pasuruan's rivers."""
    return pack.Section.model_validate(yaml.safe_load((PASURUAN / "ews.yaml").read_text()))


@pytest.mark.django_db
def test_loading_the_rivers_twice_changes_nothing() -> None:
    first, second = pack.load(section()), pack.load(section())
    assert (second["created"], second["changed"]) == (0, 0)
    kept = (River, Gauge, RiskArea, Shelter, Siren)
    assert first["created"] == 1 + sum(model.objects.count() for model in kept)
    assert Datastream.objects.filter(watched=True).count() == Gauge.objects.count() == 9


def test_every_place_at_risk_is_a_place_of_the_city() -> None:
    rows = places.RtRwSection.model_validate(yaml.safe_load((PASURUAN / "rt_rw.yaml").read_text()))
    known = {one.code: one for one in rows.kelurahan}
    for river in section().rivers:
        for one in river.areas:
            there = known[one.place]
            assert one.rw is None or one.rw <= there.rw
            assert one.rt is None or one.rt <= -(-there.rt // there.rw)
