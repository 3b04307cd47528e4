"""The forecast knows what is coming where that can be known, owns up to where it is not, and is judged as it should."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pasti.ews.rules.evaluation import UPPER, Judged, held_out, honest, joined, judge, seen_through
from pasti.ews.rules.forecast import (
    DAMPED,
    HORIZONS,
    PERSISTENCE,
    REGRESSION,
    TREND,
    History,
    Model,
    fit,
    naive,
    predict,
)
from pasti.ews.rules.skill import crossings, leads, score
from pasti.simulation import forecast_report
from pasti.simulation.rivers import PETUNG

LIMIT = PETUNG.stages[1]


@pytest.fixture(scope="module")
def fitted() -> Model:
    return fit(forecast_report.simulated(PETUNG, (1, 2), every=15))


@pytest.fixture(scope="module")
def unseen() -> History:
    return joined(forecast_report.simulated(PETUNG, (11, 12), every=15))


@pytest.fixture(scope="module")
def judged(fitted: Model, unseen: History) -> Judged:
    return judge(unseen, seen_through(fitted, unseen), LIMIT)


def test_on_seasons_it_never_saw_it_beats_the_naive_ways_on_the_city_s_rivers(judged: Judged) -> None:
    marks = {(one.method, one.hours): one for one in judged.scores}
    assert judged.events > 20
    for hours in (1, 2, 3):
        ours = marks[REGRESSION, hours]
        assert all(ours.rmse < 0.7 * marks[way, hours].rmse for way in (PERSISTENCE, TREND, DAMPED))
        assert all(ours.csi > marks[way, hours].csi + 0.1 for way in (PERSISTENCE, TREND, DAMPED))
    early = {one.method: one for one in judged.leads}
    assert early[PERSISTENCE].warned == 0
    assert early[REGRESSION].minutes > early[TREND].minutes
    assert early[UPPER].warned >= early[REGRESSION].warned


def test_band_holds_about_as_many_as_it_says(judged: Judged) -> None:
    assert all(0.7 < share < 0.9 for share in judged.coverage.values())


def test_model_survives_being_stored_and_forecasts_from_the_last_hours_as_from_all(
    fitted: Model, unseen: History
) -> None:
    stored = Model.from_json(json.loads(json.dumps(fitted.to_json())))
    at = crossings(unseen.level, LIMIT, 24)[0]
    past = History(unseen.every, *(series[: at + 1] for series in (unseen.level, unseen.upstream, unseen.rain)))
    found = predict(stored, past)
    assert [one.hours for one in found] == list(HORIZONS)
    assert all(one.low <= one.level <= one.high for one in found)
    whole = seen_through(fitted, past)
    assert [one.level for one in found] == [pytest.approx(whole.level[hours][-1], abs=0.06) for hours in HORIZONS]


def test_without_upstream_and_rain_it_still_forecasts_and_without_a_level_it_does_not(
    fitted: Model, unseen: History
) -> None:
    alone = History(unseen.every, unseen.level[:200])
    assert len(predict(fitted, alone)) == len(HORIZONS)
    assert predict(fitted, replace(alone, level=np.append(alone.level, np.nan))) == []
    with pytest.raises(ValueError, match="15-minute"):
        predict(fitted, History(5, unseen.level[:200]))
    with pytest.raises(ValueError, match="few"):
        fit([History(15, unseen.level[:50])])


def test_nothing_of_the_future_enters_a_forecast(fitted: Model, unseen: History) -> None:
    """The forecast of a moment is the same whatever comes after it."""
    at = crossings(unseen.level, LIMIT, 24)[0]
    other = replace(unseen, level=unseen.level.copy(), rain=np.nan_to_num(unseen.rain).copy())  # type: ignore[arg-type]
    other.level[at + 1 :] = 999.0
    assert other.rain is not None
    other.rain[at + 1 :] = 50.0
    here, there = seen_through(fitted, unseen), seen_through(fitted, other)
    for hours in HORIZONS:
        assert here.level[hours][at] == there.level[hours][at]
        assert naive(unseen, TREND, hours)[at] == naive(other, TREND, hours)[at]


def test_on_a_real_river_it_says_where_it_is_no_better() -> None:
    series = forecast_report.real(forecast_report.LEVELS, "main-street-2019", "water-lab-2019")
    judged = judge(series, held_out(series, folds=3), 85.1)
    said = honest(judged)
    assert any("6 h ahead" in english and "no better than the straight trend" in english for _, english in said)
    assert any("6 jam ke depan" in indonesian for indonesian, _ in said)
    assert said[-1] == ("Angka ini baru dari 6 kejadian.", "These figures are of 6 events only.")


def test_figures_go_between_the_marks_of_their_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{forecast_report.BEGIN}\nold\n{forecast_report.END}\nafter\n")
    forecast_report.write("new", page)
    assert page.read_text() == f"before\n{forecast_report.BEGIN}\nnew\n{forecast_report.END}\nafter\n"
    page.write_text("no marks")
    with pytest.raises(ValueError, match="no place"):
        forecast_report.write("new", page)


def test_scores_are_those_counted_by_hand() -> None:
    """Hourly levels that cross 100 once; a method that warns right, one hour too soon, and once for nothing."""
    level = np.array([50.0, 60, 70, 80, 90, 110, 120, 90, 80, 70, 60, 50, 50, 50, 50, 50, 50])
    calls = np.zeros(17)
    calls[[3, 4, 10]] = 200.0
    marks = dict.fromkeys(HORIZONS, calls)
    (one,) = [found for found in score(level, {"x": marks}, 100, 60) if found.hours == 1]
    assert (one.hits, one.misses, one.false) == (1, 0, 2), (
        "the hour before; two hours before and at ten o'clock falsely"
    )
    assert (one.pod, one.far, one.csi, one.bias) == (1.0, pytest.approx(2 / 3), pytest.approx(1 / 3), 3.0)
    (lead,) = leads(level, {"x": marks}, 100, 60)
    assert (lead.events, lead.warned, lead.minutes) == (1, 1, 120)


def test_a_level_that_dips_for_an_hour_is_one_event() -> None:
    level = np.array([50.0, 110, 90, 110, *[50.0] * 7, 110])
    assert crossings(level, 100, 6) == [1, 11]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 300), min_size=30, max_size=60), st.integers(20, 200))
def test_perfect_foresight_has_perfect_marks_and_persistence_never_warns(values: list[float], limit: int) -> None:
    level = np.array(values)
    history = History(60, level)
    perfect = {hours: np.append(level[hours:], np.full(hours, -1.0)) for hours in HORIZONS}
    still = {hours: naive(history, PERSISTENCE, hours) for hours in HORIZONS}
    for one in score(level, {"perfect": perfect, "still": still}, limit, 60):
        if one.method == "perfect":
            assert (one.misses, one.false) == (0, 0)
            assert one.rmse == 0
        else:
            assert one.hits + one.false == 0
            assert math.isnan(one.far)
