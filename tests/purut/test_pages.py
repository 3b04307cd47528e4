"""Pages of patient, nurse, counter and waiting room."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from pasti.civil.rules import nik
from pasti.kernel.accounts.models import User
from pasti.kernel.audit.queries import trail_of
from pasti.kernel.clock import today
from pasti.kernel.publish.registry import registry
from pasti.purut import services
from pasti.purut.models import Antrean, Sesi

from .conftest import arrive, arrived, booked, patient

pytestmark = pytest.mark.django_db
Browsing = Callable[[User], Client]
Official = Callable[[str], User]
REFERRAL = "0301R0010326B000001"


def form(person: Any, **more: str) -> dict[str, str]:
    return {"person": str(person.pk), "payer": "umum", "referral_no": "", "idempotency_key": "k1"} | more


def book(browser: Client, sesi: Sesi, person: Any, **more: str) -> Any:
    return browser.post(f"/purut/daftar/{sesi.pk}/", form(person, **more))


def test_daily_words_lead_to_the_clinic(sesi: Sesi, client: Client) -> None:
    found = client.get("/purut/", {"q": "dokter anakk"}).content.decode()
    assert "/purut/poli/ANA/" in found
    assert "/purut/poli/INT/" not in found
    assert "Tidak ada poli yang cocok" in client.get("/purut/", {"q": "xyzzy"}).content.decode()


def test_a_clinic_shows_its_sessions_with_the_places_left(sesi: Sesi, client: Client) -> None:
    page = client.get("/purut/poli/ana/").content.decode()
    assert f"/purut/daftar/{sesi.pk}/" in page
    assert "sisa 10 tempat" in page
    Sesi.objects.filter(pk=sesi.pk).update(used_online=10)
    page = client.get("/purut/poli/ANA/").content.decode()
    assert "Penuh" in page
    assert f'/purut/daftar/{sesi.pk}/"' not in page
    assert f"/purut/daftar/{sesi.pk}/?tunggu=1" in page
    assert client.get("/purut/poli/TIDAK/").status_code == 404


def test_a_resident_books_for_herself(sesi: Sesi, town: Any, mother: User, browsing: Browsing) -> None:
    browser = browsing(mother)
    assert "Siti Ni&#x27;mah (saya)" in browser.get(f"/purut/daftar/{sesi.pk}/").content.decode()
    answer = book(browser, sesi, town.mother)
    made = Antrean.objects.select_related("patient").get()
    assert (answer.status_code, answer.url) == (302, f"/purut/antrean/{made.code}/")
    assert (made.patient.person_id, made.booked_by, made.channel) == (town.mother.pk, mother.pk, "web")
    assert "B-001" in browser.get(answer.url).content.decode()


def test_a_parent_books_for_the_child_on_the_family_card(
    sesi: Sesi, town: Any, mother: User, browsing: Browsing
) -> None:
    browser = browsing(mother)
    assert book(browser, sesi, town.child).status_code == 302
    assert Antrean.objects.get().patient.person_id == town.child.pk
    assert "B-001" in browser.get("/purut/antrean/").content.decode()


def test_the_same_form_sent_twice_is_one_booking(sesi: Sesi, town: Any, mother: User, browsing: Browsing) -> None:
    browser = browsing(mother)
    first, second = book(browser, sesi, town.mother), book(browser, sesi, town.mother)
    assert first.url == second.url
    assert Antrean.objects.count() == 1


def test_a_second_booking_says_so_at_the_person(sesi: Sesi, town: Any, mother: User, browsing: Browsing) -> None:
    browser = browsing(mother)
    book(browser, sesi, town.mother)
    answer = book(browser, sesi, town.mother, idempotency_key="k2")
    assert answer.status_code == 422
    assert "sudah terdaftar" in answer.context["form"].errors["person"][0]


def test_somebody_elses_person_cannot_be_chosen(sesi: Sesi, town: Any, mother: User, browsing: Browsing) -> None:
    answer = book(browsing(mother), sesi, town.stranger)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["person"]
    assert "Budi Jauh" not in answer.content.decode()
    assert not Antrean.objects.exists()


def test_a_refused_form_keeps_what_was_typed_and_marks_the_field(
    sesi: Sesi, town: Any, mother: User, browsing: Browsing
) -> None:
    browser = browsing(mother)
    answer = book(browser, sesi, town.child, payer="jkn", referral_no="12 34")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "nomor rujukan" in answer.context["form"].errors["referral_no"][0]
    assert "govuk-error-summary" in page
    assert 'value="12 34"' in page
    assert answer.context["form"]["person"].value() == str(town.child.pk)
    assert 'value="k1"' in page
    assert book(browser, sesi, town.child, payer="jkn", referral_no=REFERRAL.lower()).status_code == 302
    assert Antrean.objects.get().referral_no == REFERRAL


def test_a_full_session_is_said_on_the_form(sesi: Sesi, town: Any, mother: User, browsing: Browsing) -> None:
    Sesi.objects.filter(pk=sesi.pk).update(used_online=10)
    answer = book(browsing(mother), sesi, town.mother)
    assert (answer.status_code, "sudah habis" in answer.content.decode()) == (422, True)


def test_cancelling_is_for_who_booked(
    sesi: Sesi, town: Any, mother: User, official: Official, browsing: Browsing, client: Client
) -> None:
    browser = browsing(mother)
    path = book(browser, sesi, town.mother).url
    assert client.post(f"{path}batal/").url.startswith("/masuk/")
    stranger = User.objects.create_user("budi", name="Budi", person_id=town.stranger.pk)
    assert browsing(stranger).post(f"{path}batal/").status_code == 404
    assert browser.post(f"{path}batal/").status_code == 302
    assert browser.post(f"{path}batal/").status_code == 302
    assert Antrean.objects.get().state == "cancelled"
    sesi.refresh_from_db()
    assert sesi.used_online == 0


def test_the_number_page_names_nobody(sesi: Sesi, town: Any, mother: User, browsing: Browsing, client: Client) -> None:
    path = book(browsing(mother), sesi, town.mother).url
    page = client.get(path).content.decode()
    assert "B-001" in page
    assert "Siti" not in page
    part = client.get(path, headers={"X-Live": "1"}).content.decode()
    assert "<html" not in part
    assert "B-001" in part
    assert client.get("/purut/antrean/ZZZZZZZZ/").status_code == 404


def test_my_registrations_come_page_by_page(sesi: Sesi, town: Any, mother: User, browsing: Browsing) -> None:
    for serial in range(1, 24):
        made = (
            booked(sesi, serial)
            if serial <= 10
            else booked(Sesi.objects.get(poli="INT", date=today() + dt.timedelta(serial % 5 + 1)), serial)
        )
        Antrean.objects.filter(pk=made.pk).update(booked_by=mother.pk)
    browser, path, seen = browsing(mother), "/purut/antrean/", []
    while path:
        answer = browser.get(path)
        seen += [row[0].pk for row in answer.context["rows"]]
        path = f"/purut/antrean/{answer.context['next_url']}" if answer.context["next_url"] else ""
    assert len(seen) == len(set(seen)) == 23
    assert seen == sorted(seen, reverse=True)


def test_a_nurse_works_through_the_queue(
    sesi: Sesi, town: Any, mother: User, official: Official, browsing: Browsing
) -> None:
    code = book(browsing(mother), sesi, town.mother).url.split("/")[3]
    nurse, page = browsing(official("perawat")), f"/purut/perawat/{sesi.pk}/"
    act = lambda verb: nurse.post(f"/purut/perawat/antrean/{code}/{verb}/", follow=True).content.decode()  # noqa: E731
    assert "Siti Ni&#x27;mah" in nurse.get(page).content.decode()
    assert "persilakan ke loket" in act("datang")
    clerk = browsing(official("loket"))
    assert "Siti Ni&#x27;mah" in clerk.get("/purut/loket/").content.decode()
    for verb in ("mulai-daftar", "selesai-daftar", "selesai-daftar"):
        assert clerk.post(f"/purut/perawat/antrean/{code}/{verb}/").url == "/purut/loket/"
    act("datang")
    called = nurse.post(f"{page}panggil/", {"room": "ruang 3"}, follow=True).content.decode()
    assert "pasti-now" in called
    assert 'value="ruang 3"' in called, "the room is kept for the next call"
    assert Antrean.objects.get().room == "ruang 3"
    act("selesai")
    assert "pasti-now" not in act("selesai")
    steps = Antrean.objects.get().steps.order_by("id").values_list("step", flat=True)
    assert list(steps) == ["booked", "admission", "admitting", "checked_in", "called", "serving", "done"]
    assert (
        "Tidak ada pasien yang menunggu"
        in nurse.post(f"{page}panggil/", {"room": "ruang 3"}, follow=True).content.decode()
    )
    assert "Isi dulu ruang" in nurse.post(f"{page}panggil/", {"room": ""}, follow=True).content.decode()


def test_a_refused_act_is_said_and_not_done(sesi: Sesi, official: Official, browsing: Browsing) -> None:
    made = booked(sesi)
    nurse = browsing(official("perawat"))
    said = nurse.post(f"/purut/perawat/antrean/{made.code}/selesai/", follow=True).content.decode()
    assert "sudah berubah: Terdaftar" in said
    assert nurse.post(f"/purut/perawat/antrean/{made.code}/batal/").status_code == 403, "cancelling is for the counter"
    assert nurse.post(f"/purut/perawat/antrean/{made.code}/hapus/").status_code == 404
    assert nurse.post("/purut/perawat/antrean/ZZZZZZZZ/datang/").status_code == 404


def test_who_opens_the_queue_is_seen_by_the_patients(
    sesi: Sesi, town: Any, mother: User, official: Official, browsing: Browsing
) -> None:
    book(browsing(mother), sesi, town.mother)
    browsing(official("perawat")).get(f"/purut/perawat/{sesi.pk}/")
    entry = trail_of(town.mother.pk).filter(action="purut.queue.read").get()
    assert (entry.actor_name, entry.actor_role, entry.purpose) == ("Petugas perawat", "perawat", "purut.care")
    assert set(entry.fields) == {"name", "birth_date", "norm"}
    assert entry.action in registry().actions


def walk_in(sesi: Sesi, serial: int = 7, **more: str) -> dict[str, str]:
    born = dt.date(1990, 7, 13)
    return {"sesi_id": str(sesi.pk), "nik": nik.build("990101", born, nik.MALE, serial), "name": "Pak Datang",
            "birth_date": "1990-07-13", "sex": "L", "phone": "", "payer": "umum", "referral_no": ""} | more  # fmt: skip


def test_the_counter_registers_a_walk_in_and_prints(sesi: Sesi, official: Official, browsing: Browsing) -> None:
    clerk = browsing(official("loket"))
    answer = clerk.post("/purut/loket/", walk_in(sesi))
    made = Antrean.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/purut/loket/karcis/{made.code}/?cetak=1")
    assert (made.channel, made.state) == ("loket", "checked_in")
    assert "B-001" in clerk.get(answer.url).content.decode()
    again = clerk.post("/purut/loket/", walk_in(sesi))
    assert (again.status_code, "sudah terdaftar" in again.content.decode()) == (422, True)
    assert clerk.get("/purut/loket/cari/", {"code": made.code.lower()}).url == f"/purut/perawat/{sesi.pk}/"
    assert clerk.get("/purut/loket/cari/", {"code": "x"}).url == "/purut/loket/?code=x"


def test_a_wrong_nik_is_said_at_the_nik_and_the_rest_is_kept(
    sesi: Sesi, official: Official, browsing: Browsing
) -> None:
    answer = browsing(official("loket")).post("/purut/loket/", walk_in(sesi, nik="9901013213900001"))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["nik"]
    assert 'value="Pak Datang"' in answer.content.decode()


def test_the_boards_show_numbers_and_rooms_but_no_names(sesi: Sesi, client: Client) -> None:
    arrive(booked(sesi, 1, patient=patient(1, "Nama Rahasia")))
    services.call_next(sesi.pk, "ruang 3")
    for path in ("/purut/papan/", "/purut/papan/ana/"):
        page = client.get(path).content.decode()
        assert "B-001" in page
        assert "ruang 3" in page
        assert "Rahasia" not in page
    part = client.get("/purut/papan/ANA/", headers={"X-Live": "1"}).content.decode()
    assert "<html" not in part
    assert client.get("/purut/papan/TIDAK/").status_code == 404


STAFF = [
    "/purut/perawat/",
    "/purut/perawat/{sesi}/",
    "/purut/loket/",
    "/purut/loket/karcis/{code}/",
    "/purut/loket/cari/?code={code}",
]


@pytest.mark.parametrize("path", STAFF)
def test_pages_of_the_staff_are_closed_to_others(
    path: str, sesi: Sesi, mother: User, browsing: Browsing, client: Client
) -> None:
    path = path.format(sesi=sesi.pk, code=booked(sesi).code)
    answer = client.get(path)
    assert (answer.status_code, answer.url[:12]) == (302, "/masuk/?next")
    assert browsing(mother).get(path).status_code == 403


@pytest.mark.parametrize("path", ["/purut/perawat/{sesi}/panggil/", "/purut/perawat/antrean/{code}/datang/"])
def test_acts_of_the_staff_are_closed_to_others(path: str, sesi: Sesi, mother: User, browsing: Browsing) -> None:
    made = booked(sesi)
    assert browsing(mother).post(path.format(sesi=sesi.pk, code=made.code), {"room": "x"}).status_code == 403
    made.refresh_from_db()
    assert made.state == "booked"


def test_a_clerk_checks_in_but_does_not_call(sesi: Sesi, official: Official, browsing: Browsing) -> None:
    made, clerk = booked(sesi), browsing(official("loket"))
    assert clerk.post(f"/purut/perawat/antrean/{made.code}/datang/").status_code == 302
    assert clerk.post(f"/purut/perawat/{sesi.pk}/panggil/", {"room": "x"}).status_code == 403


def test_a_stranger_who_wants_to_book_signs_in_and_comes_back(sesi: Sesi, client: Client) -> None:
    assert client.get(f"/purut/daftar/{sesi.pk}/").url == f"/masuk/?next=%2Fpurut%2Fdaftar%2F{sesi.pk}%2F"


@pytest.mark.parametrize(
    ("path", "role", "most"),
    [("/purut/", "", 4), ("/purut/poli/ANA/", "", 6), ("/purut/papan/", "", 7), ("/purut/papan/ANA/", "", 8),
     ("/purut/perawat/", "perawat", 8), ("/purut/perawat/{sesi}/", "perawat", 9), ("/purut/antrean/", "perawat", 9)],
)  # fmt: skip
def test_lists_ask_the_database_as_often_for_many_as_for_one(
    path: str, role: str, most: int, sesi: Sesi, mother: User, official: Official, browsing: Browsing, client: Client,
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    for serial in range(1, 10):
        Antrean.objects.filter(pk=arrived(sesi, serial).pk).update(booked_by=mother.pk)
    user = mother if path == "/purut/antrean/" else official(role) if role else None
    browser = browsing(user) if user else client
    registry()
    with django_assert_max_num_queries(most):
        assert browser.get(path.format(sesi=sesi.pk)).status_code == 200
