"""The feature of an observation: the one its writer names, else the place of the stream's thing (18-088, 10.2.1.1)."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db import connection

from pasti.kernel.statements import rows
from pasti.telemetry.models import Datastream, Device, FeatureOfInterest, FeatureStream, Location
from pasti.telemetry.rules import sta_geometry
from pasti.telemetry.services.streams import COLUMNS, Stream

_OF_STREAMS = """
SELECT DISTINCT ON (s.id) s.id, l.id, f.id, u.feature_id
FROM telemetry_datastream s
JOIN telemetry_thing_locations tl ON tl.thing_id = s.thing_id
JOIN telemetry_location l ON l.id = tl.location_id
LEFT JOIN telemetry_featureofinterest f ON f.of_location_id = l.id
LEFT JOIN telemetry_featurestream u ON u.feature_id = f.id AND u.datastream_id = s.id
WHERE s.id = ANY(%s) AND (%s::bigint IS NULL OR s.device_id = %s) ORDER BY s.id, f.id NULLS LAST, l.id
"""


# Streams, each with a place of its thing and, where the stream has had readings of that place's feature, the feature.
_STANDING = f"""
SELECT {COLUMNS}, place.location_id, u.feature_id FROM telemetry_datastream s
LEFT JOIN LATERAL (
  SELECT tl.location_id, f.id FROM telemetry_thing_locations tl
  LEFT JOIN telemetry_featureofinterest f ON f.of_location_id = tl.location_id
  WHERE tl.thing_id = s.thing_id ORDER BY f.id NULLS LAST, tl.location_id LIMIT 1
) place ON true
LEFT JOIN telemetry_featurestream u ON u.feature_id = place.id AND u.datastream_id = s.id WHERE s.id = ANY(%s)
"""


def standing(
    streams: Iterable[int], without: Collection[int], device: Device | None = None
) -> tuple[dict[int, Stream], dict[int, int]]:
    """Those of the streams that are there; and for those `without` a named feature the one `features_of` finds.

    One question, but for the first reading of a feature.
    """
    found: dict[int, Stream] = {}
    features: dict[int, int] = {}
    fresh = []
    for *columns, place, feature in rows(_STANDING, [list(streams)]):
        stream = found[columns[0]] = Stream(*columns)
        if feature is not None:
            features[stream.pk] = feature
        elif place is not None and stream.pk in without:
            fresh.append(stream.pk)
    return found, features | (features_of(fresh, device) if fresh else {})


def features_of(streams: Iterable[int], device: Device | None = None) -> dict[int, int]:
    """The feature of where the thing of each stream stands, made when there is none; nothing for things without a place.

    With `device`, of its own streams only.
    """
    own = device.pk if device else None
    with connection.cursor() as cursor:
        cursor.execute(_OF_STREAMS, [sorted(set(streams)), own, own])
        found = cursor.fetchall()
    features: dict[int, int] = {}
    for stream, location, feature, used in found:
        features[stream] = feature or _made(location)
        if not used:
            use([(features[stream], stream)])
    return features


def _made(location_id: int) -> int:
    place = Location.objects.get(pk=location_id)
    # Of two who make it at once the second finds the first's.
    feature, _ = FeatureOfInterest.objects.get_or_create(
        of_location=place,
        defaults={
            "name": place.name, "description": place.description, "encoding_type": place.encoding_type,
            "feature": place.location,
        },
    )  # fmt: skip
    return feature.pk


def use(pairs: Iterable[tuple[int, int]]) -> None:
    """Remember that streams have observations of features; the area a stream covers follows from it."""
    wanted = sorted(set(pairs))
    if not wanted:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO telemetry_featurestream (feature_id, datastream_id) SELECT * FROM"
            " unnest(%s::bigint[], %s::bigint[]) ON CONFLICT DO NOTHING RETURNING datastream_id",
            [[one[0] for one in wanted], [one[1] for one in wanted]],
        )
        fresh = sorted({row[0] for row in cursor.fetchall()})
    for stream in fresh:
        measure_area(stream)


def measure_area(stream: int) -> None:
    """Keep `observedArea`: the box around all features the stream has observations of."""
    uses = FeatureStream.objects.filter(datastream_id=stream).values("feature_id")
    shapes = FeatureOfInterest.objects.filter(pk__in=uses).values_list("feature", flat=True)
    known = [one for one in map(sta_geometry.of_geojson, shapes) if one is not None]
    Datastream.objects.filter(pk=stream).update(observed_area=sta_geometry.box(known))
