"""Changing an observation. Its datastream and its time name it, so they stay; anything else may be put right."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb

from pasti.telemetry.models import Datastream, FeatureOfInterest
from pasti.telemetry.rules import quality
from pasti.telemetry.rules.sta_model import ENTITIES, Key
from pasti.telemetry.rules.sta_times import observation_parts
from pasti.telemetry.rules.sta_unfit import Unfit, missing
from pasti.telemetry.services import rows as stored
from pasti.telemetry.services.sta_features import use
from pasti.telemetry.services.sta_recount import recount, tell
from pasti.telemetry.services.sta_tables import linked

_EMPTY: dict[str, Any] = {"resultTime": None, "resultQuality": None, "validTime": None, "parameters": None}


def change(key: str, values: dict[str, Any], links: dict[str, list[Key]], *, whole: bool) -> None:
    """Within the caller's transaction: set what is given, judge the quality of a new result again. Raises Unfit."""
    parts = observation_parts(key)
    stream = Datastream.objects.select_for_update().filter(pk=parts[0]).first() if parts else None
    if parts is None or stream is None:
        raise missing(f"Observation of id {key[:60]!r}")
    _stays(parts, values, links)
    columns = _columns((_EMPTY | values) if whole else values, parts[1])
    if "result" in values:
        columns["flag"], columns["reasons"] = _judged(stream, parts[1], values["result"][0])
    if "FeatureOfInterest" in links:
        feature = linked(ENTITIES["FeaturesOfInterest"], links["FeatureOfInterest"][0])
        columns["feature_id"] = feature
    _update(parts, columns, key)
    if "feature_id" in columns:
        use([(FeatureOfInterest(pk=columns["feature_id"]).pk, parts[0])])
    recount([parts[0]], [parts])
    tell(*parts)


def _stays(parts: tuple[int, dt.datetime], values: dict[str, Any], links: dict[str, list[Key]]) -> None:
    when = values.get("phenomenonTime")
    if "phenomenonTime" in values and (when is None or _millisecond(when.begin) != parts[1]):
        raise Unfit("phenomenonTime names the observation here and cannot be changed: delete it and make another")
    if links.get("Datastream", [parts[0]]) != [parts[0]]:
        raise Unfit("its Datastream names the observation here and cannot be changed: delete it and make another")


def _millisecond(time: dt.datetime) -> dt.datetime:
    return time.replace(microsecond=time.microsecond // 1000 * 1000)


def _columns(values: dict[str, Any], begin: dt.datetime) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for name, value in values.items():
        if name == "result":
            columns |= {"result": value[0], "result_json": _json(value[1])}
        elif name == "phenomenonTime":
            columns["phenomenon_end"] = value.end if value.end != value.begin else None
        elif name == "validTime":
            columns |= {"valid_begin": value and value.begin, "valid_end": value and value.end}
        elif name == "resultTime":
            columns["result_time"] = value
        else:
            columns["result_quality" if name == "resultQuality" else name] = _json(value)
    return columns


def _json(value: Any) -> Jsonb | None:
    return None if value is None else Jsonb(value)


def _judged(stream: Datastream, time: dt.datetime, result: float | None) -> tuple[int, int]:
    before = stored.before({stream.pk: time}).get(stream.pk, []) if stream.quality else []
    return quality.judge(stream.quality, before, [(time, result)], stream.interval_seconds)[0]


def _update(parts: tuple[int, dt.datetime], columns: dict[str, Any], key: str) -> None:
    settings = ", ".join(f"{name} = %s" for name in columns) or "flag = flag"
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE telemetry_observation SET {settings} WHERE datastream_id = %s AND phenomenon_time = %s",
            [*columns.values(), *parts],
        )
        if not cursor.rowcount:
            raise missing(f"Observation of id {key}")
