"""Deleting entities and what cannot be without them (18-088, table 25), in one transaction.

Thing, Sensor and ObservedProperty take their datastreams, those their observations; a feature takes its observations; a
location takes its history. What another of the city's systems stands on (a gauge's datastream) stays: ProtectedError.
"""

from __future__ import annotations

from django.db import connection, transaction

from pasti.kernel.audit.services import record_change
from pasti.telemetry.models import Datastream, FeatureStream, HistoricalLocation
from pasti.telemetry.rules.sta_model import OBSERVATIONS, Entity, Key
from pasti.telemetry.rules.sta_times import observation_parts
from pasti.telemetry.rules.sta_unfit import missing
from pasti.telemetry.services.rows import milliseconds
from pasti.telemetry.services.sta_creating import PURPOSE
from pasti.telemetry.services.sta_recount import recount, recount_edges, tell
from pasti.telemetry.services.sta_tables import rows

_OF = {"Things": "thing_id", "Sensors": "sensor_id", "ObservedProperties": "observed_property_id", "Datastreams": "pk"}


@transaction.atomic
def delete(entity: Entity, key: Key) -> None:
    """Take an entity away. Raises Unfit 404 when it is gone already."""
    if entity is OBSERVATIONS:
        _observation(str(key))
        return
    row = rows(entity).select_for_update().filter(pk=key).first()
    if row is None:
        raise missing(f"{entity.singular} of id {key}")
    # Locked before anything goes: a reading that is being stored holds its stream, and is either here or refused.
    streams = (
        list(Datastream.objects.select_for_update().filter(**{_OF[entity.plural]: key}).values_list("pk", flat=True))
        if entity.plural in _OF
        else []
    )
    if entity.plural == "Locations":
        HistoricalLocation.objects.filter(locations=row).delete()
    if entity.plural == "FeaturesOfInterest":
        _of_feature(int(key))
    row.delete()
    if streams:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM telemetry_observation WHERE datastream_id = ANY(%s)", [streams])
    record_change(None, "telemetry.entity.deleted", purpose=PURPOSE, object_type=entity.singular, object_id=key)


def _observation(key: str) -> None:
    parts = observation_parts(key)
    if parts is None:
        raise missing(f"Observation of id {key[:60]!r}")
    Datastream.objects.select_for_update().filter(pk=parts[0]).first()
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM telemetry_observation WHERE datastream_id = %s AND phenomenon_time = %s"
            " RETURNING phenomenon_end, result_time",
            list(parts),
        )
        gone = cursor.fetchone()
    if gone is None:
        raise missing(f"Observation of id {key}")
    named = (parts[0], milliseconds(parts[1]))
    if gone == (None, None):
        recount_edges(parts[0], named)
    else:
        recount([parts[0]], [named])
    tell([named])
    record_change(None, "telemetry.entity.deleted", purpose=PURPOSE, object_type="Observation", object_id=key)


def _of_feature(feature: int) -> None:
    streams = list(FeatureStream.objects.filter(feature_id=feature).values_list("datastream_id", flat=True))
    list(Datastream.objects.select_for_update().filter(pk__in=streams).order_by("pk"))
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM telemetry_observation WHERE datastream_id = ANY(%s) AND feature_id = %s"
            " RETURNING datastream_id, phenomenon_time",
            [streams, feature],
        )
        gone = [(stream, milliseconds(time)) for stream, time in cursor.fetchall()]
    if gone:
        recount(streams, gone)
        tell(gone)
