"""A gauge warns when the water does, and never because of a bad reading; how the readings come makes no difference."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace

import pytest

from pasti.ews.rules.config import GaugeRules, RainRules, RiseRules
from pasti.ews.rules.memory import Memory, StageChange, Surroundings
from pasti.ews.rules.readings import BAD, MISSING, NOT_EVALUATED, SUSPECT, Kind
from tests.ews.gauges import CITY, UPSTREAM, Watched, levels, minute, rising

DRY = [80.0, 81.0, 80.0, 82.0]


def test_two_of_three_readings_over_a_limit_propose_its_stage_and_say_why() -> None:
    gauge = Watched().play(levels([150 - 20, 145, 195, 206, 214]))
    assert gauge.warned == [("level", 1), ("level", 2)]
    last = gauge.found[-1]
    assert last.at == minute(15), "the crossing was one reading before it was believed"
    assert last.evidence["level_cm"] == 214
    assert last.evidence["limit_cm"] == 200
    assert last.sentence_id.startswith("Tinggi air 214 cm, di atas batas siaga 200 cm, 2 dari 3 bacaan terakhir")
    assert last.sentence_en.startswith(
        "Water level 214 cm, above the watch limit of 200 cm in 2 of the last 3 readings"
    )


def test_rise_over_several_limits_at_once_proposes_the_highest() -> None:
    assert Watched().play(levels([190, 255, 300])).warned[-1] == ("level", 3)


def test_one_value_over_the_limit_warns_nobody() -> None:
    assert Watched().play(levels([140, 160, 140, 140, 160, 140, 140])).warned == []


def test_stage_is_let_down_only_after_the_hold_under_limit_and_hysteresis() -> None:
    gauge = Watched().play(levels([160, 160, *[145] * 20]))
    assert gauge.memory.stage == 1, "145 is under 150, not under 140"
    gauge.play(levels([135] * 6, first=110))
    assert gauge.memory.stage == 1, "25 minutes are less than the hold"
    gauge.play(levels([135], first=140))
    assert gauge.memory.stage == 0
    lowered = gauge.found[-1]
    assert (lowered.rule, lowered.lowers, lowered.stage) == ("lowered", True, 0)
    assert "waspada ke normal" in lowered.sentence_id


def test_pause_in_the_readings_is_no_part_of_the_hold() -> None:
    gauge = Watched().play(levels([160, 160, 135])).play(levels([135], first=60))
    assert gauge.memory.stage == 1
    assert gauge.play(levels([135] * 7, first=65)).memory.stage == 0


def test_level_that_wavers_around_a_limit_warns_once() -> None:
    assert Watched().play(levels([149, 151, 152, 148, 152, 147, 153, 149] * 12)).warned == [("level", 1)]


def test_the_same_stage_after_an_all_clear_is_a_new_warning() -> None:
    up_down = levels([160] * 3 + [120] * 8 + [160] * 3)
    keys = [one.key for one in Watched().play(up_down).found]
    assert len(set(keys)) == 3, "raised, lowered, raised: none may be taken for another"


def test_a_second_wave_in_the_same_episode_is_a_new_warning() -> None:
    gauge = Watched().play(levels([210] * 3 + [170] * 8 + [210] * 3))
    assert gauge.warned == [("level", 2), ("level", 2)]
    assert gauge.found[0].key != gauge.found[-1].key
    assert gauge.found[0].key.split(".")[0] == gauge.found[-1].key.split(".")[0], "of one episode"


@pytest.mark.parametrize("quality", [SUSPECT, BAD, MISSING])
def test_bad_readings_neither_raise_nor_clear(quality: int) -> None:
    assert Watched().play(levels([300] * 10, quality=quality)).found == []
    flooded = Watched().play(levels([210] * 3)).play(levels([50] * 30, first=15, quality=quality))
    assert flooded.memory.stage == 2


def test_unevaluated_readings_count_where_the_city_says_so() -> None:
    readings = levels([160] * 3, quality=NOT_EVALUATED)
    assert Watched().play(readings).warned == []
    assert Watched(replace(CITY, counting=frozenset({1, 2}))).play(readings).warned == [("level", 1)]


@pytest.mark.parametrize("value", [math.nan, math.inf, -9999.0, 0.0, None, 99_999.0])
def test_what_is_no_level_is_no_reading(value: float | None) -> None:
    assert Watched().play(levels([value] * 5)).memory == Memory()
    assert Watched().play(levels([210, 210, *[value] * 20])).memory.stage == 2


def test_spike_of_three_metres_on_a_dry_day_warns_nobody_nor_does_a_pair() -> None:
    for spikes in ([380.0], [380.0, 381.0]):
        assert Watched().play(levels([*DRY, *spikes, *DRY, *DRY])).found == []


def test_flash_flood_faster_than_water_is_thought_to_rise_is_believed_at_the_third_reading() -> None:
    gauge = Watched().play(levels([80, 80, 300, 305]))
    assert gauge.warned == []
    assert gauge.play(levels([310], first=20)).warned == [("level", 3)]


def test_dropout_during_a_flood_clears_nothing_and_the_flood_goes_on_after_it() -> None:
    gauge = Watched().play(levels([210] * 3 + [4] * 24 + [215, 216, 260, 262]))
    assert gauge.warned == [("level", 2), ("level", 3)]
    assert not any(one.lowers for one in gauge.found)


def test_level_in_metres_never_counts() -> None:
    gauge = Watched().play(levels([210] * 3 + [2.1] * 100))
    assert gauge.memory.stage == 2
    assert gauge.memory.heard_at == minute(10), "for silence and its rule the gauge has said nothing since"


def test_reading_from_the_future_counts_for_nothing_and_blocks_nothing() -> None:
    ahead = [replace(one, at=one.at + dt.timedelta(hours=7)) for one in levels([300] * 4)]
    gauge = Watched().play(ahead)
    assert gauge.memory == Memory()
    assert gauge.play(levels([160, 160], first=20)).warned == [("level", 1)]


def test_backfill_older_than_the_horizon_does_not_fire_but_one_just_late_does() -> None:
    old = [replace(one, received=minute(180)) for one in levels([300] * 4)]
    late = [replace(one, received=minute(30)) for one in levels([160] * 4, first=5)]
    assert Watched().look(old, minute(180)).warned == []
    assert Watched().look(late, minute(30)).warned == [("level", 1)]


def test_late_reading_neither_raises_nor_clears_once_a_newer_one_was_taken() -> None:
    gauge = Watched().look(levels([160], first=10), minute(10))
    gauge.look(levels([160], first=5), minute(11))
    assert gauge.warned == []
    assert gauge.look(levels([161], first=15), minute(15)).warned == [("level", 1)]


def test_readings_of_one_call_are_put_in_order() -> None:
    readings = levels([120, 140, 160, 170, 180])
    assert Watched().look(readings[::-1], minute(20)).found == Watched().look(readings, minute(20)).found


def test_fast_rise_above_the_base_warns_before_the_limit_and_below_it_does_not() -> None:
    rules = replace(CITY, rise=RiseRules(above_cm=100))
    climbing = [110 + 3.5 * n for n in range(10)]
    gauge = Watched(rules).play(levels(climbing))
    assert gauge.warned[0] == ("rise", 1)
    assert gauge.found[0].evidence["rise_cm_per_h"] == pytest.approx(42, abs=1)
    assert "Air naik 42 cm/jam" in gauge.found[0].sentence_id
    assert Watched(rules).play(levels([value - 60 for value in climbing])).found == []


def test_rise_is_not_made_by_one_wrong_reading() -> None:
    assert (
        Watched(replace(CITY, rise=RiseRules(above_cm=100)))
        .play(levels([120, 120, 121, 120, 136, 120, 121, 120]))
        .found
        == []
    )


def test_rise_is_seen_of_a_gauge_that_sends_every_second_too() -> None:
    gauge = Watched(replace(CITY, rise=RiseRules(above_cm=100)))
    gauge.look(levels([110 + n * 40 / 3600 for n in range(1000)], every=1 / 60), minute(20))
    assert gauge.warned == [("rise", 1)]


def test_rain_warns_by_its_sum_and_a_bucket_that_tips_on_its_own_does_not() -> None:
    rules = GaugeRules("hujan-puspo", Kind.RAIN, rain=RainRules())
    assert Watched(rules).play(levels([2.5] * 9)).warned == [("rain", 1)]
    assert Watched(rules).play(levels([0, 0, 45, 0, 0, 0.2])).found == []
    assert Watched(rules).play([one for one in levels([1.5] * 12) for _ in range(3)]).warned == [], (
        "told thrice, fell once"
    )


def test_trouble_upstream_is_expected_here_after_the_travel_time() -> None:
    gauge = Watched(replace(CITY, links=(UPSTREAM,))).look(levels(DRY), minute(20), rising(2, 18, 172))
    (found,) = gauge.found
    assert (found.rule, found.stage, found.at, found.arrives_at) == ("upstream", 2, minute(18), minute(18 + 75))
    assert "sekitar pukul 16.33 WIB" in found.sentence_id
    seen = gauge.play(levels([195, 205, 207], first=90), rising(2, 18)).found[-1]
    assert seen.rule == "level"
    assert seen.key == found.key, "expected, then seen: one warning"


def test_what_was_expected_is_let_go_only_when_the_last_water_has_passed() -> None:
    gauge = Watched(replace(CITY, links=(UPSTREAM,), silent_after=dt.timedelta(hours=9)))
    around = Surroundings({UPSTREAM.gauge: (StageChange(minute(0), 1), StageChange(minute(60), 0))})
    gauge.look([], minute(134), around)
    assert gauge.memory.stage == 1
    assert gauge.look([], minute(136), around).memory.stage == 0
    assert gauge.found[-1].lowers


def test_each_stage_upstream_is_let_go_when_its_own_water_has_passed() -> None:
    gauge = Watched(replace(CITY, links=(UPSTREAM,), silent_after=dt.timedelta(hours=9)))
    steps = [StageChange(minute(at), stage) for at, stage in ((0, 3), (60, 2), (90, 1), (120, 0))]
    gauge.look([], minute(300), Surroundings({UPSTREAM.gauge: tuple(steps)}))
    assert [(one.stage, one.at) for one in gauge.found if one.lowers] == [
        (2, minute(135)), (1, minute(165)), (0, minute(195))
    ]  # fmt: skip


def test_gauge_silent_while_the_river_rises_upstream_proposes_for_that_reason() -> None:
    gauge = Watched(replace(CITY, links=(replace(UPSTREAM, expects={2: 1}),))).play(levels(DRY))
    gauge.look([], minute(31), rising(1, 12))
    (found,) = gauge.found
    assert (found.rule, found.stage, found.at) == ("blind", 1, minute(30))
    assert (
        "tidak memberi bacaan yang dapat dipakai selama 15 menit padahal Petung hulu berstatus waspada"
        in found.sentence_id
    )


def test_gauge_heard_in_the_last_moment_is_not_silent() -> None:
    rules = replace(CITY, links=(replace(UPSTREAM, expects={2: 1}),))
    assert Watched(rules).play(levels(DRY, every=15), rising(1, 12)).found == []


def test_stage_presumed_of_a_silent_gauge_stands_until_it_is_heard_for_the_hold() -> None:
    gauge = Watched(replace(CITY, links=(replace(UPSTREAM, expects={2: 1}),))).play(levels(DRY))
    around = Surroundings({UPSTREAM.gauge: (StageChange(minute(12), 1), StageChange(minute(40), 0))})
    gauge.look([], minute(400), around)
    assert gauge.memory.stage == 1, "upstream is quiet again, but nobody knows what is here"
    gauge.play(levels(DRY, first=405), around)
    assert gauge.memory.stage == 1
    gauge.play(levels(DRY, first=425), around)
    assert gauge.memory.stage == 0
    assert gauge.found[-1].lowers


def test_gauge_silent_on_a_quiet_day_is_no_flood() -> None:
    assert Watched(replace(CITY, links=(UPSTREAM,))).play(levels(DRY)).look([], minute(600)).found == []


def test_silence_never_clears_a_warning() -> None:
    assert Watched().play(levels([210] * 3)).look([], minute(60 * 24)).memory.stage == 2


def test_gauge_stuck_while_the_water_should_have_come_proposes_and_a_calm_river_does_not() -> None:
    still = [80.0, 80.1, 80.0, 79.9] * 10
    rules = replace(CITY, links=(replace(UPSTREAM, expects={2: 2}),))
    assert Watched(rules).play(levels(still)).found == []
    assert Watched(rules).play(levels(still), rising(1, 120)).found == [], "the water cannot be here yet"
    gauge = Watched(rules).play(levels(still), rising(1, 10))
    assert gauge.warned == [("blind", 1)]
    assert gauge.found[0].evidence["why"] == "stuck"


def test_memory_survives_being_stored() -> None:
    gauge = Watched(replace(CITY, links=(UPSTREAM,), rise=RiseRules(100))).play(
        levels([100, 130, 180, 420]), rising(2, 3)
    )
    assert gauge.memory.doubt is not None
    assert Memory.from_json(gauge.memory.to_json()) == gauge.memory


def test_new_trouble_upstream_of_a_gauge_long_silent_is_a_new_warning() -> None:
    """What it stood at when it fell silent, a day ago, must not hide the next flood."""
    gauge = Watched(replace(CITY, links=(UPSTREAM,))).play(levels([210] * 3))
    gauge.look([], minute(1500), rising(2, 1490))
    assert gauge.warned == [("level", 2), ("upstream", 2), ("blind", 2)]
    assert len({one.key for one in gauge.found}) == 2
    assert not any(one.lowers for one in gauge.found)
