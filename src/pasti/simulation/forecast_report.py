"""The figures on how good the river forecast is, as the tables of docs/forecast-skill.md.

On real rivers: fitted on five sixths of a year, judged on the sixth left out, in turns. On the city's rivers, of which
no series exists: fitted on simulated seasons, judged on others.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import math
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from pasti.ews.rules.evaluation import Judged, held_out, honest, joined, judge, seen_through
from pasti.ews.rules.forecast import HORIZONS, History, Series, fit
from pasti.simulation.river_scenarios import season, wib
from pasti.simulation.rivers import RIVERS, Course, River

PAGE, LEVELS = Path("docs/forecast-skill.md"), Path("tests/ews/levels")
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
EVERY = 15  # minutes, of the Logan River Observatory
HIGH = 0.95  # the share of readings under the limit taken for a real river
DAYS, FITTED, SHOWN = 120, (1, 2, 3), (11, 12, 13)  # seeds of the simulated seasons
REAL = (("main-street-2019", "water-lab-2019"), ("blacksmith-fork-2019", None))
SHOWN_HORIZONS = (1, 2, 3, 6)
HEAD = "| h | method | error, cm | error around events, cm | POD | FAR | CSI | bias |\n|---:|---|---:|---:|---:|---:|---:|---:|\n"


def report(levels: Path = LEVELS) -> str:
    """All figures. Raises FileNotFoundError when the folder holds no series of real rivers."""
    return "\n".join([*(_real(levels, *names) for names in REAL), *(_simulated(river) for river in RIVERS.values())])


def write(text: str, page: Path = PAGE) -> None:
    """Put the figures between the marks of the page. Raises ValueError when it has none."""
    before, begin, rest = page.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page}: no place for figures")
    page.write_text(f"{before}{BEGIN}\n{text.strip()}\n{END}{after}")


def real(levels: Path, name: str, upstream: str | None) -> History:
    """A river of the Logan River Observatory as corrected by its technicians, with the gauge upstream of it."""
    series = {one: _read(levels / f"{one}.csv.gz") for one in (name, upstream) if one}
    first, last = (pick(series[name]) for pick in (min, max))
    grids = [_grid(one, first, last) for one in series.values()]
    return History(EVERY, *grids)


def history(course: Course) -> History:
    """What a simulated river's gauges measured."""
    return History(course.every, course.level, course.upstream, course.rain)


def simulated(river: River, seeds: Iterable[int], every: int = 5) -> list[History]:
    """Rainy seasons of a river, in steps of so many minutes."""
    return [history(season(river, wib(2010 + seed, 11, 1, 7), DAYS, seed=seed, every=every)) for seed in seeds]


def _real(levels: Path, name: str, upstream: str | None) -> str:
    series = real(levels, name, upstream)
    limit = round(float(np.nanquantile(series.level, HIGH)), 1)
    judged = judge(series, held_out(series), limit)
    above = f", with {upstream} upstream" if upstream else ", no gauge upstream"
    title = f"### {name}{above}\n\nReal river, {np.isfinite(series.level).sum():,} readings each {EVERY} min"
    return f"{title}, limit {limit:g} cm ({HIGH:.0%} of readings are lower), {_table(judged)}"


def _simulated(river: River) -> str:
    model, shown = fit(simulated(river, FITTED)), joined(simulated(river, SHOWN))
    limit = river.stages[2]
    judged = judge(shown, seen_through(model, shown), limit)
    return (
        f"### {river.name}, simulated\n\nFitted on {len(FITTED)} seasons of {DAYS} days, judged on {len(SHOWN)} others, "
        f"limit awas {limit} cm, {_table(judged)}"
    )


def _table(judged: Judged) -> str:
    rows = "".join(
        f"| {one.hours} | {one.method} | {one.rmse:.1f} | {one.event_rmse:.1f} | {_two(one.pod)} | {_two(one.far)} | "
        f"{_two(one.csi)} | {_two(one.bias)} |\n"
        for one in judged.scores if one.hours in SHOWN_HORIZONS
    )  # fmt: skip
    early = "; ".join(f"{one.method} {one.warned} ({_minutes(one.minutes)})" for one in judged.leads)
    within = ", ".join(f"{judged.coverage[hours]:.0%}" for hours in HORIZONS)
    said = "".join(f"- {english}\n" for _indonesian, english in honest(judged))
    return (
        f"{judged.events} crossings:\n\n{HEAD}{rows}\nCrossings warned of before they came (median lead): {early}.\n"
        f"Within the band of 80 %, by horizon: {within}.\n\n{said}"
    )


def _two(share: float) -> str:
    return "–" if math.isnan(share) else f"{share:.2f}"


def _minutes(minutes: float) -> str:
    return "–" if math.isnan(minutes) else f"{minutes:.0f} min"


def _read(path: Path) -> dict[dt.datetime, float]:
    with gzip.open(path, "rt", newline="") as file:
        return {
            dt.datetime.fromisoformat(row["time"]).replace(tzinfo=dt.UTC): float(row["corrected"] or "nan")
            for row in csv.DictReader(file)
        }


def _grid(series: dict[dt.datetime, float], first: dt.datetime, last: dt.datetime) -> Series:
    """At regular times, NaN where there is no reading."""
    step = dt.timedelta(minutes=EVERY)
    found = np.full((last - first) // step + 1, np.nan)
    for at, value in series.items():
        if first <= at <= last:
            found[(at - first) // step] = value
    return found
