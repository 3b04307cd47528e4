"""When data of people was revealed: whom it touched is found from the log, and everyone is told, once."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection

from pasti.kernel.accounts.access import actor_for
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import everyone, scoped
from pasti.kernel.accounts.services import assign
from pasti.kernel.audit.models import Entry
from pasti.kernel.clock import now
from pasti.kernel.context import acting_as
from pasti.kernel.errors import Refused
from pasti.kernel.notify.models import Message
from pasti.siap_pak_rt.models import Breach, BreachSubject
from pasti.siap_pak_rt.services import breaches
from tests.civil.conftest import RT
from tests.portal.conftest import PASSWORD

pytestmark = pytest.mark.django_db
WHOLE = everyone("99.01", breaches.PURPOSE)
LIST = "/siap-pak-rt/kegagalan/"
FORM = {
    "title": "Akun petugas dipakai orang lain", "data_kinds": "nama, NIK", "cause": "Sandi dibagikan",
    "handling": "Sandi diganti", "idempotency_key": "satu",
}  # fmt: skip


@pytest.fixture
def warden(db):
    """An account that keeps the register of breaches."""
    user = User.objects.create_user("admin", PASSWORD, name="Administrator", kind="official")
    assign(user, "auditor", unit_code="INSPEKTORAT", unit_name="Inspektorat")
    return user


def a_breach(**changes):
    hour = dt.timedelta(hours=1)
    facts = {"title": "Sandi dibagikan", "data_kinds": "nama, NIK", "cause": "a", "handling": "b",
             "started_at": now() - 2 * hour, "ended_at": now() + hour, "discovered_at": now()} | changes  # fmt: skip
    return breaches.enter(breaches.Found(**facts), key=str(facts["title"]))


def look(as_user, officer, words):
    assert as_user(officer).get("/meja-akun/", {"q": words}).status_code == 200


def test_everyone_whose_record_the_stolen_account_opened_is_found_and_nobody_else(town, as_user, officer_of):
    thief, other = officer_of("kelurahan"), officer_of("dukcapil", "99.01")
    look(as_user, thief, "Ni'mah")
    look(as_user, other, "Budi Jauh")
    with scoped(WHOLE):
        found = a_breach()
        assert breaches.add_seen_by(found.pk, thief.username) == 1
        assert breaches.add_seen_by(found.pk, thief.username) == 0  # once is enough
        assert list(BreachSubject.objects.values_list("person_id", flat=True)) == [town.mother.pk]


def test_what_was_read_before_or_after_does_not_count(town, as_user, officer_of):
    thief = officer_of("kelurahan")
    look(as_user, thief, "Ni'mah")
    with scoped(WHOLE):
        found = a_breach(started_at=now() - dt.timedelta(days=3), ended_at=now() - dt.timedelta(days=2))
        assert breaches.add_seen_by(found.pk, thief.username) == 0


def test_people_of_a_list_found_outside_are_added_by_their_numbers(town):
    with scoped(WHOLE):
        found = a_breach()
        assert breaches.add_numbers(found.pk, [town.father.nik, " ", "9999999999999999", town.father.nik]) == 1


def test_residents_with_an_account_hear_of_it_in_the_inbox_the_others_by_letter_each_once(resident, town):
    with scoped(WHOLE):
        found = a_breach()
        breaches.add_numbers(found.pk, [town.father.nik, town.mother.nik])
        assert [breaches.notify_step(found.pk) for _ in range(3)] == [2, 0, 0]
        told = dict(BreachSubject.objects.values_list("person_id", "told"))
        assert told == {town.mother.pk: "inbox", town.father.pk: "letter"}
        found.refresh_from_db()
        assert found.notified_at is not None
    sent = Message.objects.get(user=resident)
    assert "nama, NIK" in sent.body
    assert Entry.objects.filter(action="siap_pak_rt.breach.told").count() == 2


def test_it_is_closed_only_when_the_authority_and_everybody_were_told(town):
    with scoped(WHOLE):
        found = a_breach()
        breaches.add_numbers(found.pk, [town.father.nik])
        with pytest.raises(Refused, match="Beri tahu dulu"):
            breaches.close(found.pk)
        breaches.notify_step(found.pk)
        breaches.mark_reported(found.pk)
        assert breaches.close(found.pk).state == "closed"
        with pytest.raises(Refused, match="sudah ditutup"):
            breaches.add_numbers(found.pk, [town.mother.nik])


def test_without_a_scope_of_the_whole_city_nobody_sees_whom_it_touched(town):
    with scoped(WHOLE):
        found = a_breach()
        breaches.add_numbers(found.pk, [town.father.nik])
    with scoped(everyone(RT, "x")), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM siap_pak_rt_breachsubject")
        assert cursor.fetchone() == (0,)
    assert not BreachSubject.objects.exists()


def test_an_impossible_time_is_refused_at_its_field():
    with scoped(WHOLE), pytest.raises(Refused) as caught:
        a_breach(ended_at=now() - dt.timedelta(days=9))
    assert caught.value.field == "ended_at"
    assert not Breach.objects.exists()


def test_the_pages_lead_from_entering_to_letters(warden, town, rf):
    from pasti.siap_pak_rt.web import breaches as pages

    def ask(method, path, given=None, **kwargs):
        view = kwargs.pop("view")
        request = getattr(rf, method)(path, given or {})
        request.user, request._messages = warden, _Said()
        with acting_as(actor_for(warden)):
            return view(request, **kwargs)

    times = {"started_at": "2026-03-01T08:00", "ended_at": "2026-03-02T08:00", "discovered_at": "2026-03-02T09:00"}
    wrong = ask("post", f"{LIST}baru/", FORM | times | {"ended_at": "2026-02-01T08:00"}, view=pages.enter)
    assert (wrong.status_code, "Sandi dibagikan" in wrong.content.decode()) == (422, True)
    for _ in range(2):
        assert ask("post", f"{LIST}baru/", FORM | times, view=pages.enter).status_code == 302
    one = Breach.objects.get()
    assert "sudah lewat" in ask("get", LIST, view=pages.listing).content.decode()
    ask(
        "post",
        f"{LIST}{one.pk}/",
        {"niks": f"{town.father.nik}\n{town.mother.nik}"},
        view=pages.breach,
        breach_id=one.pk,
    )
    with scoped(WHOLE):
        breaches.notify_step(one.pk)
    shown = ask("get", f"{LIST}{one.pk}/", view=pages.breach, breach_id=one.pk).content.decode()
    assert "Surat mulai nomor 1" in shown
    letter = ask("get", f"{LIST}{one.pk}/surat-1.pdf", view=pages.letters, breach_id=one.pk, first=1)
    assert letter.content.startswith(b"%PDF-")
    assert ask("get", f"{LIST}{one.pk}/laporan.pdf", view=pages.report, breach_id=one.pk).content.startswith(b"%PDF-")


def test_others_do_not_come_in(as_user, officer_of, resident):
    assert as_user(officer_of("kelurahan")).get(LIST).status_code == 403
    assert as_user(resident).get(LIST).status_code == 403


class _Said:
    """Takes messages where there is no session."""

    def add(self, *_: object) -> None:
        pass
