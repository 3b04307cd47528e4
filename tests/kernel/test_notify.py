"""A message reaches the inbox with its cause; what happens on other channels never takes it away."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.db import connection, transaction

from pasti.kernel.accounts.models import User
from pasti.kernel.clock import now
from pasti.kernel.notify import queries, services
from pasti.kernel.notify.models import Delivery, Message, Recorded

BROKEN = f"{__name__}.Unreachable"


class Unreachable:
    """A provider that is down."""

    def send(self, channel: str, address: str, title: str, body: str) -> str:
        raise OSError("no route to host")


def resident(name: str = "siti", **more: Any) -> User:
    return User.objects.create_user(name, "a long enough password", name=name, **more)


def tell(user: User, key: str = "antrean:1", **more: Any) -> Message:
    given = {"kind": "antrean", "title": "Giliran Anda", "body": "Nomor A-7", "dedupe_key": key} | more
    return services.send(user.pk, **given)


@pytest.mark.django_db
def test_a_message_is_in_the_inbox_and_goes_out_by_mail() -> None:
    user = resident(email="siti@contoh.id")
    tell(user)
    assert queries.unread(user.pk) == 1
    assert services.deliver_due() == 1
    assert [(m.to, m.subject, m.body) for m in mail.outbox] == [(["siti@contoh.id"], "Giliran Anda", "Nomor A-7")]
    assert services.deliver_due() == 0, "what went out is not sent again"


@pytest.mark.django_db
def test_the_inbox_keeps_what_the_mail_server_refuses(settings: Any) -> None:
    settings.PASTI_NOTIFY_DRIVERS = {"email": BROKEN}
    user = resident(email="siti@contoh.id", phone="0812")
    tell(user, channels=("email", "sms"))
    assert services.deliver_due() == 1, "the failing channel does not hold the other"
    assert queries.inbox(user.pk).get().title == "Giliran Anda"
    failed = Delivery.objects.get(channel="email")
    assert (failed.state, failed.attempts, "no route" in failed.error) == ("queued", 1, True)
    assert Recorded.objects.get().address == "0812"


@pytest.mark.django_db
def test_a_failed_delivery_is_tried_again_later_and_given_up_at_last(settings: Any) -> None:
    settings.PASTI_NOTIFY_DRIVERS = {"email": BROKEN}
    tell(resident(email="siti@contoh.id"))
    services.deliver_due()
    waiting = Delivery.objects.get()
    assert waiting.next_attempt_at > now() + dt.timedelta(seconds=services.WAITS[0] - 5)
    attempts = 0
    while Delivery.objects.filter(state="queued").exists():
        Delivery.objects.update(next_attempt_at=now())
        services.deliver_due()
        attempts += 1
        assert attempts < 20, "it is never given up"
    assert Delivery.objects.get().attempts == len(services.WAITS) + 1
    settings.PASTI_NOTIFY_DRIVERS = {}
    assert services.deliver_due() == 0


@pytest.mark.django_db
def test_a_mail_server_that_comes_back_gets_the_message(settings: Any) -> None:
    settings.PASTI_NOTIFY_DRIVERS = {"email": BROKEN}
    tell(resident(email="siti@contoh.id"))
    services.deliver_due()
    settings.PASTI_NOTIFY_DRIVERS = {}
    Delivery.objects.update(next_attempt_at=now())
    assert services.deliver_due() == 1
    assert len(mail.outbox) == 1


@pytest.mark.django_db
def test_the_same_cause_tells_once() -> None:
    user = resident(email="siti@contoh.id")
    assert tell(user).pk == tell(user, title="Lain").pk
    services.deliver_due()
    assert (Message.objects.count(), len(mail.outbox)) == (1, 1)
    tell(resident("budi"))
    assert Message.objects.count() == 2, "another person with the same key is another message"


@pytest.mark.django_db
def test_without_an_address_only_the_inbox_is_told() -> None:
    tell(resident())
    assert not Delivery.objects.exists()


@pytest.mark.django_db
def test_reading_touches_only_ones_own() -> None:
    mine, theirs = resident(), resident("budi")
    one, other = tell(mine), tell(theirs)
    services.mark_read(mine.pk, other.pk)
    services.mark_all_read(mine.pk)
    assert (queries.unread(mine.pk), queries.unread(theirs.pk)) == (0, 1)
    services.mark_read(theirs.pk, one.pk)
    assert queries.unread(theirs.pk) == 1


@pytest.mark.django_db
def test_a_cause_that_is_rolled_back_tells_nobody() -> None:
    user = resident(email="siti@contoh.id")
    with transaction.atomic():
        tell(user)
        transaction.set_rollback(True)
    assert not Message.objects.exists()


def test_a_commit_asks_for_delivery_once(fresh_database: str) -> None:
    user = resident(email="siti@contoh.id")
    with transaction.atomic():
        tell(user, "antrean:1")
        tell(user, "antrean:2")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'notify.deliver' AND status = 'todo'")
        assert cursor.fetchone()[0] == 1
