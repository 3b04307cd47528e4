"""How many are ahead: by the order of calling, one number wherever it is said."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from pasti.civil import services as register
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import everyone, scoped
from pasti.purut import queries, services
from pasti.purut.api import bpjs_services
from pasti.purut.api.bpjs_fields import Fields
from pasti.purut.models import Antrean, Patient, Resep, Sesi
from pasti.purut.queries.line import to_be_called
from pasti.purut.rules import order
from pasti.purut.rules.order import Waiting
from pasti.purut.services.reminding import nearly_called

from .conftest import arrive, arrived, booked, token
from .test_visit import called, old_patient

START = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)
people = st.lists(st.sampled_from(["", "", "lansia", "hamil"]), max_size=20)


@given(people, st.sets(st.integers(1, 20)), st.integers(0, 20), st.integers(1, 6))
def test_who_was_passed_and_has_not_come_stands_where_the_late_stand(
    priorities: list[str], absent_numbers: set[int], reached: int, ratio: int
) -> None:
    everybody = [Waiting(number, priority) for number, priority in enumerate(priorities, 1)]
    passed = [
        (one.number, one.priority) for one in everybody if one.number <= reached and one.number not in absent_numbers
    ]
    line = [one for one in everybody if one.number > reached and one.number not in absent_numbers]
    absent = [one for one in everybody if one.number in absent_numbers]
    here = order.as_if_come(absent, line, passed, START)
    assert [one.number for one in here] == [one.number for one in absent]
    for before, after in zip(absent, here, strict=True):
        own = [one.number for one in line if bool(one.priority) == bool(before.priority)]
        if order.was_passed(before.number, before.priority, passed) and own:
            assert after.turn == own[min(2, len(own)) - 1]
        else:
            assert after == before
    assert len(order.in_order([*line, *here], [], ratio)) == len(line) + len(absent)


@pytest.mark.django_db
def test_the_count_is_what_calling_then_does(sesi: Sesi) -> None:
    for serial in range(1, 6):
        arrived(sesi, serial)
    arrived(sesi, 6, patient=old_patient(6))
    services.skip(called(sesi))
    services.set_priority(arrived(sesi, 7), "darurat")
    ahead = {one.pk: queries.ahead_of(one) for one in Antrean.objects.filter(sesi=sesi)}
    for turn in range(7):
        one = called(sesi)
        assert ahead[one.pk] == turn
        assert queries.ahead_of(one) == 0


@pytest.mark.django_db
def test_page_program_bpjs_and_reminder_say_the_same_number(sesi: Sesi, client: Client, official: Any) -> None:
    for serial in range(1, 5):
        arrived(sesi, serial)
    waiting = booked(sesi, 5)
    arrived(sesi, 6, patient=old_patient(6))
    assert queries.ahead_of(waiting) == 5, "the elder with the higher number is called before"
    first = called(sesi)
    assert queries.ahead_of(waiting) == 4
    assert client.get(f"/purut/antrean/{waiting.code}/").context["ahead"] == 4
    shown = client.get(f"/api/v1/purut/antrean/{waiting.code}", **token(official("perawat"))).json()
    assert shown["ahead"] == 4
    assert bpjs_services.left(Fields(json.dumps({"kodebooking": waiting.code}).encode())).response["sisaantrean"] == 4
    assert [(one.pk, ahead) for one, ahead in nearly_called(first.code)] == [(waiting.pk, 4)]


@pytest.mark.django_db
def test_who_comes_late_has_two_of_the_line_ahead_before_and_after_arriving(sesi: Sesi) -> None:
    late, *rest = (booked(sesi, serial) for serial in range(1, 6))
    for one in rest:
        arrive(one)
    called(sesi)
    assert queries.ahead_of(late) == 2
    assert queries.ahead_of(Antrean.objects.get(sesi=sesi, number=3)) == 0
    arrive(late)
    assert queries.ahead_of(late) == 2


@pytest.mark.django_db
def test_counting_asks_once_however_many_wait(sesi: Sesi, django_assert_num_queries: Any) -> None:
    for serial in range(1, 8):
        arrived(sesi, serial)
    last = Antrean.objects.get(sesi=sesi, number=7)
    with django_assert_num_queries(1):
        assert queries.ahead_of(last) == 6
    assert to_be_called(0) == []


@pytest.mark.django_db
def test_a_resident_without_a_family_card_books_by_program_and_page(sesi: Sesi, town: Any, client: Client) -> None:
    with scoped(everyone("99.01", "civil.pelayanan")):
        alone = register.register_person(
            register.NewPerson(
                name="Sendiri Saja", sex=1, birth_place="Rekaan", birth_date=dt.date(1990, 1, 1), religion=1,
                rt_code="99.01.01.1001.001.001", nik="9901010101909003",
            ), purpose="civil.pelayanan",
        )  # fmt: skip
    user = User.objects.create_user("sendiri", name="Sendiri Saja", kind=User.Kind.CITIZEN, person_id=alone.pk)
    answer = client.post("/api/v1/purut/antrean", {"sesi_id": sesi.pk}, content_type="application/json", **token(user))
    assert answer.status_code == 201, answer.content
    made = Antrean.objects.get(code=answer.json()["code"])
    assert (made.patient.person_id, answer.json()["ahead"]) == (alone.pk, 0)
    assert client.get(f"/api/v1/purut/antrean/{made.code}", **token(user)).status_code == 200
    services.cancel(made)
    browser = Client()
    browser.force_login(user)
    sent = {"person": str(alone.pk), "payer": "umum", "referral_no": "", "idempotency_key": "k"}
    assert browser.post(f"/purut/daftar/{sesi.pk}/", sent).status_code == 302
    assert browser.post(f"/purut/daftar/{sesi.pk}/", sent | {"person": str(town.stranger.pk)}).status_code == 422


@pytest.mark.django_db
@pytest.mark.parametrize(("sent", "state"), [({"resep": "racikan"}, "pharmacy"), ({}, "done"), (None, "done")])
def test_a_program_says_whether_a_prescription_follows(
    sesi: Sesi, client: Client, official: Any, sent: dict[str, str] | None, state: str
) -> None:
    arrived(sesi)
    one = called(sesi)
    body = b"" if sent is None else json.dumps(sent)
    shown = client.post(
        f"/api/v1/purut/antrean/{one.code}/selesai", body, content_type="application/json", **token(official("perawat"))
    )
    assert shown.status_code == 200, shown.content
    assert (shown.json()["state"], shown.json()["resep"]) == (state, (sent or {}).get("resep", ""))
    assert Resep.objects.filter(antrean=one).exists() == (state == "pharmacy")
    assert Patient.objects.count() == 1
