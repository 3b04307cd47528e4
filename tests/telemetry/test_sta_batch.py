"""Several requests in one."""

from __future__ import annotations

from typing import Any

import pytest

from .sta import Api, stream, thing, writing

pytestmark = pytest.mark.django_db


def send(api: Api, *parts: dict[str, Any]) -> list[Any]:
    """The answers of a batch whose requests are numbered."""
    numbered = [{"id": str(at), **part} for at, part in enumerate(parts, 1)]
    return list(api.send("POST", "$batch", {"requests": numbered})["responses"])


def test_requests_of_a_batch_may_name_what_those_before_them_made() -> None:
    api = writing()
    answers = send(
        api,
        {"method": "post", "url": "Things", "body": thing("Welang")},
        {"method": "post", "url": "Datastreams", "body": stream("dua", Thing={"@iot.id": "$1"})},
        {"method": "post", "url": "$2/Observations", "body": {"result": 7, "phenomenonTime": "2026-03-01T12:00:00Z"}},
        {"method": "get", "url": "$1/Datastreams?$select=name&$count=true"},
        {"method": "patch", "url": "$1", "body": [{"op": "replace", "path": "/name", "value": "Baru"}],
         "headers": {"Content-Type": "application/json-patch+json"}},
        {"method": "get", "url": "$1/name/$value"},
        {"method": "get", "url": "/sensorthings/v1.1/Nothing"},
        {"method": "post", "url": "$batch", "body": {}},
    )  # fmt: skip
    assert [one["status"] for one in answers] == [201, 201, 201, 200, 200, 200, 404, 400]
    assert answers[3]["body"]["@iot.count"] == 2
    assert answers[5]["body"] == "Baru"
    assert answers[2]["location"].endswith(f"Observations('{answers[2]['body']['@iot.id']}')")


def test_a_group_is_done_together_or_not_at_all() -> None:
    api = writing()
    good = {"method": "post", "url": "Things", "body": {"name": "x"}, "atomicityGroup": "g"}
    bad = {"method": "post", "url": "Things", "body": {}, "atomicityGroup": "g"}
    alone = {"method": "post", "url": "Things", "body": {"name": "alone"}}
    answers = send(api, good, bad, good, alone)
    assert [one["status"] for one in answers] == [424, 400, 424, 201]
    assert api.names("Things") == ["alone"]
    assert [one["status"] for one in send(api, good, good)] == [201, 201]


def test_what_is_no_batch_is_refused_and_each_request_asks_for_its_right() -> None:
    api = writing()
    for wrong in (
        [],
        {},
        {"requests": [{"id": "1"}]},
        {"requests": [{"id": "1", "method": "get", "url": "Things"}] * 2},
    ):
        api.send("POST", "$batch", wrong, 400)
    api.send("POST", "$batch", b"--x", 415, kind="multipart/mixed; boundary=x")
    api.send("GET", "$batch", status=405)
    answers = send(
        Api(), {"method": "get", "url": "Things"}, {"method": "post", "url": "Things", "body": {"name": "x"}}
    )
    assert [one["status"] for one in answers] == [200, 401]
