"""Fitting the forecast of a gauge's level: on its own floods when it has seen enough, until then on simulated seasons."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from pasti.ews.models import ForecastModel, Gauge
from pasti.ews.queries.forecasts import EVERY, history
from pasti.ews.rules.evaluation import Judged, Marked, held_out, honest, joined, judge, seen_through
from pasti.ews.rules.forecast import History, fit
from pasti.ews.rules.skill import crossings
from pasti.kernel.clock import now

ENOUGH = 12  # crossings of the second limit after which a gauge's own past is fitted on
LONGEST = dt.timedelta(days=730)


def fit_on_seasons(gauge_code: str, fitted: Sequence[History], shown: Sequence[History]) -> None:
    """Fit on `fitted` and judge on `shown`, for a gauge without a model. Histories in steps of EVERY minutes."""
    gauge = Gauge.objects.get(pk=gauge_code)
    if ForecastModel.objects.filter(pk=gauge_code).exists():
        return
    model, whole = fit(fitted), joined(shown)
    _keep(gauge, model.to_json(), _judged(gauge, whole, seen_through(model, whole)), ForecastModel.Source.SIMULATION)


def refit() -> int:
    """Fit anew every gauge that has seen enough floods; returns how many were fitted. Costs seconds a gauge: a night's job."""
    return sum(map(_refit, Gauge.objects.filter(kind=Gauge.Kind.LEVEL)))


def _refit(gauge: Gauge) -> int:
    at = now()
    past = history(gauge, at - LONGEST, at)
    limits = gauge.rules.get("stages_cm") or []
    if len(limits) < 2 or len(crossings(past.level, limits[1], past.steps(6))) < ENOUGH:
        return 0
    _keep(gauge, fit([past]).to_json(), _judged(gauge, past, held_out(past)), ForecastModel.Source.HISTORY)
    return 1


def _judged(gauge: Gauge, past: History, marked: Marked) -> list[dict[str, Any]]:
    """The marks for the upper two limits; the first is crossed by every tide."""
    return [_plain(judge(past, marked, limit)) for limit in gauge.rules["stages_cm"][1:]]


def _plain(judged: Judged) -> dict[str, Any]:
    scores = [
        {"method": one.method, "hours": one.hours}
        | {name: _number(getattr(one, name)) for name in ("rmse", "event_rmse", "pod", "far", "csi", "bias")}
        for one in judged.scores
    ]
    leads = [
        {"method": one.method, "events": one.events, "warned": one.warned, "minutes": _number(one.minutes)}
        for one in judged.leads
    ]
    return {
        "limit": judged.limit, "events": judged.events, "scores": scores, "leads": leads,
        "coverage": {str(hours): _number(share) for hours, share in judged.coverage.items()},
        "said": [list(one) for one in honest(judged)],
    }  # fmt: skip


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(float(np.float64(value)), 3)


def _keep(gauge: Gauge, content: dict[str, Any], judged: list[dict[str, Any]], source: str) -> None:
    ForecastModel.objects.update_or_create(
        gauge=gauge,
        defaults={"content": content, "judged": judged, "source": source, "fitted_at": now(),
                  "events": sum(one["events"] for one in judged)},
    )  # fmt: skip


__all__ = ["EVERY", "History", "fit_on_seasons", "refit"]
