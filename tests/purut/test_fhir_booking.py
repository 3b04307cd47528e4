"""Booking, cancelling and reading people's records by FHIR: who may, and what happens when it is sent twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.services import issue_token
from pasti.kernel.audit.models import Entry
from pasti.kernel.audit.queries import trail_of
from pasti.kernel.clock import today
from pasti.kernel.publish.registry import registry
from pasti.purut import services
from pasti.purut.models import Antrean, Patient, Sesi
from pasti.purut.rules.fhir_appointments import NIK, PAYER, REFERRAL

from .conftest import arrived, booked, open_session, token
from .test_fhir_serving import ROOT, found, get, valid

pytestmark = pytest.mark.django_db
Official = Callable[[str], User]
MOTHER, STRANGER = "9901014705889001", "9901010203859002"
LETTER = "0301R0010326B000001"


def wanted(sesi: Sesi, nik: str = MOTHER, **more: Any) -> dict[str, Any]:
    """An Appointment to be made, which is one by the standard too."""
    made = {
        "resourceType": "Appointment", "status": "booked", "slot": [{"reference": f"Slot/{sesi.pk}"}],
        "start": "2026-03-02T08:00:00+07:00", "end": "2026-03-02T12:00:00+07:00",
        "participant": [{"actor": {"identifier": {"system": NIK, "value": nik}}, "status": "accepted"}],
    }  # fmt: skip
    return valid(made | more)


def send(client: Client, method: str, path: str, body: Any, user: User | None, **headers: str) -> Any:
    spoken = "application/json-patch+json" if method == "patch" else "application/fhir+json"
    given = (token(user)["headers"] if user else {}) | headers
    text = body if isinstance(body, (str, bytes)) else json.dumps(body)
    answer = getattr(client, method)(ROOT + path, text, content_type=spoken, headers=given)
    valid(answer.json())
    return answer


def book(client: Client, sesi: Sesi, user: User | None, nik: str = MOTHER, **headers: str) -> Any:
    return send(client, "post", "Appointment", wanted(sesi, nik), user, **headers)


def test_a_resident_books_sees_and_cancels(sesi: Sesi, town: Any, mother: User, client: Client) -> None:
    answer = book(client, sesi, mother)
    made = answer.json()
    assert (answer.status_code, made["status"], made["slot"]) == (201, "booked", [{"reference": f"Slot/{sesi.pk}"}])
    assert answer["Location"].endswith(f"{ROOT}Appointment/{made['id']}")
    row = Antrean.objects.select_related("patient").get(code=made["id"])
    assert (row.channel, row.patient.person_id, row.booked_by) == ("api", town.mother.pk, mother.pk)
    read = get(client, f"Appointment/{made['id']}", **token(mother))
    assert read == made
    gone = send(client, "put", f"Appointment/{made['id']}", read | {"status": "cancelled"}, mother)
    assert (gone.status_code, gone.json()["status"]) == (200, "cancelled")
    again = send(client, "put", f"Appointment/{made['id']}", gone.json(), mother)
    assert again.status_code == 200
    sesi.refresh_from_db()
    assert sesi.used_online == 0


def test_the_insured_book_with_their_letter(sesi: Sesi, town: Any, mother: User, client: Client) -> None:
    letter = [{"type": "ServiceRequest", "identifier": {"system": REFERRAL, "value": LETTER}}]
    made = send(client, "post", "Appointment", wanted(sesi, basedOn=letter), mother).json()
    assert {"url": PAYER, "valueCode": "jkn"} in made["extension"]
    assert made["basedOn"] == letter
    assert Antrean.objects.get().referral_no == LETTER


def test_a_full_session_is_a_conflict(sesi: Sesi, town: Any, mother: User, client: Client) -> None:
    Sesi.objects.filter(pk=sesi.pk).update(used_online=10)
    answer = book(client, sesi, mother)
    assert answer.status_code == 409
    assert answer.json()["issue"][0]["details"]["coding"][0]["code"] == "kuota-habis"
    assert "habis" in answer.json()["issue"][0]["details"]["text"]


def test_the_same_key_is_one_booking(sesi: Sesi, town: Any, mother: User, client: Client) -> None:
    first, second = (book(client, sesi, mother, **{"Idempotency-Key": "k-1"}) for _ in range(2))
    assert first.status_code == second.status_code == 201
    assert (first.content, first["Location"]) == (second.content, second["Location"])
    assert Antrean.objects.count() == 1
    other = send(client, "post", "Appointment", wanted(open_session("INT")), mother, **{"Idempotency-Key": "k-1"})
    assert other.status_code == 422


def test_what_is_there_already_is_not_made_again(sesi: Sesi, town: Any, mother: User, client: Client) -> None:
    made = book(client, sesi, mother).json()
    query = {"If-None-Exist": f"slot=Slot/{sesi.pk}&status=booked"}
    again = book(client, sesi, mother, **query)
    assert (again.status_code, again.json()["id"]) == (200, made["id"])
    assert book(client, sesi, mother).status_code == 409
    for wrong in ("", "tidak-ada=1", "_count=5", "_id=%00"):
        assert book(client, sesi, mother, **{"If-None-Exist": wrong}).status_code == 400
    assert book(client, open_session("INT"), mother, **{"If-None-Exist": "service-type=INT"}).status_code == 201
    assert book(client, sesi, mother, **{"If-None-Exist": "status=booked"}).status_code == 412
    assert Antrean.objects.count() == 2


def test_nobody_is_booked_from_outside_the_household_and_the_answer_tells_nothing(
    sesi: Sesi, town: Any, mother: User, client: Client
) -> None:
    known = booked(sesi, 3)
    nobody = book(client, sesi, mother, "9901010203859999")
    for foreign in (STRANGER, known.patient.nik):
        answer = book(client, sesi, mother, foreign)
        assert (answer.status_code, answer.json()) == (422, nobody.json())
    by_number = wanted(
        sesi, participant=[{"actor": {"reference": f"Patient/{known.patient_id}"}, "status": "accepted"}]
    )
    assert send(client, "post", "Appointment", by_number, mother).json() == nobody.json()
    assert (
        send(client, "post", "Appointment", wanted(sesi, slot=[{"reference": "Slot/999999"}]), mother).status_code
        == 422
    )
    assert Antrean.objects.count() == 1


def test_a_parent_books_for_the_child_by_the_hospitals_number(
    sesi: Sesi, town: Any, mother: User, client: Client
) -> None:
    child = Patient.objects.create(person_id=town.child.pk, name="Zahra", sex="P", birth_date="2015-01-09")
    actor = [{"actor": {"reference": f"Patient/{child.pk}"}, "status": "accepted"}]
    answer = send(client, "post", "Appointment", wanted(sesi, participant=actor), mother)
    assert answer.status_code == 201
    assert Antrean.objects.get().patient == child


def test_the_counter_books_for_patients_it_knows(sesi: Sesi, official: Official, client: Client) -> None:
    known = booked(sesi, 3).patient
    assert book(client, open_session("INT"), official("loket"), known.nik).status_code == 201
    assert book(client, open_session("INT"), official("perawat"), known.nik).status_code == 403


def test_without_a_right_nothing_of_people_is_shown(sesi: Sesi, town: Any, mother: User, client: Client) -> None:
    made = booked(sesi, 3)
    outsider = token(mother)
    for path in (f"Appointment/{made.code}", f"Patient/{made.patient_id}"):
        get(client, path, 401)
        told = get(client, path, 404, **outsider)
        assert told["issue"][0]["code"] == "not-found"
    assert found(client, "Appointment", **outsider) == []
    assert found(client, f"Appointment?patient=Patient/{made.patient_id}", **outsider) == []
    assert found(client, f"Patient?identifier={NIK}|{made.patient.nik}", **outsider) == []
    assert send(client, "put", f"Appointment/{made.code}", {}, mother).status_code == 404
    rightless = User.objects.create_user("tamu", name="Tamu", kind=User.Kind.OFFICIAL)
    get(client, "Appointment", 403, **token(rightless))
    get(client, "Appointment", 401, headers={"Authorization": "Bearer mati"})


def test_asking_for_one_patient_after_the_other_is_noticed(sesi: Sesi, town: Any, mother: User, client: Client) -> None:
    for serial in (1, 2, 3):
        get(client, f"Patient/{booked(sesi, serial).patient_id}", 404, **token(mother))
    actions = [one.action for one in Entry.objects.filter(actor_id=mother.pk)]
    assert (actions.count("accounts.denied"), actions.count("accounts.denied_told")) == (3, 1)


def test_a_patient_is_found_by_nik_and_told_of_it(
    sesi: Sesi, town: Any, mother: User, official: Official, client: Client
) -> None:
    book(client, sesi, mother)
    own = found(client, f"Patient?identifier={NIK}|{MOTHER}", **token(mother))[0]
    assert (own["identifier"][0], own["birthDate"], own["gender"]) == (
        {"use": "official", "system": NIK, "value": MOTHER}, "1988-05-07", "female")  # fmt: skip
    assert get(client, f"Patient/{own['id']}", **token(official("loket"))) == own
    reads = trail_of(town.mother.pk).filter(action="purut.patient.read")
    assert {(one.actor_role, one.purpose) for one in reads} == {
        ("warga", "purut.registration"),
        ("loket", "purut.care"),
    }
    assert "purut.patient.read" in registry().actions


@pytest.mark.parametrize("query", ["", "identifier=", f"identifier={NIK}|{MOTHER},{NIK}|{STRANGER}",
                                   f"identifier=http://elsewhere.test|{MOTHER}", "_id=1", "name=Siti"])  # fmt: skip
def test_patients_are_not_listed(sesi: Sesi, official: Official, client: Client, query: str) -> None:
    get(client, f"Patient?{query}", 400, **token(official("loket")))


def test_a_system_without_a_number_finds_no_patient(sesi: Sesi, official: Official, client: Client) -> None:
    booked(sesi)
    assert found(client, f"Patient?identifier={NIK}|", **token(official("loket"))) == []


def test_staff_see_the_queue_and_the_patient_learns_of_it(
    sesi: Sesi, town: Any, mother: User, official: Official, client: Client
) -> None:
    made = book(client, sesi, mother).json()
    booked(sesi, 3)
    nurse = token(official("perawat"))
    assert len(found(client, f"Appointment?slot=Slot/{sesi.pk}&status=booked", **nurse)) == 2
    assert len(found(client, f"Appointment?date={today()}&practitioner=D-ANA", **nurse)) == 2
    assert found(client, "Appointment?actor=Location/poli-INT", **nurse) == []
    entry = trail_of(town.mother.pk).filter(action="purut.antrean.read").latest("id")
    assert (entry.actor_role, entry.purpose) == ("perawat", "purut.care")
    assert "Siti" not in json.dumps(found(client, "Appointment", **nurse))
    cancelled = made | {"status": "cancelled"}
    assert (
        send(client, "put", f"Appointment/{made['id']}", cancelled, User.objects.get(username="perawat")).status_code
        == 403
    )
    assert send(client, "put", f"Appointment/{made['id']}", cancelled, official("loket")).status_code == 200


def test_a_program_sees_what_it_booked_and_no_patient(sesi: Sesi, client: Client) -> None:
    program = User.objects.create_user("client:simrs", name="SIMRS", kind=User.Kind.CLIENT)
    known = booked(sesi, 3).patient
    speaks = {"Authorization": f"Bearer {issue_token(program, scopes=['purut.register'])}"}
    body = json.dumps(wanted(open_session("INT"), known.nik))
    made = client.post(f"{ROOT}Appointment", body, content_type="application/json", headers=speaks)
    assert made.status_code == 201
    get(client, f"Appointment/{made.json()['id']}", headers=speaks)
    get(client, f"Patient/{known.pk}", 404, headers=speaks)
    own_only = {"Authorization": f"Bearer {issue_token(program, scopes=['purut.book'])}"}
    get(client, f"Appointment/{made.json()['id']}", headers=own_only)
    assert found(client, "Appointment", headers=own_only) == []


def test_only_cancelling_changes_an_appointment(sesi: Sesi, town: Any, mother: User, client: Client) -> None:
    made = book(client, sesi, mother).json()
    path = f"Appointment/{made['id']}"
    other = open_session("INT")
    for change in ({"status": "fulfilled"}, {"slot": [{"reference": f"Slot/{other.pk}"}]}, {"participant": []}):
        assert send(client, "put", path, made | change, mother).status_code == 422
    assert send(client, "put", path, made | {"id": "LAIN"}, mother).status_code == 400
    assert (
        send(client, "put", path, made | {"status": "cancelled"}, mother, **{"If-Match": 'W/"lain"'}).status_code == 412
    )
    tag = client.get(ROOT + path, **token(mother))["ETag"]
    gone = [{"op": "replace", "path": "/status", "value": "cancelled"}]
    assert send(client, "patch", path, gone, mother, **{"If-Match": tag}).json()["status"] == "cancelled"


def test_who_is_with_the_doctor_is_not_cancelled(sesi: Sesi, official: Official, client: Client) -> None:
    made = arrived(sesi)
    called = services.call_next(sesi.pk, "ruang 1")
    assert called
    services.start(called)
    clerk = official("loket")
    known = get(client, f"Appointment/{made.code}", **token(clerk))
    assert known["status"] == "fulfilled"
    assert send(client, "put", f"Appointment/{made.code}", known | {"status": "cancelled"}, clerk).status_code == 409


HOSTILE = [b"", b"{", b"[]", b"null", b"5", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"a":' * 50_000, b'{"resourceType":"Appointment"}',
           b'{"a": NaN}', rb'{"resourceType":"Appointment","status":"\u0000"}', rb'{"resourceType":"Appointment","status":"\ud800"}',
           b'{"resourceType":"Appointment","status":"booked","slot":[{"reference":"Slot/' + b"9" * 5000 + b'"}]}',
           b"x" * 3_000_000]  # fmt: skip


def test_hostile_bodies_are_refused_in_the_standards_words(sesi: Sesi, town: Any, mother: User, client: Client) -> None:
    made = book(client, sesi, mother).json()["id"]
    for body in HOSTILE:
        for method, path in (("post", "Appointment"), ("put", f"Appointment/{made}"), ("patch", f"Appointment/{made}")):
            answer = send(client, method, path, body, mother)
            assert 400 <= answer.status_code < 500, (method, body[:60])
            assert answer.json()["resourceType"] == "OperationOutcome"


def test_a_patient_without_a_real_nik_is_refused(
    sesi: Sesi, town: Any, mother: User, official: Official, client: Client
) -> None:
    users = (mother, official("loket"))
    for nik in ("", "123", "x" * 5000, "９９０１０１４７０５８８９００１", "990101470588900\ud800", "0" * 16):
        actor = {"actor": {"identifier": {"system": NIK, "value": nik}}, "status": "accepted"}
        asked = {"resourceType": "Appointment", "status": "booked", "slot": [{"reference": f"Slot/{sesi.pk}"}],
                 "participant": [actor]}  # fmt: skip
        for user in users:
            assert send(client, "post", "Appointment", asked, user).status_code == 422, nik


def test_another_media_type_is_refused(sesi: Sesi, mother: User, client: Client) -> None:
    answer = client.post(f"{ROOT}Appointment", "<x/>", content_type="application/fhir+xml", **token(mother))
    assert (answer.status_code, valid(answer.json())["resourceType"]) == (415, "OperationOutcome")
