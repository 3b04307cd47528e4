"""Making, changing and deleting entities through the SensorThings API, and who may."""

from __future__ import annotations

import base64
import datetime as dt
from typing import Any

import psycopg
import pytest

from pasti.ews.models import Gauge, River
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.services import assign, issue_token
from pasti.kernel.audit.models import Entry
from pasti.kernel.clock import now
from pasti.kernel.outbox.models import StoredEvent
from pasti.telemetry.models import Datastream, Hourly, Latest, Observation, StaleHour
from pasti.telemetry.services.devices import authenticate, renew_key
from pasti.telemetry.services.readings import Reading, store

from .conftest import device
from .sta import MEASUREMENT, NOON, UNIT, Api, observations, point, stream, thing, writing

pytestmark = pytest.mark.django_db
PATCH = "application/json-patch+json"


@pytest.fixture
def api() -> Api:
    """A program that may write."""
    return writing()


def made_stream(api: Api, name: str = "Welang") -> int:
    """The datastream of a new thing."""
    made = api.make("Things", thing(name))
    return int(api.get(f"Things({made})/Datastreams")["value"][0]["@iot.id"])


def test_each_kind_of_entity_is_made_read_changed_and_deleted(api: Api) -> None:
    a_thing = api.make("Things", {"name": "T", "description": "d", "properties": {"a": 1}})
    place = api.make("Locations", {"name": "L", "description": "", **point(1, 2)})
    sensor = api.make(
        "Sensors", {"name": "S", "description": "", "encodingType": "text/html", "metadata": {"url": "x"}}
    )
    about = api.make("ObservedProperties", {"name": "P", "definition": "https://example.org/p", "description": ""})
    link = {"Thing": {"@iot.id": a_thing}, "Sensor": {"@iot.id": sensor}, "ObservedProperty": {"@iot.id": about}}
    line = api.make("Datastreams", {"name": "D", "observationType": MEASUREMENT, "unitOfMeasurement": UNIT, **link})
    feature = api.make(
        "FeaturesOfInterest", {"name": "F", "encodingType": "application/geo+json", "feature": point(3, 4)["location"]}
    )
    history = api.make(
        "HistoricalLocations",
        {"time": "2026-01-01T00:00:00Z", "Thing": {"@iot.id": a_thing}, "Locations": [{"@iot.id": place}]},
    )
    reading = api.make(
        "Observations",
        {
            "result": 5,
            "phenomenonTime": NOON.isoformat(),
            "Datastream": {"@iot.id": line},
            "FeatureOfInterest": {"@iot.id": feature},
        },
    )
    assert api.last["Location"] == f"http://127.0.0.1:8000/sensorthings/v1.1/Observations('{reading}')"
    changes: list[tuple[str, dict[str, Any]]] = [
        (f"Things({a_thing})", {"properties": {"b": 2}}), (f"Locations({place})", {"name": "L2"}),
        (f"Sensors({sensor})", {"metadata": "m"}), (f"ObservedProperties({about})", {"definition": "https://example.org/q"}),
        (f"Datastreams({line})", {"description": "new"}), (f"FeaturesOfInterest({feature})", {"feature": point(5, 6)["location"]}),
        (f"HistoricalLocations({history})", {"time": "2026-01-02T00:00:00Z"}), (f"Observations('{reading}')", {"result": "much"}),
    ]  # fmt: skip
    for path, change in changes:
        before = api.get(path)
        api.send("PATCH", path, change | {"@iot.id": 1, "@iot.selfLink": "x", "Things@iot.navigationLink": "y"})
        assert api.get(path) == before | change, path
    assert api.get(f"Datastreams({line})")["observedArea"] == {"type": "Point", "coordinates": [5.0, 6.0]}
    for path, _ in reversed(changes):
        api.send("DELETE", path)
        api.get(path, 404)
        api.send("DELETE", path, status=404)
    assert Entry.objects.filter(action="telemetry.entity.deleted", actor_name="Uji").count() == 8


def test_one_request_makes_a_gauge_with_all_that_belongs_to_it(api: Api) -> None:
    body = thing("Welang")
    body["Datastreams"][0]["Observations"] = [
        {"phenomenonTime": "2026-03-01T12:00:00Z", "result": 1},
        {"phenomenonTime": "2026-03-01T12:01:00Z", "result": 2, "FeatureOfInterest":
            {"name": "Bokwedi", "encodingType": "application/geo+json", "feature": point(113, -7)["location"]}},
    ]  # fmt: skip
    made = api.make("Things", body)
    found = api.get(
        f"Things({made})", expand="Locations,HistoricalLocations/Locations,Datastreams/Observations/FeatureOfInterest"
    )
    assert found["HistoricalLocations"][0]["Locations"] == found["Locations"]
    features = [one["FeatureOfInterest"]["name"] for one in found["Datastreams"][0]["Observations"]]
    assert features == ["Tempat Welang", "Bokwedi"]
    assert found["Datastreams"][0]["observedArea"]["coordinates"][0][0] == [112.9, -7.65]


def test_a_deep_insert_that_fails_makes_nothing(api: Api) -> None:
    body = thing("Welang")
    body["Datastreams"].append(stream("dua", Sensor={"@iot.id": 99999}))
    assert "to link to" in api.send("POST", "Things", body, 400)["message"]
    for name in ("Things", "Locations", "Datastreams", "Sensors", "HistoricalLocations"):
        assert api.get(name)["value"] == [], name


def test_what_is_missing_or_unknown_is_named(api: Api) -> None:
    refusals = [
        ("Things", {"description": "x"}, "Thing needs name"),
        ("Things", {"name": 5}, "Thing.name"),
        ("Things", {"name": ""}, "Thing.name"),
        ("Things", {"name": "x", "nome": "y"}, "Thing has no 'nome'"),
        ("Things", {"name": "x", "properties": [1]}, "a JSON object"),
        ("Things", [1], "Thing is a JSON object"),
        ("Things", {"name": "x", "Locations": {"@iot.id": 1}}, "Locations is a list"),
        ("Things", {"name": "x", "Locations": [{"@iot.id": "a"}]}, "no id of a Location"),
        (
            "Locations",
            {"name": "x", "encodingType": "application/geo+json", "location": {"type": "Pont"}},
            "no GeoJSON",
        ),
        ("Datastreams", stream("x"), "Datastream needs Thing"),
        (
            "Datastreams",
            stream("x", unitOfMeasurement={"name": "cm"}, Thing={"@iot.id": 1}),
            "name, symbol and definition",
        ),
        ("Observations", {"result": 1}, "Observation needs Datastream"),
        ("Observations", {"Datastream": {"@iot.id": 1}}, "Observation needs result"),
        ("Observations", {"result": 1, "Datastream": {"@iot.id": 99999}}, "there is no such Datastream"),
        ("HistoricalLocations", {"time": "yesterday"}, "no ISO 8601 time"),
    ]
    for path, body, words in refusals:
        assert words in api.send("POST", path, body, 400)["message"], body
    api.send("POST", "Things", b"{", 400)
    api.send("POST", "Things", b'{"name": "a\\u0000b"}', 400)
    api.send("POST", "Things", {"name": "x"}, 415, kind="text/plain")
    api.send("POST", "Things(1)", {"name": "x"}, 405)
    api.send("DELETE", "Things", status=405)
    api.send("PATCH", "Things(99999)", {}, 404)
    api.send("POST", "Things(99999)/Datastreams", stream("x"), 404)
    assert api.send("DELETE", "", status=405)
    assert api.last["Allow"] == "GET, HEAD, OPTIONS"


def test_a_thing_that_moves_leaves_a_history(api: Api) -> None:
    made = api.make("Things", thing("Welang"))
    second = api.make(f"Things({made})/Locations", {"name": "Hulu", **point(113, -8)})
    assert [one["@iot.id"] for one in api.get(f"Things({made})/Locations")["value"]] == [second]
    history = api.get(f"Things({made})/HistoricalLocations", expand="Locations", orderby="time")["value"]
    assert len(api.get("HistoricalLocations", filter=f"time eq {history[0]['time']}")["value"]) == 1, "as it is shown"
    assert [one["Locations"][0]["name"] for one in history] == ["Tempat Welang", "Hulu"]
    first = history[0]["Locations"][0]["@iot.id"]
    api.send("PATCH", f"Things({made})", {"Locations": [{"@iot.id": first}]})
    assert len(api.get(f"Things({made})/HistoricalLocations")["value"]) == 3
    at = {"time": now().isoformat(), "Thing": {"@iot.id": made}, "Locations": [{"@iot.id": second}]}
    api.make("HistoricalLocations", at | {"time": "2020-01-01T00:00:00Z"})
    assert api.names(f"Things({made})/Locations") == ["Tempat Welang"], "old history moves nothing"
    api.make("HistoricalLocations", at)
    assert api.names(f"Things({made})/Locations") == ["Hulu"]
    api.send("DELETE", f"Locations({first})")
    assert [
        one["Locations"][0]["name"]
        for one in api.get(f"Things({made})/HistoricalLocations", expand="Locations")["value"]
    ] == ["Hulu"] * 3


def test_observations_keep_the_feature_of_where_the_thing_stood(api: Api) -> None:
    at = made_stream(api)
    mine = api.get(f"Datastreams({at})/Thing")["@iot.id"]
    observations(api, at, [1])
    api.make(f"Things({mine})/Locations", {"name": "Hulu", **point(113, -8)})
    observations(api, at, [2], NOON + dt.timedelta(hours=1))
    found = api.get(f"Datastreams({at})/Observations", expand="FeatureOfInterest", orderby="phenomenonTime")["value"]
    assert [one["FeatureOfInterest"]["name"] for one in found] == ["Tempat Welang", "Hulu"]
    store([Reading(at, NOON + dt.timedelta(hours=2), 3.0)])
    last = api.get(f"Datastreams({at})/Observations", expand="FeatureOfInterest", orderby="phenomenonTime desc", top=1)
    assert last["value"][0]["FeatureOfInterest"]["name"] == "Hulu", "what came by MQTT has a feature as well"
    hulu = last["value"][0]["FeatureOfInterest"]["@iot.id"]
    assert api.get(f"FeaturesOfInterest({hulu})/Observations", count="true")["@iot.count"] == 2


def test_put_sets_everything_and_json_patch_what_it_says(api: Api) -> None:
    made = api.make("Things", thing("Welang", a=1, b=2))
    api.send("PUT", f"Things({made})", {"name": "Baru"})
    found = api.get(f"Things({made})", expand="Datastreams")
    assert (found["name"], found["description"], found["properties"], len(found["Datastreams"])) == (
        "Baru",
        "",
        None,
        1,
    )
    api.send("PUT", f"Things({made})", {"description": "x"}, 400)
    add = [{"op": "add", "path": "/properties", "value": {"c": 3}}, {"op": "test", "path": "/name", "value": "Baru"},
           {"op": "add", "path": "/properties/d", "value": [4]}]  # fmt: skip
    api.send("PATCH", f"Things({made})", add, kind=PATCH)
    assert api.get(f"Things({made})")["properties"] == {"c": 3, "d": [4]}
    for wrong in ([{"op": "test", "path": "/name", "value": "x"}], [{"op": "remove", "path": "/name"}], {"a": 1}, [1], "x",
                  [{"op": "replace", "path": "/a/b/c", "value": 1}]):  # fmt: skip
        api.send("PATCH", f"Things({made})", wrong, 400, kind=PATCH)
    assert api.get(f"Things({made})")["name"] == "Baru"


def test_relations_are_changed_by_links_and_never_made_along(api: Api) -> None:
    one, other = made_stream(api, "Welang"), made_stream(api, "Petung")
    target = api.get(f"Datastreams({other})/Sensor")["@iot.id"]
    api.send("PATCH", f"Datastreams({one})", {"Sensor": {"@iot.id": target}})
    assert len(api.get(f"Sensors({target})/Datastreams")["value"]) == 2
    assert (
        "makes nothing new"
        in api.send("PATCH", f"Datastreams({one})", {"Sensor": stream("x")["Sensor"]}, 400)["message"]
    )
    api.send("PATCH", f"Datastreams({one})", {"Sensor": {"@iot.id": 99999}}, 400)


def test_a_corrected_observation_is_counted_told_of_and_keeps_its_name(api: Api) -> None:
    at = made_stream(api)
    Datastream.objects.filter(pk=at).update(watched=True)
    early, last = (each.split("'")[1] for each in observations(api, at, [1, 2]))
    StaleHour.objects.all().delete()
    StoredEvent.objects.all().delete()
    api.send(
        "PATCH", f"Observations('{last}')", {"result": 7.5, "resultQuality": {"by": "hand"}, "parameters": {"p": 1}}
    )
    found = api.get(f"Observations('{last}')")
    assert (found["result"], found["resultQuality"], found["parameters"]) == (7.5, {"by": "hand"}, {"p": 1})
    assert Latest.objects.get(pk=at).result == 7.5
    assert StaleHour.objects.filter(datastream_id=at).exists()
    assert StoredEvent.objects.filter(name="telemetry.WatchedReadings").exists()
    api.send("PUT", f"Observations('{last}')", {"result": 8, "phenomenonTime": "2026-03-01T12:10:00Z"})
    assert api.get(f"Observations('{last}')")["parameters"] is None
    moved = {"phenomenonTime": "2026-03-01T13:00:00Z"}
    assert "cannot be changed" in api.send("PATCH", f"Observations('{last}')", moved, 400)["message"]
    assert (
        "cannot be changed"
        in api.send("PATCH", f"Observations('{last}')", {"Datastream": {"@iot.id": at + 1}}, 400)["message"]
    )
    api.send("DELETE", f"Observations('{last}')")
    newest = Latest.objects.get(pk=at)
    assert (newest.result, newest.ends) == (1.0, NOON)
    api.send("DELETE", f"Observations('{early}')")
    assert not Latest.objects.filter(pk=at).exists()
    assert api.get(f"Datastreams({at})")["phenomenonTime"] is None


def test_the_same_observation_again_is_the_same_and_another_result_is_a_conflict(api: Api) -> None:
    at = made_stream(api)
    body = {"phenomenonTime": "2026-03-01T12:00:00Z", "result": 1, "Datastream": {"@iot.id": at}}
    assert api.make("Observations", body) == api.make("Observations", body)
    assert "another result" in api.send("POST", "Observations", body | {"result": 2}, 409)["message"]
    assert (
        "future" in api.send("POST", "Observations", body | {"phenomenonTime": "2999-01-01T00:00:00Z"}, 400)["message"]
    )
    fresh = api.make(f"Datastreams({at})/Observations", {"result": True})
    when = dt.datetime.fromisoformat(api.get(f"Observations('{fresh}')")["phenomenonTime"])
    assert abs((now() - when).total_seconds()) < 60, "without a time it is of now"


def test_deleting_takes_along_what_cannot_be_without(api: Api) -> None:
    for entity in ("Thing", "Sensor", "ObservedProperty", ""):
        at = made_stream(api)
        observations(api, at, [1, 2, 3])
        Hourly.objects.create(datastream_id=at, begins=NOON, readings=3, total=6, doubtful=0)
        api.send("DELETE", api.get(f"Datastreams({at})/{entity}")["@iot.selfLink"] if entity else f"Datastreams({at})")
        api.get(f"Datastreams({at})", 404)
        assert not Observation.objects.filter(datastream_id=at).exists()
    at = made_stream(api)
    observations(api, at, [1])
    named = api.get("FeaturesOfInterest", top=1, orderby="id desc")["value"][0]["@iot.id"]
    api.send("DELETE", f"FeaturesOfInterest({named})")
    assert api.get(f"Datastreams({at})/Observations")["value"] == []
    assert api.get(f"Datastreams({at})")["phenomenonTime"] is None


def test_what_another_system_stands_on_cannot_be_deleted(api: Api) -> None:
    at = made_stream(api)
    river = River.objects.create(code="welang", name="Welang", changed_at=now())
    common = {"river": river, "lon": 112.9, "lat": -7.65, "changed_at": now(), "datastream_id": at}
    Gauge.objects.create(code="bokwedi", name="Bokwedi", kind="level", **common)
    observations(api, at, [1, 2])
    for path in (f"Datastreams({at})", api.get(f"Datastreams({at})/Thing")["@iot.selfLink"]):
        assert "cannot be deleted" in api.send("DELETE", path, status=409)["message"]
    assert len(api.get(f"Datastreams({at})/Observations")["value"]) == 2


def test_reading_is_for_all_and_writing_for_those_with_the_right(api: Api) -> None:
    body = {"name": "x"}
    officer = User.objects.create_user("bpbd", name="Bu Jaga", kind=User.Kind.OFFICIAL)
    assign(officer, "bpbd", unit_code="BPBD", unit_name="BPBD")
    clerk = User.objects.create_user("loket", name="Pak Loket", kind=User.Kind.OFFICIAL)
    assign(clerk, "loket", unit_code="RSUD", unit_name="RSUD")
    Api().send("POST", "Things", body, 401)
    Api("Bearer nobody").send("POST", "Things", body, 401)
    Api("Basic !!!").send("POST", "Things", body, 401)
    Api(f"Bearer {issue_token(clerk, scopes=['*'])}").send("POST", "Things", body, 403)
    Api(f"Bearer {issue_token(officer, scopes=['purut.book'])}").send("POST", "Things", body, 403)
    Api(f"Bearer {issue_token(officer, scopes=['telemetry.write'])}").make("Things", body)
    assert Entry.objects.get(action="telemetry.entity.created").actor_role == "bpbd"
    assert Api().names("Things") == ["x"]


def test_a_device_writes_its_own_observations_and_nothing_else(api: Api) -> None:
    mine, at, other = device("alat-7"), made_stream(api), made_stream(api, "Petung")
    Datastream.objects.filter(pk=at).update(device=mine)
    key = renew_key(mine.pk)
    gauge = Api("Basic " + base64.b64encode(f"alat-7:{key}".encode()).decode())
    gauge.make("Observations", {"result": 1, "Datastream": {"@iot.id": at}})
    gauge.send("POST", "Observations", {"result": 1, "Datastream": {"@iot.id": other}}, 403)
    gauge.send("POST", "Things", {"name": "x"}, 403)
    gauge.send("DELETE", f"Things({api.get('Things')['value'][0]['@iot.id']})", status=403)
    feature = {"name": "F", "encodingType": "application/geo+json", "feature": point(1, 1)["location"]}
    gauge.send("POST", f"Datastreams({at})/Observations", {"result": 2, "FeatureOfInterest": feature}, 403)
    assert len(observations(gauge, at, [1, 2])) == 2
    assert observations(gauge, other, [1, 2]) == ["error", "error"]
    assert authenticate("alat-7", key) == mine
    assert authenticate("alat-7", key + "x") is None
    assert authenticate("alat-8", key) is None
    renew_key(mine.pk)
    gauge.send("POST", "Observations", {"result": 1, "Datastream": {"@iot.id": at}}, 401)
    assert authenticate(device("alat-9").code, "") is None, "a device without a key"


@pytest.mark.parametrize(("limits", "watched", "wanted"), [({}, False, 4), ({"range": [0, 900]}, True, 7)])
def test_one_observation_costs_a_handful_of_statements(
    api: Api, monkeypatch: pytest.MonkeyPatch, limits: dict[str, Any], watched: bool, wanted: int
) -> None:
    """The device, its calibrations, the stream, the write; with limits the lock and the neighbours; watched, the event."""
    mine, at = device("alat-7"), made_stream(api)
    Datastream.objects.filter(pk=at).update(device=mine, quality=limits, watched=watched)
    gauge = Api("Basic " + base64.b64encode(f"alat-7:{renew_key(mine.pk)}".encode()).decode())
    send = lambda: gauge.make("Observations", {"result": 1, "Datastream": {"@iot.id": at}})  # noqa: E731
    send()
    seen: list[str] = []
    execute = psycopg.Cursor.execute

    def noted(cursor: psycopg.Cursor[Any], statement: Any, *more: Any, **kinds: Any) -> Any:
        seen.append(str(statement))
        return execute(cursor, statement, *more, **kinds)

    monkeypatch.setattr(psycopg.Cursor, "execute", noted)
    send()
    # Of a month's partition it is asked until a commit, which a test never makes.
    counted = [one for one in seen if "SAVEPOINT" not in one and "telemetry_ensure_month" not in one]
    assert len(counted) == wanted, counted
    assert Observation.objects.filter(datastream_id=at).count() == 2
