"""Asking to be warned on a page, the RT head's task, and what officers see of a warning's reach."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from pasti.ews.models import Delivery, Gauge, RtTask, Subscription
from pasti.ews.services import issuing, proposing
from pasti.ews.services.reach import planning, sending, subscribing
from pasti.ews.web import limits
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.services import assign
from pasti.kernel.api.limits import TokenBucket
from pasti.kernel.clock import now
from pasti.kernel.notify.models import Recorded
from pasti.kernel.publish.registry import registry

from .conftest import KELURAHAN, RT, found

PAGE = "/ews/langganan/"


@pytest.fixture
def head(db: None) -> User:
    assign(
        user := User.objects.create_user("ketua", name="Pak Ketua", phone="0811"),
        "ketua_rt",
        unit_code=RT,
        unit_name="RT 001",
    )
    return user


@pytest.fixture
def asked(gauge: Gauge, head: User, official: Any) -> RtTask:
    """A warning for one RT, whose head is asked; one subscriber of it."""
    Subscription.objects.create(
        channel="sms", address="+628110000001", place_codes=[RT], created_at=now(), confirmed_at=now()
    )
    proposal = proposing.propose(found(1), gauge)
    assert proposal is not None
    planning.plan(issuing.issue_proposal(proposal.pk, by=official("sari")).pk)
    return RtTask.objects.get()


def test_the_page_asks_for_the_kelurahan_first_and_keeps_what_was_typed(gauge: Gauge, client: Client) -> None:
    assert b'name="kelurahan"' in client.get(PAGE).content
    page = client.get(f"{PAGE}?tempat={RT}").content.decode()
    assert f'value="{RT}" selected' in page
    wrong = client.post(
        PAGE, {"kelurahan": KELURAHAN, "place": RT, "channel": "sms", "address": "bukan nomor", "language": "id"}
    )
    assert wrong.status_code == 422
    assert "bukan nomor" in wrong.content.decode()
    assert not Subscription.objects.exists()


@pytest.mark.parametrize(("channel", "hint"), [("sms", "0812 3456 7890"), ("email", "nama@contoh.id")])
def test_an_address_is_asked_for_in_the_form_of_the_way_chosen(
    gauge: Gauge, client: Client, channel: str, hint: str
) -> None:
    assert "boleh kosong" not in client.get(f"{PAGE}?tempat={RT}").content.decode()
    page = client.post(PAGE, {"kelurahan": KELURAHAN, "place": RT, "channel": channel, "address": "", "language": "id"})
    assert (page.status_code, hint in page.content.decode()) == (422, True)


def test_a_stranger_cannot_have_a_thousand_messages_sent(
    gauge: Gauge, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SUBSCRIPTIONS", TokenBucket(rate=1 / 60, burst=2))
    form = {"kelurahan": KELURAHAN, "place": RT, "channel": "email", "language": "id"}
    answers = [client.post(PAGE, form | {"address": f"orang{n}@contoh.id"}) for n in range(4)]
    assert [one.status_code for one in answers] == [302, 302, 429, 429]
    assert "orang3@contoh.id" in answers[3].content.decode()
    assert "Tunggu 1 menit" in answers[3].content.decode()
    assert Subscription.objects.count() == 2
    elsewhere = client.post(PAGE, form | {"address": "lain@contoh.id"}, REMOTE_ADDR="203.0.113.9")
    assert elsewhere.status_code == 302


def test_a_number_is_confirmed_by_its_link_and_stops_by_the_other(gauge: Gauge, client: Client) -> None:
    form = {"kelurahan": KELURAHAN, "place": RT, "channel": "sms", "address": "0812 3456 7890", "language": "en"}
    for _ in range(2):
        assert client.post(PAGE, form).status_code == 302
    link = Recorded.objects.get().text.split("/ews/langganan/setuju/")[1].split("/")[0]
    confirm = f"{PAGE}setuju/{link}/"
    assert client.get(confirm).status_code == 200
    row = Subscription.objects.get()
    assert row.confirmed_at is None  # a mail program that opens links confirms nothing
    client.post(confirm)
    row.refresh_from_db()
    assert (row.address, row.language, bool(row.confirmed_at)) == ("+6281234567890", "en", True)
    client.post(f"{PAGE}berhenti/{subscribing.stop_token(row.pk)}/")
    row.refresh_from_db()
    assert (row.address, bool(row.ended_at)) == ("", True)
    assert client.post(f"{PAGE}berhenti/bukan-tautan/").status_code == 404
    assert client.post(confirm).status_code == 404


def test_the_head_says_how_many_houses_and_the_portal_asks_until_then(
    asked: RtTask, head: User, browsing: Callable[[User], Client]
) -> None:
    browser, [tasks] = browsing(head), [one.tasks for one in registry().tasks if one.code == "ews"]
    assert [one.url for one in tasks(head)] == [f"/ews/rt/{asked.pk}/"]
    assert "Saya sudah memperingatkan" in browser.get("/ews/rt/").content.decode()
    assert browser.post(f"/ews/rt/{asked.pk}/", {"houses": "banyak"}).status_code == 422
    assert browser.post(f"/ews/rt/{asked.pk}/", {"houses": "31", "note": "lengkap"}).status_code == 302
    asked.refresh_from_db()
    assert (asked.houses, bool(asked.warned_at), tasks(head)) == (31, True, [])
    assert browsing(User.objects.create_user("lain")).get(f"/ews/rt/{asked.pk}/").status_code == 404


def test_officers_see_who_was_not_reached(
    asked: RtTask, head: User, official: Any, browsing: Callable[[User], Client], django_assert_max_num_queries: Any
) -> None:
    browser, address = browsing(official("budi")), f"/ews/jaga/peringatan/{asked.warning_id}/jangkauan/"
    page = browser.get(address).content.decode()
    assert "Pak Ketua" in page
    assert "0 / 1" in page
    sending.send_due("sms")
    asked.warned_at, asked.houses = now(), 20
    asked.save()
    with django_assert_max_num_queries(30):
        page = browser.get(address).content.decode()
    assert "Pak Ketua" not in page
    assert page.count("1 / 1") == 3
    assert Delivery.objects.get().state == "sent"
    assert browsing(head).get(address).status_code in (403, 404)
