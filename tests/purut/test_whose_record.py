"""A NIK leads to one record, and one wrong digit to nobody else's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from pasti.civil import queries as register
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import scoped
from pasti.kernel.audit.queries import trail_of
from pasti.kernel.clock import today
from pasti.kernel.errors import Refused
from pasti.kernel.outbox.services import deliver_waiting
from pasti.kernel.publish.registry import subscriptions
from pasti.purut import services
from pasti.purut.models import Antrean, Patient, Sesi
from pasti.purut.rules.sameness import Told, same_person

from .conftest import booked, patient
from .test_pages import book, walk_in

pytestmark = pytest.mark.django_db
Browsing = Callable[[User], Client]
Official = Callable[[str], User]
BORN = dt.date(1990, 7, 13)


@given(st.text(min_size=1, max_size=60), st.text(min_size=1, max_size=60))
def test_who_agrees_in_birth_date_and_sex_or_in_the_name_may_be_the_same(one: str, other: str) -> None:
    born, later = BORN, dt.date(1991, 7, 13)
    assert same_person(Told(one, born, "L"), Told(other, born, "L"))
    assert same_person(Told(one, born, "L"), Told(f" {one.lower()} ", later, "P")) or one.casefold() != one.lower()
    assert same_person(Told("Siti Nurhaliza", born, "P"), Told("SITTI NURHALISA", later, "P"))
    assert not same_person(Told("Siti Aminah", born, "P"), Told("Siti Nurhaliza", later, "P"))


def test_another_ones_nik_registers_nobody(sesi: Sesi, official: Official, browsing: Browsing) -> None:
    clerk = browsing(official("loket"))
    clerk.post("/purut/loket/", walk_in(sesi))
    Antrean.objects.update(state="done")
    answer = clerk.post("/purut/loket/", walk_in(sesi, name="Ibu Lain", birth_date="1962-02-03", sex="P"))
    assert answer.status_code == 422
    assert "pasien lain" in answer.context["form"].errors["nik"][0]
    assert Antrean.objects.count() == 1


def test_a_record_under_another_name_is_said_to_the_clerk(sesi: Sesi, official: Official, browsing: Browsing) -> None:
    clerk = browsing(official("loket"))
    clerk.post("/purut/loket/", walk_in(sesi))
    Antrean.objects.update(state="done")
    twin = clerk.post("/purut/loket/", walk_in(sesi, name="Saudara Kembar"), follow=True).content.decode()
    assert "tercatat atas nama Pak Datang" in twin
    wrong = Antrean.objects.latest("id").code
    assert f"/purut/antrean/{wrong}/batal/" in twin, "a number taken for the wrong person is given back from here"
    assert clerk.post(f"/purut/antrean/{wrong}/batal/").status_code == 302
    assert "/batal/" not in clerk.get(f"/purut/loket/karcis/{wrong}/").content.decode()
    Antrean.objects.update(state="done")
    same = clerk.post("/purut/loket/", walk_in(sesi, name="PAK  DATANG"), follow=True).content.decode()
    assert "tercatat atas nama" not in same


@pytest.mark.parametrize("born", [dt.date(1, 1, 1), dt.date(1899, 12, 31), dt.date(2199, 1, 1)])
def test_nobody_is_born_tomorrow_or_before_1900(born: dt.date, sesi: Sesi) -> None:
    wanted = services.PatientWanted(patient().nik, "Pasien", born, "L")
    with pytest.raises(Refused) as refused:
        booked(sesi, patient=wanted)
    assert (refused.value.code, refused.value.field) == ("tanggal-lahir-tidak-sah", "birth_date")
    assert booked(sesi, patient=services.PatientWanted(wanted.nik, "Pasien", today(), "L")).pk


def test_a_resident_is_not_given_a_record_made_with_the_wrong_nik(
    sesi: Sesi, town: Any, mother: User, browsing: Browsing
) -> None:
    with scoped(register.scope_for(mother, "purut.registration")):
        nik = register.person(town.mother.pk, purpose="purut.registration").nik
    Patient.objects.create(nik=nik, name="Orang Lain Sekali", sex="L", birth_date=dt.date(1955, 5, 5))
    answer = book(browsing(mother), sesi, town.mother)
    assert (answer.status_code, Antrean.objects.count()) == (422, 0)
    assert "pasien lain" in answer.context["form"].errors["person"][0]
    assert "Orang Lain" not in answer.content.decode()
    assert Patient.objects.get(nik=nik).person_id is None
    assert not trail_of(town.mother.pk).filter(action="purut.antrean.booked").exists()


def test_a_resident_registered_at_the_counter_sees_the_number_and_who_reads_the_record(
    sesi: Sesi, town: Any, mother: User, official: Official, browsing: Browsing, settings: Any
) -> None:
    settings.PASTI_CITY = {"code": "99.01"}
    own = town.mother
    asked = {"nik": own.nik, "name": own.name, "birth_date": own.birth_date.isoformat(), "sex": "P"}
    browsing(official("loket")).post("/purut/loket/", walk_in(sesi, **asked))
    made = Antrean.objects.select_related("patient").get()
    assert made.patient.person_id is None
    for _ in range(2):
        deliver_waiting(subscriptions())
    made.patient.refresh_from_db()
    assert made.patient.person_id == own.pk
    assert "B-001" in browsing(mother).get("/purut/antrean/").content.decode()
    browsing(official("perawat")).get(f"/purut/perawat/{sesi.pk}/")
    seen = list(trail_of(own.pk).values_list("action", flat=True))
    assert seen.count("purut.queue.read") == 1
    assert seen.count("purut.patient.tied") == 1


def test_a_record_that_is_another_ones_is_tied_to_nobody(sesi: Sesi, town: Any, settings: Any) -> None:
    settings.PASTI_CITY = {"code": "99.01"}
    wrong = services.PatientWanted(town.mother.nik, "Orang Lain Sekali", dt.date(1955, 5, 5), "L")
    made = booked(sesi, patient=wrong)
    deliver_waiting(subscriptions())
    made.patient.refresh_from_db()
    assert made.patient.person_id is None
