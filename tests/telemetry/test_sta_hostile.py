"""Whatever is sent, the SensorThings API answers with its own kind of refusal, never with a fault."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pasti.telemetry.api import sta_batch
from pasti.telemetry.queries import sta_reading

from .sta import BASE, Api, observations, thing, writing

pytestmark = pytest.mark.django_db
CALM = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

AT = f"{BASE}/Things"
ADDRESSES = (
    f"{AT}?$top={10**30}",
    f"{AT}?$skip={10**30}",
    f"{AT}?$skip={2**53}",
    f"{AT}?$filter={'(' * 5000}",
    f"{AT}?$filter={'not%20' * 900}true",
    f"{AT}?$filter=name%20eq%20'%00'",
    f"{AT}?$filter=name eq '🌊\u202e'",
    f"{AT}?$filter=%ff%fe",
    f"{AT}(%00)",
    f"{AT}(1)/%00",
    f"{AT}(%F0%9F%8C%8A)",
    f"{AT}('1')",
    f"{AT}({'9' * 90})",
    f"{AT}?$expand={'Datastreams/Thing/' * 50}",
    f"{AT}?$orderby={'name,' * 50}name",
    f"{AT}?$filter={' or '.join(['name eq 1'] * 100)}",
    f"{AT}?$filter=substring(name,1e300) eq 'a'",
    f"{AT}?$filter=substring(name,1,99999999999) eq 'a'",
    f"{AT}?$filter=id eq 99999999999999999999",
    f"{AT}?$filter=now() add duration'P999999D' gt maxdatetime()",
    f"{AT}?$filter=properties/a div 0 eq 1",
    f"{AT}?$filter=round(1e308) eq 1",
    f"{AT}?$filter=1e308 mul 1e308 eq 1",
    f"{AT}?$filter=1 mod 0 eq 1",
    f"{AT}?$filter=geo.length(geography'POLYGON((0 0,1 1,0 1,1 0,0 0))') gt 0",
    f"{AT}?$filter=geo.length(geography'POINT(nan nan)') gt 0",
    f"{AT}?$filter=properties/{'a/' * 200}b eq 1",
    f"{AT}?$filter=name eq name and id eq id",
    f"{AT}?$filter=Datastreams/Thing/Datastreams/Thing/name eq 'x'",
    f"{AT}?$expand=Datastreams($top=1000;$expand=Observations($top=1000))",
    f"{AT}/{'x' * 3000}",
    f"{AT}//",
    f"{AT}?$select=*,name&$top=&$skip=",
    f"{BASE}/Observations?$filter=id eq 'x'",
    f"{BASE}/Observations?$skiptoken=9-99999999999999",
    f"{BASE}/Observations('1-99999999999999999')",
    f"{BASE}/Observations?$filter=phenomenonTime gt 9999-12-31T23:59:59-14:00",
    f"{BASE}/Observations?$orderby=properties/x",
    f"{BASE}/Observations?$filter=resultTime gt 0001-01-01T00:00:00+14:00",
    f"{BASE}/Observations?$filter=phenomenonTime sub duration'P999999D' gt 2020-01-01T00:00:00Z",
    f"{BASE}/Datastreams?$filter=phenomenonTime eq '1'",
    f"{BASE}/Observations?$filter=result/a/0 eq 1",
    f"{BASE}/Observations?$filter=result eq phenomenonTime",
    f"{BASE}/Observations?$filter=geo.distance(FeatureOfInterest/feature,Datastream/observedArea) lt 1",
)  # fmt: skip


@pytest.fixture
def api() -> Api:
    """A gauge with two readings."""
    api = writing()
    api.make("Things", thing("Welang", a=1))
    observations(api, api.get("Datastreams")["value"][0]["@iot.id"], [1, "x"])
    return api


def answered(client: Client, address: str) -> int:
    """The status of a GET; a refusal has words."""
    # An address as a program without manners writes it: nothing but blanks is escaped.
    answer = client.get(quote(address, safe="/:?&=$%()',*@;"))
    assert answer.status_code in (200, 204, 400, 404, 414), (address, answer.status_code)
    if answer.status_code >= 400:
        assert json.loads(answer.content)["message"]
    return answer.status_code


def test_hostile_addresses_are_refused(api: Api) -> None:
    for address in ADDRESSES:
        answered(api.client, address)


def test_a_question_without_end_is_ended(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(*_: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(60)")

    monkeypatch.setattr(sta_reading, "PATIENCE", 0.02)
    monkeypatch.setattr(sta_reading, "collection", endless)
    answer = api.client.get(AT)
    assert (answer.status_code, "takes too long" in json.loads(answer.content)["message"]) == (400, True)


def test_all_levels_of_an_answer_and_all_requests_of_a_batch_share_one_time(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each statement for itself stays within the time; many of them would hold a server for minutes."""

    def slow(*_: Any) -> dict[str, Any]:
        for _again in range(30):
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(0.05)")
        return {}

    monkeypatch.setattr(sta_reading, "collection", slow)
    monkeypatch.setattr(sta_reading, "PATIENCE", 0.2)
    monkeypatch.setattr(sta_batch, "SECONDS", 0.3)
    began = time.monotonic()
    assert api.client.get(AT).status_code == 400
    parts = [{"id": str(number), "method": "get", "url": "Things"} for number in range(40)]
    answers = api.send("POST", "$batch", {"requests": parts})["responses"]
    assert [one["status"] for one in answers] == [400, 400, *[503] * 38]
    assert time.monotonic() - began < 3


@CALM
@given(st.sampled_from(["Things", "Datastreams", "Observations", "Locations"]), st.data())
def test_no_filter_brings_a_fault(api: Api, plural: str, data: Any) -> None:
    words = ["name", "result", "phenomenonTime", "properties/a", "Datastreams/Observations/result", "Thing/name", "id",
             "location", "1", "'x'", "null", "true", "2026-01-01T00:00:00Z", "duration'P1D'",
             "geography'POINT(1 2)'", "2026-01-01", "12:00", "1e308"]  # fmt: skip
    signs = ["eq", "ne", "lt", "ge", "add", "sub", "mul", "div", "mod", "and", "or"]
    calls = ["length(%s)", "year(%s)", "not %s", "(%s)", "round(%s)", "date(%s)", "geo.length(%s)", "concat(%s,'y')",
             "st_within(%s,geography'POINT(1 2)')",
             "substring(%s,-5,-5)", "fractionalseconds(%s)", "time(%s)"]  # fmt: skip
    word = st.builds(
        lambda text, call: call.replace("%s", text) if call else text,
        st.sampled_from(words),
        st.sampled_from([*calls, "", ""]),
    )
    parts = data.draw(st.lists(st.tuples(word, st.sampled_from(signs)), min_size=1, max_size=4))
    text = " ".join(f"{one} {sign}" for one, sign in parts) + " " + data.draw(word)
    option = data.draw(st.sampled_from(["$filter", "$orderby"]))
    answered(api.client, f"{BASE}/{plural}?{option}={quote(text, safe='')}")


@CALM
@given(st.text(max_size=40), st.text(max_size=40))
def test_no_address_and_no_option_brings_a_fault(api: Api, path: str, option: str) -> None:
    try:
        address = f"{BASE}/Things(1)/{quote(path)}?$filter={quote(option)}&$expand={quote(path)}"
    except UnicodeEncodeError:
        return
    answered(api.client, address)


NUMBER = st.integers(-(10**25), 10**25) | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBER | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["name", "@iot.id", "result", "Locations", "Datastreams", "Thing", "properties", "phenomenonTime", "location",
                         "encodingType", "Datastream", "components", "dataArray", "FeatureOfInterest", "parameters",
                         "Sensor"]), inner, max_size=5),
    max_leaves=12,
)  # fmt: skip


@CALM
@given(
    st.sampled_from(
        ["Things", "Locations", "Datastreams", "Observations", "CreateObservations", "HistoricalLocations"]
    ),
    JSON,
)
def test_no_body_brings_a_fault(api: Api, path: str, body: Any) -> None:
    for method, at in (("POST", path), ("PATCH", "Things(1)"), ("PUT", "Observations('1-1')")):
        answer = api.client.generic(
            method, f"{BASE}/{at}", json.dumps(body).encode(), "application/json", headers=api.headers
        )
        assert answer.status_code in (200, 201, 400, 403, 404, 405, 409, 413, 415), (answer.status_code, body)


def test_copies_of_copies_are_stopped_before_they_fill_the_memory(api: Api) -> None:
    thing_at = f"Things({api.get('Things')['value'][0]['@iot.id']})"
    operations = [{"op": "add", "path": "/properties/b", "value": {"text": "x" * 100}}]
    operations += [
        {"op": "copy", "from": "/properties/b", "path": f"/properties/b/{n}"} for n in range(40)
    ]  # 2^40 times
    refused = api.send("PATCH", thing_at, operations, 413, kind="application/json-patch+json")
    assert "too large" in refused["message"]
    api.send("PATCH", thing_at, operations[:5], 200, kind="application/json-patch+json")
    api.send("PATCH", thing_at, [operations[0]] * 501, 400, kind="application/json-patch+json")


def test_bodies_that_are_no_json_are_refused(api: Api) -> None:
    deep = b'{"name":"x","properties":' + b'{"a":' * 3000 + b"1" + b"}" * 3000 + b"}"
    for body in (b"{", b"\xff", b'{"name": "\\ud800"}', b'{"name": 1e999}', deep, b'{"name":"x","properties":{"a":1e999}}',
                 b'{"name":"x","properties":{"\\u0000":1}}', b'{"name":"x","name":1}'):  # fmt: skip
        answer = api.client.generic("POST", f"{BASE}/Things", body, "application/json", headers=api.headers)
        assert answer.status_code in (201, 400), (body[:40], answer.status_code)
    assert api.client.generic("POST", f"{BASE}/Things", b"", headers=api.headers).status_code == 415
    for method in ("TRACE", "BREW", "COPY"):
        assert api.client.generic(method, f"{BASE}/Things").status_code == 405
    preflight = api.client.options(f"{BASE}/Things")
    assert (preflight.status_code, preflight["Access-Control-Allow-Origin"]) == (204, "*")
    head = api.client.head(f"{BASE}/Things")
    assert (head.status_code, head.content) == (200, b"")
