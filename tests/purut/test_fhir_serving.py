"""The public part of the FHIR facade, its metadata, and how it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from fhir.resources.R4B import get_fhir_model_class

from pasti.kernel.accounts.models import User
from pasti.kernel.clock import today
from pasti.purut import pack
from pasti.purut.models import Sesi
from pasti.purut.rules.fhir_table import KINDS, LARGEST_PAGE

from .conftest import booked, section, token

pytestmark = pytest.mark.django_db
ROOT = "/fhir/R4/"
PUBLIC = [kind.name for kind in KINDS.values() if kind.public]


def valid(resource: dict[str, Any]) -> dict[str, Any]:
    """The resource, after somebody else's models of FHIR have read it; a bundle with all in it."""
    get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    return resource


def get(client: Client, path: str, status: int = 200, **more: Any) -> dict[str, Any]:
    answer = client.get(path if path.startswith("/") else ROOT + path, **more)
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/fhir+json"
    return valid(answer.json())


def found(client: Client, path: str, **more: Any) -> list[dict[str, Any]]:
    return [entry["resource"] for entry in get(client, path, **more).get("entry", [])]


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_type_is_found_and_read_by_anyone(sesi: Sesi, client: Client, name: str) -> None:
    listed = found(client, name)
    assert listed
    assert get(client, f"{name}/{listed[0]['id']}") == listed[0]
    assert found(client, f"{name}?_id={listed[0]['id']}") == listed[:1]
    identifier = listed[0]["identifier"][0]
    assert found(client, f"{name}?identifier={identifier['system']}|{identifier['value']}") == listed[:1]
    assert found(client, f"{name}?identifier=http://elsewhere.test|{identifier['value']}") == []


def test_the_metadata_promise_what_is_answered_and_nothing_else(
    sesi: Sesi, client: Client, official: Callable[[str], User]
) -> None:
    staff = token(official("loket"))
    made = booked(sesi)
    told = get(client, "metadata")
    assert told["fhirVersion"] == "4.0.1"
    for promised in told["rest"][0]["resource"]:
        name = promised["type"]
        able = {one["code"] for one in promised["interaction"]}
        one = {"Appointment": made.code, "Patient": str(made.patient_id)}.get(name) or found(client, name)[0]["id"]
        at = f"{name}/{one}"
        calls = {("search-type", "get", name), ("read", "get", at), ("create", "post", name),
                 ("update", "put", at), ("patch", "patch", at), ("delete", "delete", at)}  # fmt: skip
        for interaction, method, path in calls:
            answer = getattr(client, method)(ROOT + path, **staff)
            assert (answer.status_code != 405) == (interaction in able), (interaction, path)
        for param in promised["searchParam"]:
            sample = {"date": "2026-01-01", "reference": "x"}.get(param["type"], "x")
            strict = {"headers": staff["headers"] | {"Prefer": "handling=strict"}}
            needed = "" if name != "Patient" or param["name"] == "identifier" else "identifier=x&"
            get(client, f"{name}?{needed}{param['name']}={sample}", **strict)
        get(client, f"{name}?tidak-ada=1", 400, headers=staff["headers"] | {"Prefer": "handling=strict"})


def test_a_slot_is_free_while_a_place_is_left_for_booking_online(sesi: Sesi, client: Client) -> None:
    path = f"Slot/{sesi.pk}"
    left = lambda: {e["url"]: e["valueUnsignedInt"] for e in get(client, path)["extension"][0]["extension"]}  # noqa: E731
    assert get(client, path)["status"] == "free"
    booked(sesi, channel="web")
    assert left() == {"semua": 9, "jkn": 9, "umum": 9}
    Sesi.objects.filter(pk=sesi.pk).update(used_online=10)
    assert (get(client, path)["status"], left()) == ("busy", {"semua": 0, "jkn": 0, "umum": 0})
    Sesi.objects.filter(pk=sesi.pk).update(used_online=0, used_jkn=10, used_nonjkn=10)
    assert get(client, path)["status"] == "busy"
    Sesi.objects.filter(pk=sesi.pk).update(used_jkn=0, state="cancelled")
    assert (get(client, path)["status"], left()["semua"]) == ("busy-unavailable", 0)
    assert str(sesi.pk) in {one["id"] for one in found(client, "Slot?status=busy-unavailable&_count=100")}
    assert str(sesi.pk) not in {one["id"] for one in found(client, "Slot?status=free,busy&_count=100")}


def test_slots_are_found_by_schedule_day_and_clinic(sesi: Sesi, client: Client) -> None:
    slots = found(client, f"Slot?service-type=ANA&start=ge{today()}&_count=100")
    assert len(slots) == 8
    assert all(one["start"].endswith("+07:00") for one in slots)
    schedule = slots[0]["schedule"]["reference"]
    assert {one["schedule"]["reference"] for one in found(client, f"Slot?schedule={schedule}")} == {schedule}
    day = slots[3]["start"][:10]
    assert [one["id"] for one in found(client, f"Slot?start={day}&service-type=ANA")] == [slots[3]["id"]]
    assert found(client, f"Slot?start=gt{slots[-1]['start'].replace('+', '%2B')}&service-type=ANA") == []
    practitioner = found(client, "Practitioner?name=rekaan%20ana")[0]
    by_doctor = found(client, f"Schedule?actor=Practitioner/{practitioner['id']}&_count=100")
    assert {one["id"] for one in by_doctor} == {one["id"] for one in found(client, "Schedule?service-type=ANA")}
    assert [one["id"] for one in found(client, "HealthcareService?name=poli%20an")] == ["ANA"]
    assert [one["id"] for one in found(client, "Location?name:contains=dalam")] == ["poli-INT"]
    assert found(client, "Location?name:exact=Anak") == []


def test_pages_lead_through_everything_once(sesi: Sesi, client: Client) -> None:
    address, seen, pages = "Slot?_count=5", [], 0
    while address:
        page = get(client, address)
        seen += [entry["resource"]["id"] for entry in page["entry"]]
        links = {link["relation"]: link["url"] for link in page["link"]}
        parts = urlsplit(links.get("next", ""))
        address, pages = f"{parts.path}?{parts.query}" if parts.query else "", pages + 1
    assert (len(seen), len(set(seen)), pages) == (16, 16, 4)
    assert "total" not in page
    assert get(client, "Slot?_count=0")["total"] == 16


@pytest.mark.parametrize("name", [*PUBLIC, "Appointment"])
def test_a_page_takes_as_many_queries_however_long_it_is(
    sesi: Sesi, client: Client, official: Callable[[str], User], name: str
) -> None:
    for serial in range(1, 6):
        booked(sesi, serial)
    more = token(official("loket"))
    found(client, f"{name}?_count=1", **more)

    def queries(count: int) -> int:
        with CaptureQueriesContext(connection) as seen:
            found(client, f"{name}?_count={count}", **more)
        return len(seen)

    assert queries(1) == queries(50) <= 8


def test_what_has_not_changed_is_not_sent_again(sesi: Sesi, client: Client) -> None:
    for path in ("metadata", f"Slot/{sesi.pk}", "Slot?_count=3"):
        tag = client.get(ROOT + path)["ETag"]
        again = client.get(ROOT + path, headers={"If-None-Match": tag})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    Sesi.objects.filter(pk=sesi.pk).update(used_online=1)
    assert client.get(f"{ROOT}Slot/{sesi.pk}", headers={"If-None-Match": tag}).status_code == 200


def test_browsers_of_other_origins_may_ask(sesi: Sesi, client: Client) -> None:
    asked = client.options(f"{ROOT}Slot")
    assert (asked.status_code, asked["Access-Control-Allow-Origin"]) == (204, "*")
    assert client.get(f"{ROOT}Slot")["Access-Control-Allow-Origin"] == "*"


def test_a_search_can_be_sent_as_a_form(sesi: Sesi, client: Client) -> None:
    form = "application/x-www-form-urlencoded"
    answer = client.post(f"{ROOT}Slot/_search", "service-type=ANA&_count=100", content_type=form)
    assert len(answer.json()["entry"]) == 8
    assert client.post(f"{ROOT}Slot/_search", "{}", content_type="application/json").status_code == 415


UNANSWERED = [
    ("", 404), ("Nonsense", 404), ("Slot/0", 404), ("Slot/-1", 404), ("Slot/abc", 404), ("Slot/" + "9" * 300, 404),
    ("Slot/1/_history/1", 404), ("Location/INT", 404), ("Slot?_count=-1", 400), ("Slot?_count=x", 400),
    ("Slot?start=kemarin", 400), ("Slot?schedule=%20", 400), ("Slot?start:missing=true", 400), ("Slot?_cursor=x", 400),
    ("Slot?_cursor=W10", 400), ("Slot?_cursor=WzUsIDVd", 400), ("Slot?_cursor=WyJhIiwgMV0", 400),
    ("Slot?_id=%00", 400), ("Slot/%00", 400), ("Slot?status=" + "a," * 150, 400), ("Slot?_format=xml", 406),
    ("Slot?" + "&".join(["a=1"] * 1500), 400), ("Appointment", 401), ("Patient?identifier=1", 401),
    ("Slot?start=9999", 400), ("Patient/1", 401),
]  # fmt: skip


def test_what_cannot_be_answered_is_an_operation_outcome(sesi: Sesi, client: Client) -> None:
    for path, status in UNANSWERED:
        told = get(client, path, status)
        assert (told["resourceType"], told["issue"][0]["severity"]) == ("OperationOutcome", "error"), path


def test_odd_but_readable_searches_are_answered(sesi: Sesi, client: Client) -> None:
    for query in ("_count=99999999999999999999", f"_count={LARGEST_PAGE + 1}", "_count=", "_id=" + "9" * 40, "tidak-ada=1",
                  "_id=%FF%FE", "status=|free", "status=http://hl7.org/fhir/slotstatus|"):  # fmt: skip
        assert len(found(client, f"Slot?{query}")) <= LARGEST_PAGE, query


def test_a_program_that_reads_no_json_is_told_so(sesi: Sesi, client: Client) -> None:
    get(client, "Slot", 406, headers={"Accept": "application/fhir+xml"})
    for accepted in ("application/fhir+json; fhirVersion=4.0", "application/json", "text/html,*/*;q=0.8"):
        get(client, "Slot", headers={"Accept": accepted})


def test_a_city_without_a_hospital_says_not_found(db: None, client: Client) -> None:
    assert get(client, "Slot", 404)["issue"][0]["code"] == "not-found"


def test_a_fault_of_ours_is_an_outcome_without_its_cause(
    sesi: Sesi, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("rahasia")

    monkeypatch.setattr("pasti.purut.queries.fhir.matching", broken)
    told = get(client, "Slot", 500)
    assert "rahasia" not in json.dumps(told)


def test_codes_that_make_no_id_are_refused_by_the_pack() -> None:
    raw = section().model_dump()
    raw["doctors"][0]["code"] = "dr/satu"
    with pytest.raises(ValueError, match="code"):
        pack.Section.model_validate(raw)
