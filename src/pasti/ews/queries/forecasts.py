"""The level expected at a gauge in the next hours, and how good such forecasts were."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np

from pasti.ews.models import ForecastModel, Gauge
from pasti.ews.rules.forecast import LOOKBACK, Expected, History, Model, predict
from pasti.telemetry.queries.grid import grid

EVERY = 10  # minutes a step
MINUTE = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class Skill:
    """A gauge with the marks of its forecast; `judged` as `services.forecasting` keeps it."""

    gauge: str
    name: str
    source: str
    fitted_at: dt.datetime
    judged: list[dict[str, Any]]


def expected(gauge_code: str, at: dt.datetime) -> list[Expected]:
    """The next one to six hours at a gauge, in cm with a band; empty without a model or without a level now."""
    fitted = ForecastModel.objects.select_related("gauge").filter(pk=gauge_code).first()
    if fitted is None:
        return []
    steps = int(LOOKBACK * 60 / EVERY) + 1
    return predict(Model.from_json(fitted.content), _history(fitted.gauge, at - steps * EVERY * MINUTE, steps))


def history(gauge: Gauge, begins: dt.datetime, ends: dt.datetime) -> History:
    """What a gauge and those it is linked to measured, in steps of EVERY minutes."""
    return _history(gauge, begins, max(1, int((ends - begins) / (EVERY * MINUTE))))


def _history(gauge: Gauge, begins: dt.datetime, steps: int) -> History:
    above = _upstream(gauge)
    level = grid(gauge.datastream_id, begins, steps, EVERY)
    upstream = next((one for one in above if one.kind == Gauge.Kind.LEVEL), None)
    rain = next((one for one in above if one.kind == Gauge.Kind.RAIN), None)
    return History(
        EVERY, level,
        grid(upstream.datastream_id, begins, steps, EVERY) if upstream else None,
        np.nan_to_num(grid(rain.datastream_id, begins, steps, EVERY, "sum")) if rain else None,
    )  # fmt: skip


def _upstream(gauge: Gauge) -> list[Gauge]:
    """The gauges water passes before, nearest first."""
    known = {one.code: one for one in Gauge.objects.filter(river_id=gauge.river_id)}
    found: list[Gauge] = []
    waiting = [gauge.code]
    while waiting:
        for link in known[waiting.pop(0)].rules.get("upstream") or ():
            one = known.get(link["gauge"])
            if one is not None and one not in found:
                found.append(one)
                waiting.append(one.code)
    return found


def skills() -> list[Skill]:
    """The marks of every gauge's forecast, in the order of the rivers."""
    rows = ForecastModel.objects.select_related("gauge", "gauge__river").order_by("gauge__river__order", "gauge__code")
    return [Skill(one.gauge_id, one.gauge.name, one.source, one.fitted_at, one.judged) for one in rows]
