"""A family's numbers: who is who, who looked, and what can still be answered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from pasti.kernel.accounts.models import User
from pasti.kernel.audit.queries import trail_of
from pasti.kernel.clock import now, today
from pasti.purut import services
from pasti.purut.models import Antrean, Sesi, Tunggu

from .conftest import HOUR, arrived, booked, token
from .test_kiosk import START, device, said  # noqa: F401
from .test_pages import REFERRAL, book, form, walk_in

pytestmark = pytest.mark.django_db
Browsing = Callable[[User], Client]
Official = Callable[[str], User]


def looks(person: Any) -> int:
    return trail_of(person.pk).filter(action="purut.antrean.read", purpose="purut.registration").count()


def test_a_parent_reads_whose_number_is_whose_and_strangers_do_not(
    sesi: Sesi, town: Any, mother: User, official: Official, browsing: Browsing, client: Client
) -> None:
    browser = browsing(mother)
    own, child = book(browser, sesi, town.mother).url, book(browser, sesi, town.child, idempotency_key="k2").url
    names = [
        one.patient.name.replace("'", "&#x27;") for one in Antrean.objects.select_related("patient").order_by("id")
    ]
    listed = browser.get("/purut/antrean/").content.decode()
    for path, name, other in ((own, names[0], names[1]), (child, names[1], names[0])):
        page = browser.get(path).content.decode()
        assert f"Untuk: {name}" in page
        assert f"Untuk: {other}" not in page
        assert f"Untuk: {name}" in browser.get(f"{path}batal/").content.decode()
        assert name in listed
        for stranger in (client, browsing(official("perawat" if path == own else "dokter"))):
            assert name not in stranger.get(path).content.decode()
        assert name not in browser.get(path, headers={"X-Live": "1"}).content.decode()


def test_who_looks_at_the_numbers_of_kin_is_seen_by_them(
    sesi: Sesi, town: Any, mother: User, browsing: Browsing
) -> None:
    browser = browsing(mother)
    code = book(browser, sesi, town.child).url.split("/")[3]
    for at, look in enumerate((
        lambda: browser.get("/purut/antrean/"), lambda: browser.get(f"/purut/antrean/{code}/"),
        lambda: Client().get(f"/api/v1/purut/antrean/{code}", **token(mother)),
        lambda: Client().get(f"/fhir/R4/Appointment/{code}", **token(mother)),
    ), 1):  # fmt: skip
        assert look().status_code == 200
        assert looks(town.child) == at
    assert looks(town.mother) == 0


def test_who_leaves_the_list_just_after_a_place_was_offered_is_asked_about_it(
    sesi: Sesi, town: Any, mother: User, browsing: Browsing
) -> None:
    Sesi.objects.filter(pk=sesi.pk).update(quota_online=0)
    browser = browsing(mother)
    book(browser, sesi, town.child, tunggu="1")
    row = Tunggu.objects.get()
    offered = booked(sesi, 4)
    Antrean.objects.filter(pk=offered.pk).update(state="held", held_until=now() + HOUR, booked_by=mother.pk)
    Tunggu.objects.filter(pk=row.pk).update(state="served", antrean=offered)
    assert browser.post(f"/purut/tunggu/{row.pk}/keluar/").url == f"/purut/antrean/{offered.code}/pilihan/"


def test_a_closed_session_says_so_before_anything_is_filled_in(
    sesi: Sesi, town: Any, mother: User, browsing: Browsing
) -> None:
    browser, path = browsing(mother), f"/purut/daftar/{sesi.pk}/"
    assert "Ambil nomor antrean" in browser.get(path).content.decode()
    Sesi.objects.filter(pk=sesi.pk).update(state="cancelled")
    page = browser.get(path).content.decode()
    assert "Pendaftaran ditutup" in page
    assert "Ambil nomor antrean" not in page
    late = browser.post(path, form(town.child, referral_no="12AB"))
    assert (late.status_code, "sudah ditutup" in late.content.decode()) == (422, True)
    assert 'value="12AB"' in late.content.decode(), "what was typed while it closed stays"


def test_the_kind_of_letter_goes_with_the_registration(
    sesi: Sesi, town: Any, mother: User, official: Official, browsing: Browsing
) -> None:
    book(browsing(mother), sesi, town.mother, payer="jkn", referral_no=REFERRAL, visit_kind="3")
    book(browsing(mother), sesi, town.child, visit_kind="4")
    clerk = browsing(official("loket"))
    clerk.post("/purut/loket/", walk_in(sesi, payer="jkn", referral_no="0301R0010326B000002", visit_kind="4"))
    kinds = Antrean.objects.order_by("id").values_list("visit_kind", flat=True)
    assert list(kinds) == [3, 1, 4], "who pays for oneself brings no letter"
    assert book(browsing(mother), sesi, town.child, visit_kind="9").status_code == 422
    again = clerk.post("/purut/loket/", walk_in(sesi, 8, payer="jkn", referral_no="0301r001 0326b000002"))
    assert "sudah dipakai" in again.context["form"].errors["referral_no"][0]


def test_a_man_is_not_asked_whether_he_is_pregnant(sesi: Sesi, device: Client) -> None:  # noqa: F811
    made = booked(sesi)
    assert "Ibu hamil" not in said(device, asked=made.code)
    said(device, f"{START}{made.code}/", priority="hamil")
    made.refresh_from_db()
    assert made.priority == ""


def test_two_called_patients_are_two_places_for_a_screen_reader(
    sesi: Sesi, official: Official, browsing: Browsing
) -> None:
    for serial in (1, 2):
        Antrean.objects.filter(pk=arrived(sesi, serial).pk).update(state="called", calls=1, called_at=now())
    page = browsing(official("perawat")).get(f"/purut/perawat/{sesi.pk}/").content.decode()
    assert 'aria-label="Dipanggil B-001"' in page
    assert 'aria-label="Dipanggil B-002"' in page


def test_who_waits_for_medicine_reads_the_number_there(
    sesi: Sesi, town: Any, mother: User, browsing: Browsing, client: Client
) -> None:
    made, other = arrived(sesi, 1), arrived(sesi, 2)
    for _ in range(2):
        services.call_next(sesi.pk, "ruang 3")
    for one in (other, made):
        one.refresh_from_db()
        services.finish(one, "racikan")
    page = f"/purut/antrean/{made.code}/"
    assert "Nomor obat: Racikan 2" in client.get(page, headers={"X-Live": "1"}).content.decode()
    for act in (services.prepare, services.declare_ready, services.hand_over):
        act(made)
    assert "Nomor obat" not in client.get(page).content.decode()


@pytest.mark.parametrize("name", ["a\x07b", "\u202eadnilS", "Si\u200bti"])
def test_a_name_says_what_it_shows(sesi: Sesi, official: Official, browsing: Browsing, name: str) -> None:
    answer = browsing(official("loket")).post("/purut/loket/", walk_in(sesi, name=name))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["name"])


def test_a_room_too_long_is_not_called_empty(sesi: Sesi, official: Official, browsing: Browsing) -> None:
    nurse, path = browsing(official("perawat")), f"/purut/perawat/{sesi.pk}/panggil/"
    assert "paling banyak 60" in nurse.post(path, {"room": "r" * 61}, follow=True).content.decode()


def test_a_code_of_the_past_opens_nothing_for_who_only_has_the_code(
    sesi: Sesi, town: Any, mother: User, official: Official, browsing: Browsing, client: Client
) -> None:
    browser = browsing(mother)
    path = book(browser, sesi, town.child).url
    assert client.get(path).status_code == 200
    Antrean.objects.update(date=today() - dt.timedelta(days=1))
    for page in (path, f"{path}pilihan/"):
        assert client.get(page).status_code == 404
        assert browser.get(page).status_code == 200
    assert browsing(official("perawat")).get(path).status_code == 200
