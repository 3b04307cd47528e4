"""Sets, entities, links and pages of the SensorThings API, as anybody reads them."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pasti.telemetry.rules.sta_conformance import BY_MQTT

from .sta import BASE, NOON, Api, observations, stream, thing, writing

pytestmark = pytest.mark.django_db


@pytest.fixture
def api() -> Api:
    """Three gauges with two streams each, five readings in each stream."""
    api = writing()
    for name in ("Gembong", "Petung", "Welang"):
        made = api.make("Things", thing(name, river={"name": name, "km": [1, 2]}))
        api.make(f"Things({made})/Datastreams", stream(f"{name} hujan"))
    for one in api.get("Datastreams")["value"]:
        observations(api, one["@iot.id"], [1, 2, 3, 4, 5])
    return api


def first(api: Api, plural: str) -> Any:
    """The id of the first entity of a set."""
    return api.get(plural, top=1)["value"][0]["@iot.id"]


def test_the_landing_page_tells_of_the_broker_where_there_is_one(settings: Any) -> None:
    settings.PASTI_MQTT_URL = ""
    assert BY_MQTT not in Api().get("")["serverSettings"]["conformance"]
    settings.PASTI_MQTT_URL = "mqtts://name:secret@broker.example:8883"
    told = Api().get("")["serverSettings"]
    assert BY_MQTT in told["conformance"]
    assert told[BY_MQTT] == {"endpoints": ["mqtts://broker.example:8883"]}


def test_the_landing_page_names_the_eight_sets(api: Api) -> None:
    found = api.get("")
    assert [one["name"] for one in found["value"]] == [
        "Things", "Locations", "HistoricalLocations", "Datastreams", "Sensors", "ObservedProperties", "Observations",
        "FeaturesOfInterest",
    ]  # fmt: skip
    assert "http://www.opengis.net/spec/iot_sensing/1.1/req/datamodel" in found["serverSettings"]["conformance"]
    for one in found["value"]:
        assert api.get(one["url"])["value"], one


def test_every_link_of_every_entity_leads_somewhere(api: Api) -> None:
    for one in api.get("")["value"]:
        entity = api.get(one["url"], top=1)["value"][0]
        assert api.get(entity["@iot.selfLink"]) == entity
        for name, link in entity.items():
            if name.endswith("@iot.navigationLink"):
                found = api.get(link)
                assert found["value"] if "value" in found else found["@iot.id"], link


def test_entities_have_the_properties_of_the_standard(api: Api) -> None:
    found = {one["name"]: set(api.get(one["url"])["value"][0]) for one in api.get("")["value"]}
    named = {"@iot.id", "@iot.selfLink", "name", "description", "properties"}
    assert found["Things"] >= named | {
        f"{one}@iot.navigationLink" for one in ("Locations", "HistoricalLocations", "Datastreams")
    }
    assert found["Locations"] >= named | {"encodingType", "location", "Things@iot.navigationLink"}
    assert found["HistoricalLocations"] >= {"time", "Thing@iot.navigationLink", "Locations@iot.navigationLink"}
    assert found["Datastreams"] >= named | {
        "unitOfMeasurement", "observationType", "observedArea", "phenomenonTime", "resultTime", "Thing@iot.navigationLink",
        "Sensor@iot.navigationLink", "ObservedProperty@iot.navigationLink", "Observations@iot.navigationLink",
    }  # fmt: skip
    assert found["Sensors"] >= named | {"encodingType", "metadata", "Datastreams@iot.navigationLink"}
    assert found["ObservedProperties"] >= named | {"definition", "Datastreams@iot.navigationLink"}
    assert found["Observations"] >= {
        "phenomenonTime", "result", "resultTime", "resultQuality", "validTime", "parameters", "Datastream@iot.navigationLink",
        "FeatureOfInterest@iot.navigationLink",
    }  # fmt: skip
    assert found["FeaturesOfInterest"] >= named | {"encodingType", "feature", "Observations@iot.navigationLink"}


def test_a_datastream_knows_its_times_and_its_area(api: Api) -> None:
    found = api.get(f"Datastreams({first(api, 'Datastreams')})")
    assert found["phenomenonTime"] == "2026-03-01T12:00:00Z/2026-03-01T12:40:00Z"
    assert found["observedArea"] == {"type": "Point", "coordinates": [112.9, -7.65]}


def test_properties_and_what_is_inside_of_them_have_addresses(api: Api) -> None:
    at = f"Things({first(api, 'Things')})"
    assert api.get(f"{at}/name") == {"name": "Gembong"}
    assert api.get(f"{at}/properties/river/km/1") == {"1": 2}
    assert api.client.get(f"{BASE}/{at}/name/$value").content == b"Gembong"
    assert json.loads(api.client.get(f"{BASE}/{at}/properties/river/$value").content) == {
        "km": [1, 2],
        "name": "Gembong",
    }
    empty = api.client.get(f"{BASE}/Sensors({first(api, 'Sensors')})/properties")
    assert (empty.status_code, empty.content) == (204, b"")
    api.get(f"{at}/properties/lake", 404)
    assert api.get(f"{at}/id") == {"id": first(api, "Things")}


def test_deep_addresses_are_followed_and_looked_up(api: Api) -> None:
    one, other = (each["@iot.id"] for each in api.get("Things", top=2)["value"])
    inner = api.get(f"Things({one})/Datastreams")["value"][0]["@iot.id"]
    assert api.get(f"Things({one})/Datastreams({inner})/Thing/Datastreams({inner})/Sensor/name") == {"name": "Radar"}
    reading = api.get(f"Datastreams({inner})/Observations", top=1)["value"][0]["@iot.id"]
    assert api.get(f"Datastreams({inner})/Observations('{reading}')/result") == {"result": 1.0}
    for gone in (
        f"Things({other})/Datastreams({inner})", f"Things({other})/Datastreams({inner})/Sensor", "Things(99999)",
        "Things(99999)/Datastreams", "Things(99999)/Datastreams/$ref", "Observations('1-1')", "Observations('x')",
        f"Datastreams({inner})/Observations('{inner}-1')/result", "Things(99999)/name", "Nothing",
    ):  # fmt: skip
        assert "there is no" in api.get(gone, 404)["message"], gone


def test_references_are_links_alone(api: Api) -> None:
    at = first(api, "Things")
    link = f"http://127.0.0.1:8000{BASE}/Things({at})"
    assert api.get("Things/$ref", top=1)["value"] == [{"@iot.selfLink": link}]
    assert api.get(f"Datastreams({first(api, 'Datastreams')})/Thing/$ref") == {"@iot.selfLink": link}


def test_only_what_is_selected_comes(api: Api) -> None:
    assert api.get("Things", select="name,id", top=1)["value"] == [{"@iot.id": first(api, "Things"), "name": "Gembong"}]
    found = api.get("Things", select="Datastreams,name", top=1)["value"][0]
    assert set(found) == {"name", "Datastreams@iot.navigationLink"}
    found = api.get("Things", select="name", expand="Datastreams($select=name;$expand=Sensor($select=name))", top=1)[
        "value"
    ][0]
    assert found["Datastreams"][0] == {"name": "Tinggi air Gembong", "Sensor": {"name": "Radar"}}


def test_pages_follow_each_other_and_lose_nothing(api: Api) -> None:
    asked = (
        {}, {"orderby": "id desc"}, {"orderby": "phenomenonTime desc"}, {"orderby": "phenomenonTime"},
        {"orderby": "result"},
        {"filter": "result gt 1"},
        {"filter": "result gt 2 and Datastream/name ne 'x'", "orderby": "phenomenonTime desc"},
        {"filter": "result gt 1", "orderby": "Datastream/name,phenomenonTime"}, {"skip": 3},
    )  # fmt: skip
    for options in asked:
        whole = [one["@iot.id"] for one in api.get("Observations", top=1000, **options)["value"]]
        page = api.get("Observations", top=7, count="true", **options)
        assert page["@iot.count"] == len(whole) + options.get("skip", 0)
        seen = [one["@iot.id"] for one in page["value"]]
        while "@iot.nextLink" in page:
            page = api.get(page["@iot.nextLink"])
            assert len(page["value"]) in (7, len(whole) % 7)
            seen += [one["@iot.id"] for one in page["value"]]
        assert seen == whole, options


def test_a_page_by_key_does_not_slip_when_something_is_added(api: Api) -> None:
    page = api.get(f"Datastreams({first(api, 'Datastreams')})/Observations", top=2, orderby="phenomenonTime desc")
    observations(api, first(api, "Datastreams"), [6], NOON + dt.timedelta(hours=2))
    following = api.get(page["@iot.nextLink"])
    assert [one["result"] for one in (*page["value"], *following["value"])] == [5.0, 4.0, 3.0, 2.0]


def test_a_page_has_a_hundred_and_never_more_than_a_thousand(api: Api) -> None:
    at = first(api, "Datastreams")
    observations(api, at, list(range(1100)), NOON + dt.timedelta(hours=2), minutes=1)
    assert len(api.get(f"Datastreams({at})/Observations")["value"]) == 100
    found = api.get(f"Datastreams({at})/Observations", top=5000)
    assert len(found["value"]) == 1000
    assert "@iot.nextLink" in found
    assert api.get("Observations", top=0, count="true") == {"@iot.count": 30 + 1100, "value": []}


def test_expanded_relations_come_with_their_own_options(api: Api) -> None:
    found = api.get(
        "Things", orderby="name desc", top=2,
        expand="Locations($select=name),Datastreams($orderby=name desc;$expand=Observations($top=2;$orderby=phenomenonTime desc;"
        "$count=true;$filter=result lt 5),ObservedProperty),HistoricalLocations/Locations",
    )["value"]  # fmt: skip
    assert [one["name"] for one in found] == ["Welang", "Petung"]
    assert found[0]["Locations"] == [{"name": "Tempat Welang"}]
    assert found[0]["HistoricalLocations"][0]["Locations"][0]["name"] == "Tempat Welang"
    rain, level = found[0]["Datastreams"]
    assert (rain["name"], level["ObservedProperty"]["name"]) == ("Tinggi air Welang hujan", "Tinggi air")
    assert [one["result"] for one in level["Observations"]] == [4.0, 3.0]
    assert level["Observations@iot.count"] == 4
    following = api.get(level["Observations@iot.nextLink"])
    assert [one["result"] for one in following["value"]] == [2.0, 1.0]
    assert "Datastreams@iot.navigationLink" not in found[0]


def test_the_same_entity_may_stand_in_several_places_of_an_answer(api: Api) -> None:
    found = api.get("Observations", expand="Datastream/Thing/Datastreams/Observations($top=1)", top=3)["value"]
    assert [len(one["Datastream"]["Thing"]["Datastreams"]) for one in found] == [2, 2, 2]
    place = api.get("Locations", top=1)["value"][0]["@iot.id"]
    for one in api.get("Things")["value"]:
        api.send("PATCH", f"Things({one['@iot.id']})", {"Locations": [{"@iot.id": place}]})
    shared = api.get("Things", expand="Locations($expand=Things,HistoricalLocations)")["value"]
    assert [len(one["Locations"][0]["Things"]) for one in shared] == [3, 3, 3]


def test_an_answer_costs_a_query_for_each_level_not_for_each_entity(api: Api) -> None:
    def queries(path: str, **options: Any) -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            api.get(path, **options)
        return len([one for one in seen if "SELECT" in one["sql"] and "SAVEPOINT" not in one["sql"]])

    assert queries("Things") == 1
    assert queries("Things", count="true") == 2
    assert queries(f"Datastreams({first(api, 'Datastreams')})/Observations", top=1) == 1
    deep = "Locations,Datastreams($expand=Observations($top=1;$orderby=phenomenonTime desc),ObservedProperty)"
    assert queries("Things", expand=deep, top=1) == queries("Things", expand=deep) == 5
    assert queries("Observations", expand="Datastream/Thing,FeatureOfInterest") == 4


def test_observations_come_as_data_arrays(api: Api) -> None:
    found = api.get("Observations", resultFormat="dataArray", select="result,phenomenonTime", top=7, count="true")
    assert found["@iot.count"] == 30
    assert [one["dataArray@iot.count"] for one in found["value"]] == [5, 2]
    one = found["value"][0]
    assert one["components"] == ["id", "phenomenonTime", "result"]
    assert one["dataArray"][1] == [f"{first(api, 'Datastreams')}-1772367000000", "2026-03-01T12:10:00Z", 2.0]
    assert api.get(one["Datastream@iot.navigationLink"])["name"] == "Tinggi air Gembong"
    following = api.get(found["@iot.nextLink"])
    assert [each["dataArray@iot.count"] for each in following["value"]] == [3, 4]
    api.get("Things", 400, resultFormat="dataArray")
    api.get("Observations", 400, resultFormat="dataArray", expand="Datastream")


def test_a_feature_knows_its_observations_and_each_of_them_its_feature(api: Api) -> None:
    feature = api.get("FeaturesOfInterest", filter="name eq 'Tempat Petung'")["value"][0]["@iot.id"]
    found = api.get(f"FeaturesOfInterest({feature})/Observations", count="true", expand="FeatureOfInterest")
    assert found["@iot.count"] == 10
    assert {one["FeatureOfInterest"]["@iot.id"] for one in found["value"]} == {feature}


def test_options_that_say_nothing_at_an_address_are_refused(api: Api) -> None:
    at = first(api, "Things")
    api.get(f"Things({at})", 400, filter="name eq 'x'")
    api.get(f"Things({at})/name", 400, select="name")
    api.get("Things", 400, nonsense="1")
    api.get("Things", 400, skiptoken="x")
    api.get("Things", 400, skiptoken="5", orderby="name")
    assert api.client.get(f"{BASE}/Things?$top=1&$top=2").status_code == 400
    assert api.client.get(f"{BASE}/Things?resultFormat=x").status_code == 200
