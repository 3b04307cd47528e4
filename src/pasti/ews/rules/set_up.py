"""From what the city pack says of a gauge to the rules its detection follows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from pasti.ews.rules.config import MINUTE, GaugeRules, Link, RainRules, RiseRules
from pasti.ews.rules.readings import GOOD, NOT_EVALUATED, Kind

SILENT_INTERVALS = 5  # so many readings missed in a row is silence


def rules_of(code: str, kind: str, name: str, said: Mapping[str, Any], names: Mapping[str, str]) -> GaugeRules:
    """The rules of gauge `code`; `said` as in `ews.yaml` (cm, mm, minutes), `names` of the gauges upstream by code."""
    rise, rain = said.get("rise"), said.get("rain")
    every = dt.timedelta(seconds=said.get("interval_seconds") or 60)
    return GaugeRules(
        gauge=code, name=name, kind=Kind.LEVEL if kind == "level" else Kind.RAIN,
        stages_cm=tuple(said.get("stages_cm") or ()),
        rise=RiseRules(rise["above_cm"], tuple(rise["cm_per_h"])) if rise else None,
        rain=RainRules(tuple(rain["in_1h"]), tuple(rain["in_3h"])) if rain else None,
        links=tuple(_link(one, names) for one in said.get("upstream") or ()),
        counting=frozenset({GOOD, NOT_EVALUATED}),
        silent_after=max(15 * MINUTE, SILENT_INTERVALS * every),
    )  # fmt: skip


def _link(one: Mapping[str, Any], names: Mapping[str, str]) -> Link:
    expects = {int(there): int(here) for there, here in one["expects"].items()}
    return Link(one["gauge"], one["travel"] * MINUTE, expects, names.get(one["gauge"], ""))
