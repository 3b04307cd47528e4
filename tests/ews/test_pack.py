"""The rivers of the city pack."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from pasti.ews import pack
from pasti.ews.models import Gauge, RiskArea, River, Shelter, Siren
from pasti.ews.queries import risk
from pasti.kernel.places import pack as places
from pasti.telemetry.models import Datastream
from pasti.telemetry.rules.limits import read

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


@pytest.mark.django_db
def test_a_place_the_pack_names_no_more_is_out_of_use_and_its_history_stays() -> None:
    whole, shorter = section(), section()
    gone = shorter.rivers[0].areas.pop(0)
    shorter.rivers[0].areas[0].note = "2026-11-27: 20 cm"
    pack.load(whole)
    known = RiskArea.objects.count()
    assert pack.load(shorter)["changed"] == 2
    assert RiskArea.objects.count() == known
    left = RiskArea.objects.get(river="petung", place_code=gone.code, from_stage=gone.stage)
    assert left.retired_at is not None
    assert gone.code not in risk.areas_at("petung", 1)
    assert gone.code not in {one.place_code for one in risk.areas()}
    assert pack.load(shorter)["changed"] == 0
    pack.load(whole)
    left.refresh_from_db()
    assert left.retired_at is None


@pytest.mark.django_db
def test_level_gauges_are_tested_for_standing_still() -> None:
    pack.load(section())
    found = Datastream.objects.get(code="ews.petung-bokwedi")
    assert read(found.quality, found.interval_seconds).flat == (360, 720)
    assert "flat" not in Datastream.objects.get(code="ews.hujan-puspo").quality  # it does not rain for days


def test_every_place_at_risk_is_a_place_of_the_city() -> None:
    rows = places.RtRwSection.model_validate(yaml.safe_load((PASURUAN / "rt_rw.yaml").read_text()))
    known = {one.code: one for one in rows.kelurahan}
    for river in section().rivers:
        for one in river.areas:
            there = known[one.place]
            assert one.rw is None or one.rw <= there.rw
            assert one.rt is None or one.rt <= -(-there.rt // there.rw)
