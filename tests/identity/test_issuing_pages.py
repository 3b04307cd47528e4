"""The counter's pages and the holder's own, as they are used."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from pasti.identity.models import Activation, Card
from pasti.identity.services import issuing_codes as codes
from pasti.kernel.accounts.models import User
from pasti.kernel.audit.models import Entry
from pasti.kernel.clock import now
from tests.identity.hands import Wallet, activation
from tests.portal.conftest import asked_again, proven

pytestmark = pytest.mark.usefixtures("rekaan")
SEEN = {"document": "ktp_el", "face": "on", "mode": "instead", "device": "Telepon merah", "idempotency_key": "satu"}


def test_an_officer_finds_a_person_and_hands_a_card_over(town: Any, officer: User, as_user: Any, city: None) -> None:
    counter: Client = as_user(officer)
    assert "Siti Ni&#x27;mah" in counter.get("/id/aktivasi/", {"q": "siti"}).content.decode()
    page = f"/id/aktivasi/orang/{town.mother.pk}/"
    refused = counter.post(page, SEEN | {"face": ""})
    assert (refused.status_code, Activation.objects.count()) == (422, 0)

    first, again = counter.post(page, SEEN), counter.post(page, SEEN)
    assert first["Location"] == again["Location"]
    one = Activation.objects.get()
    shown = counter.get(first["Location"]).content.decode()
    tx = codes.tx_code(one.pk, one.round)
    assert codes.code(codes.OFFER, one.pk, one.round) in shown
    assert tx not in shown.replace(" ", "")
    assert f"{tx[:3]} {tx[3:]}" in counter.get(f"{first['Location']}kode/").content.decode()

    waits = re.search(r'data-poll="([^"]+)"', shown)
    assert waits is not None
    assert "X-Done" not in counter.get(waits[1], headers={"X-Poll": "1"})
    Wallet().take(one, 1)
    assert counter.get(waits[1], headers={"X-Poll": "1"})["X-Done"] == "1"
    assert "sudah diterima" in counter.get(first["Location"]).content.decode()
    assert counter.get(f"{first['Location']}kode/").status_code == 302


def test_an_officer_is_asked_again_before_a_card_is_offered_and_before_its_code(
    town: Any, officer: User, as_user: Any, city: None
) -> None:
    counter, page = as_user(officer), f"/id/aktivasi/orang/{town.mother.pk}/"
    asked = asked_again(counter, page, SEEN)
    assert not Activation.objects.exists()
    begun = proven(counter, asked, page)
    one = Activation.objects.get()
    assert (begun["Location"], one.document, one.device) == (f"/id/aktivasi/{one.pk}/", "ktp_el", "Telepon merah")
    code = f"/id/aktivasi/{one.pk}/kode/"
    assert counter.get(code).status_code == 200
    asked = asked_again(counter, code)
    assert "X-Done" not in counter.get(code, {"dari": f"offered-{one.round}"}, headers={"X-Poll": "1"})
    assert proven(counter, asked, code)["Location"] == code
    assert counter.get(code).status_code == 200


def test_codes_are_shown_to_the_officer_who_saw_the_person_alone(
    offered: Activation, officer_of: Any, as_user: Any
) -> None:
    colleague: Client = as_user(officer_of("dukcapil", "99.01"))
    page = f"/id/aktivasi/{offered.pk}/"
    assert codes.code(codes.OFFER, offered.pk, offered.round) not in colleague.get(page).content.decode()
    assert colleague.get(f"{page}kode/").status_code == 404
    assert colleague.post(f"{page}tawaran/").status_code == 404


def test_a_second_officer_agrees_on_the_own_page(
    town: Any, officer: User, officer_of: Any, as_user: Any, city: None
) -> None:
    Wallet().take(activation(officer, town.mother.pk), 1)
    again = activation(officer, town.mother.pk)
    page = f"/id/aktivasi/{again.pk}/"
    assert as_user(officer).post(f"{page}setuju/").status_code == 409
    colleague: Client = as_user(officer_of("dukcapil", "99.01"))
    assert f"{page}setuju/" in colleague.get("/id/aktivasi/").content.decode()
    assert colleague.post(f"{page}setuju/").status_code == 302
    assert as_user(officer).post(f"{page}tawaran/").status_code == 302
    assert codes.code(codes.OFFER, again.pk, 1) in as_user(officer).get(page).content.decode()


def test_a_resident_reports_a_loss_from_any_browser_and_an_officer_by_telephone(
    offered: Activation, resident: User, officer: User, as_user: Any, city: None
) -> None:
    Wallet().take(offered, 1)
    own: Client = as_user(resident)
    card = Card.objects.get()
    assert "Berlaku" in own.get("/id/").content.decode()
    assert own.post("/id/hilang/").status_code == 302
    assert Card.objects.get().state == "suspended"
    assert "dilaporkan hilang" in own.get("/id/").content.decode()

    counter: Client = as_user(officer)
    counter.post(f"/id/aktivasi/kartu/{card.pk}/berlakukan/")
    assert Card.objects.get().state == "valid"
    counter.post(f"/id/aktivasi/kartu/{card.pk}/tangguhkan/")
    assert Card.objects.get().state == "suspended"
    assert counter.post(f"/id/aktivasi/kartu/{card.pk}/cabut/", {"why": "lost"}).status_code == 302
    assert Card.objects.get().state == "revoked"
    assert as_user(User.objects.create_user("lain", name="Lain")).get(f"/id/kartu/{card.pk}/cabut/").status_code == 404


def test_an_account_seen_with_its_person_at_activation_rises_and_no_other(
    town: Any, officer: User, resident: User, as_user: Any, city: None
) -> None:
    User.objects.create_user("anak", name="Zahra", person_id=town.child.pk)
    counter, page = as_user(officer), f"/id/aktivasi/orang/{town.mother.pk}/"
    assert "akun itu miliknya" in counter.get(page).content.decode()
    counter.post(page, SEEN)
    resident.refresh_from_db()
    assert resident.level == 2, "a stranger may have made it: the card alone says nothing of the account"
    counter.post(page, SEEN | {"account": "on", "idempotency_key": "dua"})
    assert {one.username: one.level for one in User.objects.filter(kind="citizen")} == {"nimah": 3, "anak": 2}
    assert Entry.objects.get(action="identity.level_raised").changes["how"] == "aktivasi kartu"
    assert "akun itu miliknya" not in counter.get(page).content.decode()


def test_a_card_ends_for_good_only_by_who_was_seen_and_sits_there_now(
    offered: Activation, resident: User, as_user: Any, city: None
) -> None:
    Wallet().take(offered, 1)
    own, page = as_user(resident), f"/id/kartu/{Card.objects.get().pk}/cabut/"
    User.objects.update(seen_at=None)
    assert own.post(page)["Location"].startswith("/id/tingkat/?perlu=3")
    assert "hanya petugas yang memberlakukannya kembali" in own.get("/id/").content.decode()
    User.objects.update(seen_at=now())
    asked = asked_again(own, page, {})
    assert Card.objects.get().state == "valid"
    assert proven(own, asked, page)["Location"] == "/id/"
    assert Card.objects.get().state == "revoked"


def test_nobody_is_their_own_officer(town: Any, officer: User, officer_of: Any, as_user: Any, city: None) -> None:
    Wallet().take(activation(officer, town.mother.pk), 1)
    card, again = Card.objects.get(), activation(officer, town.mother.pk)
    second = officer_of("dukcapil", "99.01")
    User.objects.filter(pk=second.pk).update(person_id=town.mother.pk)
    own: Client = as_user(second)
    agreed = own.post(f"/id/aktivasi/{again.pk}/setuju/")
    assert (agreed.status_code, "data Anda sendiri" in agreed.content.decode()) == (409, True)
    begun = own.post(f"/id/aktivasi/orang/{town.mother.pk}/", SEEN)
    assert (begun.status_code, Activation.objects.count()) == (422, 2)
    assert own.post(f"/id/aktivasi/kartu/{card.pk}/tangguhkan/").status_code == 302
    resumed = own.post(f"/id/aktivasi/kartu/{card.pk}/berlakukan/", follow=True)
    assert "petugas lain yang memberlakukannya" in resumed.content.decode()
    assert (Card.objects.get().state, Activation.objects.get(pk=again.pk).state) == ("suspended", "waiting")


def test_a_residents_copy_of_the_data_has_cards_and_steps(offered: Activation, resident: User, city: None) -> None:
    from pasti.identity.queries.issuing_desk import records_of

    Wallet().take(offered, 2)
    kinds = [(one["jenis"], one.get("salinan")) for one in records_of(offered.person_id)]
    assert kinds == [("aktivasi", None), ("kartu", 2)]


def test_the_numbers_of_cards_can_be_computed(offered: Activation, city: None) -> None:
    from django.db import connection

    from pasti.kernel.clock import now
    from pasti.kernel.publish.registry import registry

    Wallet().take(offered, 1)
    moment = now()
    asked = {"start": moment.replace(day=1), "end": moment, "as_of": moment, "area": "99.01"}
    found = {}
    with connection.cursor() as cursor:
        for code in ("identity.card_holders", "identity.activation_minutes", "identity.revocation_delay"):
            measure = registry().measures[code]
            cursor.execute(measure.sql, asked)
            found[code] = cursor.fetchone()
            for sql in (measure.records_sql, measure.sample_sql, measure.newest_sql):
                cursor.execute(sql, asked)
    assert found["identity.card_holders"][:2] == (1, 3)
    assert found["identity.activation_minutes"][3] == 1
    assert found["identity.revocation_delay"][3] == 0
