"""Many observations in one request, and many hands at once."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from pasti.telemetry.models import FeatureOfInterest, Observation

from .sta import NOON, Api, observations, point, thing, writing


def made(api: Api, count: int = 1) -> list[int]:
    """The datastreams of new things."""
    for at in range(count):
        api.make("Things", thing(f"Alat {at}"))
    return [one["@iot.id"] for one in api.get("Datastreams", top=1000)["value"]]


def array(at: Any, components: list[str], *rows: list[Any]) -> dict[str, Any]:
    """One data array."""
    return {
        "Datastream": {"@iot.id": at},
        "components": components,
        "dataArray@iot.count": len(rows),
        "dataArray": list(rows),
    }


@pytest.mark.django_db
def test_data_arrays_are_stored_and_answered_row_by_row() -> None:
    api = writing()
    one, other = made(api, 2)
    feature = api.make(
        "FeaturesOfInterest", {"name": "F", "encodingType": "application/geo+json", "feature": point(1, 2)["location"]}
    )
    sent = [
        array(one, ["phenomenonTime", "result"], ["2026-03-01T12:00:00Z", 1], ["2026-03-01T19:01:00+07:00", "text"],
              ["no time", 1], ["2026-03-01T12:00:00Z"], ["2999-01-01T00:00:00Z", 1], [None, 5], "x", ["2026-03-01T12:00:00Z", 1],
              ["2026-03-01T12:00:00Z", 2], ["2026-03-01T11:00:00Z/2026-03-01T11:05:00Z", 3]),
        array(str(other), ["result", "phenomenonTime", "resultTime", "validTime", "parameters", "resultQuality",
                           "FeatureOfInterest/id"],
              [5.5, "2026-03-01T12:00:00.123456Z", "2026-03-01T12:00:01Z", "2026-03-01T12:00:00Z/2026-03-02T12:00:00Z",
               {"a": 1}, "good", feature],
              [5.5, "2026-03-01T12:00:00Z", None, None, 7, None, None]),
        array(99999, ["result"], [1]),
    ]  # fmt: skip
    answer = api.send("POST", "CreateObservations", sent, 201)
    assert [one != "error" for one in answer] == [
        True, True, False, False, False, True, False, True, False, True, True, False, False,
    ]  # fmt: skip
    assert answer[0] == answer[7], "the same reading again is the same"
    assert api.get(answer[1])["result"] == "text"
    full = api.get(answer[10], expand="FeatureOfInterest")
    del full["@iot.id"], full["@iot.selfLink"], full["Datastream@iot.navigationLink"]
    assert full.pop("FeatureOfInterest")["name"] == "F"
    assert full == {
        "phenomenonTime": "2026-03-01T12:00:00.123Z", "result": 5.5, "resultTime": "2026-03-01T12:00:01Z", "resultQuality": "good",
        "validTime": "2026-03-01T12:00:00Z/2026-03-02T12:00:00Z", "parameters": {"a": 1},
    }  # fmt: skip
    assert api.get(answer[9])["phenomenonTime"] == "2026-03-01T11:00:00Z/2026-03-01T11:05:00Z"


@pytest.mark.django_db
def test_arrays_that_make_no_sense_are_refused_whole() -> None:
    api = writing()
    (at,) = made(api)
    for wrong in (
        {}, [1], [{"Datastream": {"@iot.id": at}}], [array(at, ["phenomenonTime"], ["2026-03-01T12:00:00Z"])],
        [array(at, ["result", "result"], [1, 1])], [array(at, ["result", "height"], [1, 1])], [array("x", ["result"], [1])],
        [array(at, ["result", "FeatureOfInterest/id"], [1, 99999])],
    ):  # fmt: skip
        assert api.send("POST", "CreateObservations", wrong, 400)["message"]
    api.send("POST", "CreateObservations", [array(at, ["result"], *[[1]] * 50_001)], 413)
    api.send("POST", "CreateObservations", b"[" + b" " * 3_000_000 + b"]", 413)
    api.send("GET", "CreateObservations", status=405)
    Api().send("POST", "CreateObservations", [], 401)
    assert Observation.objects.count() == 0


@pytest.mark.django_db
def test_ten_thousand_observations_cost_as_many_statements_as_a_thousand() -> None:
    api = writing()
    streams = made(api, 2)

    def statements(count: int, begin: dt.datetime) -> int:
        rows = [[(begin + dt.timedelta(seconds=at)).isoformat(), at] for at in range(count // 2)]
        with CaptureQueriesContext(connection) as seen:
            answer = api.send(
                "POST", "CreateObservations", [array(at, ["phenomenonTime", "result"], *rows) for at in streams], 201
            )
        assert len(set(answer)) == count
        return len(seen)

    statements(1000, NOON)
    assert statements(1000, NOON + dt.timedelta(days=1)) == statements(10_000, NOON + dt.timedelta(days=2))
    assert FeatureOfInterest.objects.count() == 2


def test_hands_that_send_the_same_at_once_make_one_feature_and_each_reading_once(fresh_database: str) -> None:
    api = writing()
    (at,) = made(api)

    def hand(_: int) -> list[str]:
        try:
            one = Api(api.headers["Authorization"])
            return observations(one, at, list(range(50)))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(hand, range(6)))
    assert all(one == answers[0] for one in answers)
    assert len(set(answers[0])) == 50
    assert "error" not in answers[0]
    assert (Observation.objects.count(), FeatureOfInterest.objects.count()) == (50, 1)


def test_a_stream_that_is_deleted_while_readings_come_leaves_none_behind(fresh_database: str) -> None:
    api = writing()
    (at,) = made(api)

    answers: list[int] = []

    def send(turn: int) -> None:
        try:
            one = Api(api.headers["Authorization"])
            sent = [
                array(
                    at,
                    ["phenomenonTime", "result"],
                    *[[(NOON + dt.timedelta(seconds=100 * turn + n)).isoformat(), n] for n in range(100)],
                )
            ]
            one.client.post(
                "/sensorthings/v1.1/CreateObservations", sent, content_type="application/json", headers=one.headers
            )
            assert one is not None
        finally:
            connections.close_all()

    def delete(_: int) -> None:
        try:
            Api(api.headers["Authorization"]).send("DELETE", f"Datastreams({at})")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(5) as pool:
        jobs = (
            [pool.submit(send, turn) for turn in range(4)]
            + [pool.submit(delete, 0)]
            + [pool.submit(send, turn) for turn in range(4, 8)]
        )
        for job in jobs:
            job.result()
    assert set(answers) <= {201, 409}
    assert Observation.objects.count() == 0
