"""What is pressed twice happens once, and what a browser brings back from before is not mistaken for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from pasti.kernel.accounts.models import User
from pasti.purut.models import Antrean, Sesi

from .conftest import arrived
from .test_pages import book, walk_in

pytestmark = pytest.mark.django_db
Browsing = Callable[[User], Client]
Official = Callable[[str], User]


def test_the_form_a_browser_goes_back_to_books_for_the_child_too(
    sesi: Sesi, town: Any, mother: User, browsing: Browsing
) -> None:
    browser = browsing(mother)
    own, child = book(browser, sesi, town.mother), book(browser, sesi, town.child)
    assert own.url != child.url
    assert {one.patient.person_id for one in Antrean.objects.all()} == {town.mother.pk, town.child.pk}


def test_a_walk_in_sent_twice_is_one_registration_and_the_same_ticket(
    sesi: Sesi, official: Official, browsing: Browsing
) -> None:
    clerk = browsing(official("loket"))
    first, second = (clerk.post("/purut/loket/", walk_in(sesi, idempotency_key="k")) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.url == second.url
    other = clerk.post("/purut/loket/", walk_in(sesi, 8, idempotency_key="k"))
    assert other.url not in (first.url, "")
    assert Antrean.objects.count() == 2


def test_a_double_press_calls_one_patient(sesi: Sesi, official: Official, browsing: Browsing) -> None:
    made, waits = arrived(sesi, 1), arrived(sesi, 2)
    nurse, page = browsing(official("perawat")), f"/purut/perawat/{sesi.pk}/"
    assert 'name="idempotency_key"' in nurse.get(page).content.decode().split("/panggil/")[1].split("</form>")[0]
    for _ in range(2):
        nurse.post(f"{page}panggil/", {"room": "ruang 3", "idempotency_key": "k"})
    for one in (made, waits):
        one.refresh_from_db()
    assert (made.state, made.calls, waits.state) == ("called", 1, "checked_in")
    for _ in range(2):
        nurse.post(f"/purut/perawat/antrean/{made.code}/panggil-lagi/", {"idempotency_key": "k2"})
    made.refresh_from_db()
    assert made.calls == 2
    nurse.post(f"{page}panggil/", {"room": "ruang 3", "idempotency_key": "k3"})
    waits.refresh_from_db()
    assert waits.state == "called"
