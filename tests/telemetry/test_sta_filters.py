"""`$filter` and `$orderby` against the database: every function and operator of the standard's tables."""

from __future__ import annotations

import datetime as dt
from urllib.parse import quote

import pytest

from pasti.kernel.clock import now

from .sta import NOON, Api, observations, thing, writing

pytestmark = pytest.mark.django_db


@pytest.fixture
def api() -> Api:
    """Two gauges, Welang and Petung; Welang has readings 10, 20, 30 from noon on, and then `rusak`."""
    api = writing()
    api.make("Things", thing(" Welang", 112.90, -7.65, kind="level", depth=5, open=True, since="2021-12-01T00:00:00Z"))
    api.make("Things", thing("Petung", 112.95, -7.70, kind="rain", tags=["a", "b"]))
    first = api.get("Datastreams", filter="name eq 'Tinggi air  Welang'")["value"][0]["@iot.id"]
    observations(api, first, [10, 20, 30.5, "rusak"])
    return api


THINGS_ARE_FOUND = [
    ("name eq 'Petung'", "P"),
    ("name ne 'Petung'", "W"),
    ("name gt 'Q'", ""),
    ("name ge 'Petung' and name le 'Petung'", "P"),
    ("not name eq 'Petung'", "W"),
    ("name eq 'x' or description eq 'Rumah alat Petung'", "P"),
    ("substringof('etu', name)", "P"),
    ("startswith(name, 'Pe')", "P"),
    ("endswith(name, 'ang')", "W"),
    ("length(name) eq 7", "W"),
    ("indexof(name, 'tung') eq 2", "P"),
    ("substring(name, 2) eq 'tung'", "P"),
    ("substring(name, 2, 2) eq 'tu'", "P"),
    ("tolower(name) eq 'petung'", "P"),
    ("toupper(name) eq 'PETUNG'", "P"),
    ("trim(name) eq 'Welang'", "W"),
    ("concat(concat(name, '/'), description) eq 'Petung/Rumah alat Petung'", "P"),
    ("properties/depth eq 5", "W"),
    ("properties/depth add 1 eq 6", "W"),
    ("properties/depth gt 4 and properties/depth lt 6", "W"),
    ("properties/depth eq '5'", ""),
    ("properties/open eq true", "W"),
    ("properties/open", "W"),
    ("properties/depth eq null", "P"),
    ("properties/depth ne null", "W"),
    ("properties/tags/1 eq 'b'", "P"),
    ("properties/tags[0] eq 'a'", "P"),
    ("properties/since lt 2022-01-01T00:00:00Z", "W"),
    ("year(properties/since) eq 2021", "W"),
    ("Locations/name eq 'Tempat Petung'", "P"),
    ("Datastreams/Sensor/name eq 'Radar'", "WP"),
    ("Datastreams/ObservedProperty/definition eq 'https://example.org/level' and name eq 'Petung'", "P"),
    ("Datastreams/Observations/result gt 30", "W"),
    ("Datastreams/unitOfMeasurement/symbol eq 'cm'", "WP"),
    ("name eq 'Petung' or Datastreams/Observations/result eq 20", "WP"),
    ("Datastreams/Observations/result eq 99", ""),
    ("geo.distance(Locations/location, geography'POINT(112.95 -7.7)') lt 0.01", "P"),
    ("true", "WP"),
    ("id eq 0", ""),
    ("null eq null", "WP"),
]  # fmt: skip


def test_things_are_found(api: Api) -> None:
    for condition, expected in THINGS_ARE_FOUND:
        found = [one.strip()[0] for one in api.names("Things", filter=condition)]
        assert "".join(found) == expected, condition


OBSERVATIONS_ARE_FOUND = [
    ("result gt 10", [20.0, 30.5]),
    ("result eq 'rusak'", ["rusak"]),
    ("result ne 10 and result lt 1000", [20.0, 30.5]),
    ("result add 10 eq 20", [10.0]),
    ("result sub 10 eq 0", [10.0]),
    ("result mul 2 eq 40", [20.0]),
    ("result div 10 eq 1", [10.0]),
    ("result div 0 eq 1", []),
    ("5 div 2 eq 2.5 and result eq 10", [10.0]),
    ("Datastream/id gt 0 and result eq 10", [10.0]),
    ("result mod 20 eq 10", [10.0]),
    ("round(result) eq 31", [30.5]),
    ("floor(result) eq 30", [30.5]),
    ("ceiling(result) eq 31", [30.5]),
    ("phenomenonTime eq 2026-03-01T12:10:00Z", [20.0]),
    ("phenomenonTime gt 2026-03-01T19:10:00+07:00 and result lt 99", [30.5]),
    ("phenomenonTime ge 2026-03-01T12:10:00Z and phenomenonTime lt 2026-03-01T12:20:00Z", [20.0]),
    ("phenomenonTime le 2026-03-01T12:00:00Z", [10.0]),
    ("phenomenonTime lt 2026-03-01T12:10:00Z/2026-03-01T12:20:00Z", [10.0]),
    ("phenomenonTime gt 2026-03-01T12:00:00Z/2026-03-01T12:20:00Z", ["rusak"]),
    ("minute(phenomenonTime) eq 20", [30.5]),
    (
        "year(phenomenonTime) eq 2026 and month(phenomenonTime) eq 3 and day(phenomenonTime) eq 1 and result eq 10",
        [10.0],
    ),
    (
        "hour(phenomenonTime) eq 12 and second(phenomenonTime) eq 0 and fractionalseconds(phenomenonTime) eq 0 and result eq 10",
        [10.0],
    ),
    ("date(phenomenonTime) eq 2026-03-01 and result eq 10", [10.0]),
    ("date(phenomenonTime) eq date'2026-03-02'", []),
    ("time(phenomenonTime) eq 12:10:00", [20.0]),
    ("totaloffsetminutes(phenomenonTime) eq 0 and result eq 10", [10.0]),
    (
        "phenomenonTime lt now() and phenomenonTime gt mindatetime() and phenomenonTime lt maxdatetime() and result eq 10",
        [10.0],
    ),
    ("phenomenonTime add duration'PT10M' eq 2026-03-01T12:10:00Z", [10.0]),
    ("phenomenonTime sub 2026-03-01T12:00:00Z eq duration'PT20M'", [30.5]),
    ("phenomenonTime gt now() sub duration'PT1M'", []),
    ("Datastream/Thing/name eq ' Welang' and result eq 10", [10.0]),
    ("Datastream/Thing/properties/depth eq 5 and result eq 20", [20.0]),
    ("FeatureOfInterest/name eq 'Tempat  Welang' and result eq 10", [10.0]),
    ("resultQuality/qartod eq 4", []),
    ("resultTime eq null and result eq 10", [10.0]),
    ("validTime gt 2026-01-01T00:00:00Z", []),
]  # fmt: skip


def test_observations_are_found(api: Api) -> None:
    for condition, results in OBSERVATIONS_ARE_FOUND:
        found = api.get("Observations", filter=condition, orderby="phenomenonTime")
        assert [one["result"] for one in found["value"]] == results, condition


PLACES_ARE_FOUND_BY_GEOMETRY = [
    ("geo.distance(location, geography'POINT(112.9 -7.65)') lt 0.01", "W"),
    ("geo.length(location) eq 0", "WP"),
    ("geo.length(geography'LINESTRING(0 0, 3 4)') eq 5", "WP"),
    ("geo.intersects(location, geography'POLYGON((112.8 -7.66, 112.92 -7.66, 112.92 -7.6, 112.8 -7.6, 112.8 -7.66))')", "W"),
    ("st_intersects(location, geography'POINT(112.95 -7.7)')", "P"),
    ("st_equals(location, geography'POINT(112.95 -7.7)')", "P"),
    ("st_disjoint(location, geography'POINT(112.95 -7.7)')", "W"),
    ("st_within(location, geography'POLYGON((112.94 -7.71, 112.96 -7.71, 112.96 -7.6, 112.94 -7.6, 112.94 -7.71))')", "P"),
    ("st_contains(geography'POLYGON((112.94 -7.71, 112.96 -7.71, 112.96 -7.6, 112.94 -7.6, 112.94 -7.71))', location)", "P"),
    ("st_touches(location, geography'LINESTRING(112.95 -7.7, 113 -8)')", "P"),
    ("st_overlaps(location, geography'POINT(1 1)')", ""),
    ("st_crosses(location, geography'LINESTRING(112.9 -7.7, 113 -7.7)')", ""),
    ("st_relate(location, geography'POINT(112.95 -7.7)', 'T*F**FFF*')", "P"),
]  # fmt: skip


def test_places_are_found_by_geometry(api: Api) -> None:
    for condition, expected in PLACES_ARE_FOUND_BY_GEOMETRY:
        found = [one.split()[1][0] for one in api.names("Locations", filter=condition)]
        assert "".join(found) == expected, condition


WHAT_HAS_NO_MEANING_IS_REFUSED_IN_WORDS = [
    ("nome eq 'a'", "Thing has no 'nome' (at character 1)"),
    ("name eq 5", "a text and a number cannot be compared (at character 6)"),
    ("name", "a text is no bool"),
    ("name add 1 eq 2", "a text is no number"),
    ("name/x eq 1", "name of Thing has nothing inside"),
    ("Datastreams eq 1", "Thing has no 'Datastreams'"),
    ("geo.distance(name, geography'POINT(1 1)') lt 1", "takes geometries"),
    ("geo.distance(Locations/location, geography'POINT(1)') lt 1", "no well-known text"),
    ("st_relate(Locations/location, geography'POINT(1 1)', 'T')", "pattern of nine"),
    ("properties/depth mul 1e308 mul 1e308 eq 1", "outside of what can be computed"),
]  # fmt: skip


def test_what_has_no_meaning_is_refused_in_words(api: Api) -> None:
    for condition, words in WHAT_HAS_NO_MEANING_IS_REFUSED_IN_WORDS:
        assert words in api.get("Things", 400, filter=condition)["message"]


@pytest.mark.parametrize(
    ("order", "first"),
    [("name desc", "P"), ("name", "W"), ("properties/depth", "W"), ("id desc", "P"), ("length(name) desc,name", "W")],
)
def test_sets_are_ordered(api: Api, order: str, first: str) -> None:
    assert api.names("Things", orderby=order)[0].strip()[0] == first


def test_observations_are_ordered_by_result_and_by_their_stream(api: Api) -> None:
    found = api.get("Observations", orderby="result desc", select="result")["value"]
    assert found == [{"result": 30.5}, {"result": 20.0}, {"result": 10.0}, {"result": "rusak"}]
    assert len(api.get("Observations", orderby="Datastream/Thing/name,phenomenonTime desc")["value"]) == 4


def test_an_interval_is_compared_by_both_of_its_ends(api: Api) -> None:
    stream = api.get("Datastreams", orderby="id desc")["value"][0]["@iot.id"]
    hour = "2026-03-01T00:00:00Z/2026-03-01T01:00:00Z"
    api.make(f"Datastreams({stream})/Observations", {"phenomenonTime": hour, "result": 1})
    ask = f"Datastreams({stream})/Observations"

    def found(condition: str) -> int:
        return len(api.get(ask, filter=f"phenomenonTime {condition}")["value"])

    assert found(f"eq {hour}") == 1
    assert found("lt 2026-03-01T00:30:00Z") == 0, "it does not end before"
    assert found("lt 2026-03-01T01:00:01Z") == 1
    assert found("gt 2026-03-01T00:00:00Z") == 0, "it begins then, not after"
    assert found("ge 2026-03-01T00:00:00Z") == 1
    assert found("le 2026-03-01T01:00:00Z") == 1
    assert api.get(ask)["value"][0]["phenomenonTime"] == hour


def test_values_never_become_sql(api: Api) -> None:
    for value in ("'; DROP TABLE telemetry_thing; --", "%s", "%(x)s", "\\'", "{0}", "}{"):
        text = value.replace("'", "''")
        assert api.names("Things", filter=f"name eq '{text}' or properties/a eq '{text}'") == []
    assert len(api.names("Things")) == 2
    answer = api.client.get(f"/sensorthings/v1.1/Things?$filter={quote('properties/%s eq 1')}")
    assert answer.status_code == 400


def test_a_reading_from_now_is_after_a_minute_ago(api: Api) -> None:
    stream = api.get("Datastreams")["value"][0]["@iot.id"]
    observations(api, stream, [77], now() - dt.timedelta(seconds=5))
    found = api.get("Observations", filter="phenomenonTime gt now() sub duration'PT1M'")["value"]
    assert [one["result"] for one in found] == [77.0]
    assert now() > NOON
