"""An RT head who asks for the family next door by its address: 404, a row in the audit log, and a word to the guardians
at the third attempt."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.services import issue_token
from pasti.kernel.audit.models import Entry
from pasti.kernel.notify.models import Message
from pasti.kernel.outbox.services import deliver_waiting
from pasti.kernel.publish.registry import subscriptions

pytestmark = pytest.mark.django_db
RT = "99.01.01.1001.001.001"


def alerts() -> list[Message]:
    deliver_waiting(subscriptions())
    return list(Message.objects.filter(kind="keamanan"))


def test_the_third_attempt_is_told_to_the_guardians_once(town: Any, officer_of: Any, as_user: Any) -> None:
    auditor, admin, head = officer_of("auditor"), officer_of("admin"), officer_of("ketua_rt", RT)
    browser = as_user(head)
    for attempts in range(1, 6):
        assert browser.get(f"/kependudukan/orang/{town.stranger.pk}/").status_code == 404
        assert len(alerts()) == (2 if attempts >= 3 else 0)
    entries = Entry.objects.filter(action="accounts.denied", actor_id=head.pk)
    assert entries.count() == 5
    assert {(one.object_type, one.object_id, one.subject_id) for one in entries} == {
        ("civil:person", str(town.stranger.pk), None)
    }
    assert {one.user_id for one in alerts()} == {auditor.pk, admin.pk}
    assert "Petugas ketua_rt (Ketua RT Satuan) 3 kali" in alerts()[0].body
    assert "Budi" not in alerts()[0].body


def test_an_attempt_through_the_api_counts_as_one_by_the_page_does(town: Any, officer_of: Any, client: Any) -> None:
    officer_of("admin")
    head: User = officer_of("ketua_rt", RT)
    token: dict[str, Any] = {"headers": {"Authorization": f"Bearer {issue_token(head, scopes=['*'])}"}}
    for _time in range(3):
        assert client.get(f"/api/v1/civil/people/{town.stranger.pk}", **token).status_code == 404
    assert len(alerts()) == 1


def test_a_thing_that_is_not_there_is_answered_and_kept_the_same_way(town: Any, officer_of: Any, as_user: Any) -> None:
    as_user(officer_of("ketua_rt", RT)).get(f"/kependudukan/orang/{uuid.uuid4()}/")
    assert Entry.objects.filter(action="accounts.denied").count() == 1


def test_wrong_addresses_and_strangers_raise_no_alarm(town: Any, officer_of: Any, as_user: Any, client: Any) -> None:
    browser = as_user(officer_of("ketua_rt", RT))
    for _time in range(4):
        browser.get("/tidak/ada/")
        browser.get(f"/kependudukan/orang/{town.father.pk}/")
        client.get(f"/kependudukan/orang/{town.stranger.pk}/")
    assert not Entry.objects.filter(action="accounts.denied").exists()
