"""Changing an observation. Its datastream and its time name it, so they stay; anything else may be put right.

The old one goes and the new one is stored as any reading is: judged with its neighbours, counted, and told of.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from pasti.telemetry.models import Datastream, Observation
from pasti.telemetry.rules.sta_ast import Period
from pasti.telemetry.rules.sta_model import ENTITIES, Key
from pasti.telemetry.rules.sta_times import observation_parts
from pasti.telemetry.rules.sta_unfit import Unfit, missing
from pasti.telemetry.services.readings import Outcome, Reading, store
from pasti.telemetry.services.rows import milliseconds
from pasti.telemetry.services.sta_features import use
from pasti.telemetry.services.sta_recount import recount, recount_edges
from pasti.telemetry.services.sta_tables import linked

_EMPTY: dict[str, Any] = {"resultTime": None, "resultQuality": None, "validTime": None, "parameters": None}
_PLAIN = {"resultTime": "result_time", "resultQuality": "result_quality", "parameters": "parameters"}


def change(key: str, values: dict[str, Any], links: dict[str, list[Key]], *, whole: bool) -> None:
    """Within the caller's transaction: set what is given. Raises Unfit."""
    parts = observation_parts(key)
    # Held, so that of two changes at once the second sees the first.
    held = parts and Datastream.objects.select_for_update().filter(pk=parts[0]).exists()
    old = Observation.objects.filter(datastream_id=parts[0], phenomenon_time=parts[1]).first() if parts else None
    if parts is None or not held or old is None:
        raise missing(f"Observation of id {key[:60]!r}")
    _stays(parts, values, links)
    new = _changed(old, (_EMPTY | values) if whole else values)
    if "FeatureOfInterest" in links:
        new = replace(new, feature_id=linked(ENTITIES["FeaturesOfInterest"], links["FeatureOfInterest"][0]))
        use([(new.feature_id or 0, parts[0])])
    Observation.objects.filter(datastream_id=parts[0], phenomenon_time=parts[1]).delete()
    if store([new]) != [Outcome.STORED]:
        raise Unfit("an observation of this time cannot be stored any more", status=409)
    # Whatever the old one reached to must not be covered any longer.
    again = (parts[0], milliseconds(parts[1]))
    if old.phenomenon_end or old.result_time:
        recount([parts[0]], [again])
    else:
        recount_edges(parts[0], again)


def _stays(parts: tuple[int, dt.datetime], values: dict[str, Any], links: dict[str, list[Key]]) -> None:
    when = values.get("phenomenonTime")
    if "phenomenonTime" in values and (when is None or milliseconds(when.begin) != milliseconds(parts[1])):
        raise Unfit("phenomenonTime names the observation here and cannot be changed: delete it and make another")
    if links.get("Datastream", [parts[0]]) != [parts[0]]:
        raise Unfit("its Datastream names the observation here and cannot be changed: delete it and make another")


def _changed(old: Observation, values: dict[str, Any]) -> Reading:
    valid = (old.valid_begin, old.valid_end) if old.valid_begin and old.valid_end else None
    new = Reading(
        old.datastream_id, old.phenomenon_time, old.result, old.result_json, old.phenomenon_end, old.result_time,
        old.feature_id, valid, old.parameters, old.result_quality,
    )  # fmt: skip
    fields: dict[str, Any] = {_PLAIN[name]: value for name, value in values.items() if name in _PLAIN}
    if "result" in values:
        fields["result"], fields["value"] = values["result"]
    if isinstance(when := values.get("phenomenonTime"), Period):
        fields["end"] = when.end if when.end != when.begin else None
    if "validTime" in values:
        span = values["validTime"]
        fields["valid"] = (span.begin, span.end) if span else None
    return replace(new, **fields)
