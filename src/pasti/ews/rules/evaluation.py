"""Forecasts judged on events they were not fitted on, and the sentences that say so without flattery."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pasti.ews.rules.forecast import (
    DAMPED,
    HORIZONS,
    PERSISTENCE,
    REGRESSION,
    TREND,
    History,
    Model,
    Series,
    fit,
    naive,
    predicted,
)
from pasti.ews.rules.sentences import Both, comma, point
from pasti.ews.rules.skill import Lead, Marks, Score, coverage, leads, score

FOLDS = 6
EMBARGO = 12.0  # hours on either side of what is judged that are not fitted on
UPPER = "regression, upper edge"
FEW = 10  # events below which a sentence says that they are few


@dataclass(frozen=True)
class Judged:
    """The marks of all methods for one limit."""

    limit: float
    scores: list[Score]
    leads: list[Lead]
    coverage: dict[int, float]

    @property
    def events(self) -> int:
        """How many times the limit was crossed."""
        return self.leads[0].events


@dataclass(frozen=True)
class Marked:
    """Forecasts at each moment of a history: by horizon the level, and the edges of the band."""

    level: Marks
    low: Marks
    high: Marks


def seen_through(model: Model, history: History) -> Marked:
    """A model's forecasts all along a history that it was not fitted on."""
    found = {hours: predicted(model, history, hours) for hours in HORIZONS}
    return Marked(*({hours: one[part] for hours, one in found.items()} for part in range(3)))


def held_out(history: History, folds: int = FOLDS) -> Marked:
    """Forecasts all along one history, of each stretch by a model fitted on the others."""
    count, embargo = len(history.level), history.steps(EMBARGO)
    fold, place = np.arange(count) * folds // count, np.arange(count)
    empty = [{hours: np.full(count, np.nan) for hours in HORIZONS} for _ in range(3)]
    for one in range(folds):
        judged = np.flatnonzero(fold == one)
        model = fit([history], [(place < judged[0] - embargo) | (place > judged[-1] + embargo)])
        marked = seen_through(model, history)
        for into, marks in zip(empty, (marked.level, marked.low, marked.high), strict=True):
            for hours in HORIZONS:
                into[hours][judged] = marks[hours][judged]
    return Marked(*empty)


def judge(history: History, marked: Marked, limit: float) -> Judged:
    """The marks of the regression beside the naive ways, for crossings of a limit in cm."""
    forecasts: dict[str, Marks] = {
        way: {hours: naive(history, way, hours) for hours in HORIZONS} for way in (PERSISTENCE, TREND, DAMPED)
    }
    forecasts |= {REGRESSION: marked.level, UPPER: marked.high}
    return Judged(
        limit,
        score(history.level, forecasts, limit, history.every),
        leads(history.level, forecasts, limit, history.every),
        coverage(history.level, marked.low, marked.high, history.every),
    )


def joined(histories: Sequence[History]) -> History:
    """Histories of one gauge as one, with a day of nothing between them, so that none looks into another."""
    first = histories[0]
    gap = np.full(first.steps(24), np.nan)

    def chain(parts: Sequence[Series | None]) -> Series | None:
        known = [one for one in parts if one is not None]
        return np.concatenate([piece for one in known for piece in (one, gap)]) if len(known) == len(parts) else None

    level = chain([one.level for one in histories])
    assert level is not None
    return History(
        first.every, level, chain([one.upstream for one in histories]), chain([one.rain for one in histories])
    )


def honest(judged: Judged) -> list[Both]:
    """Where the forecast is no better than doing without it, and from how many events that is known."""
    marks = {(one.method, one.hours): one for one in judged.scores}
    said: list[Both] = []
    for hours in HORIZONS:
        ours, still, trend = (marks[method, hours] for method in (REGRESSION, PERSISTENCE, TREND))
        if not ours.rmse < still.rmse:
            said.append((
                f"Untuk {hours} jam ke depan galat perkiraan ({comma(ours.rmse)} cm) tidak lebih kecil daripada anggapan "
                f"air tetap seperti sekarang ({comma(still.rmse)} cm).",
                f"{hours} h ahead the forecast's error ({point(ours.rmse)} cm) is no smaller than that of saying the water "
                f"stays as it is ({point(still.rmse)} cm).",
            ))  # fmt: skip
        if not ours.csi > trend.csi:
            said.append((
                f"Sebagai peringatan {hours} jam ke depan perkiraan (CSI {comma(ours.csi, 2)}) tidak lebih baik daripada "
                f"tren lurus (CSI {comma(trend.csi, 2)}).",
                f"As a warning {hours} h ahead the forecast (CSI {point(ours.csi, 2)}) is no better than the straight "
                f"trend (CSI {point(trend.csi, 2)}).",
            ))  # fmt: skip
    if not said:
        said.append((
            "Di semua jarak waktu galat perkiraan lebih kecil daripada anggapan air tetap, dan peringatannya lebih tepat "
            "daripada tren lurus.",
            "At every horizon the forecast's error is smaller than that of saying the water stays as it is, and its "
            "warnings are truer than the straight trend's.",
        ))  # fmt: skip
    if judged.events < FEW:
        said.append(
            (f"Angka ini baru dari {judged.events} kejadian.", f"These figures are of {judged.events} events only.")
        )
    return said
