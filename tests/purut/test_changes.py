"""Leave, changed hours, waiting lists, offers and reminders: nobody is lost, nobody is told twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import Scope, scoped
from pasti.kernel.clock import now, today
from pasti.kernel.errors import Refused
from pasti.kernel.notify.models import Message
from pasti.kernel.outbox.services import deliver_waiting
from pasti.kernel.publish.registry import subscriptions
from pasti.purut import messages, services
from pasti.purut.models import Antrean, Sesi, Tunggu
from pasti.purut.rules import holding

from .conftest import HOUR, arrived, booked, open_session, patient

Browsing = Callable[[User], Client]
Official = Callable[[str], User]
DAY, WIB = dt.timedelta(days=1), ZoneInfo("Asia/Jakarta")
KINDS = ("jkn", "nonjkn", "online", "walkin")


def used(sesi: Sesi) -> tuple[int, ...]:
    sesi.refresh_from_db()
    return tuple(getattr(sesi, f"used_{kind}") for kind in KINDS)


def tomorrow(poli: str = "ANA", days: int = 1) -> Sesi:
    return Sesi.objects.get(poli=poli, date=today() + days * DAY)


def by_mother(sesi: Sesi, town: Any, mother: User, act: Any = services.book) -> Any:
    with scoped(Scope((), (town.mother.pk,), "purut.registration")):
        made = act(sesi_id=sesi.pk, patient=town.mother.pk, payer="umum", channel="web")
    type(made).objects.filter(pk=made.pk).update(booked_by=mother.pk)
    made.booked_by = mother.pk
    return made


def deliver() -> None:
    deliver_waiting(subscriptions())


moments = st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2027, 1, 1)).map(lambda one: one.replace(tzinfo=dt.UTC))


@given(moments, st.timedeltas(dt.timedelta(minutes=1), dt.timedelta(days=30)))
def test_a_place_is_kept_48_hours_or_until_the_evening_before_but_never_too_short(
    moment: dt.datetime, away: dt.timedelta
) -> None:
    starts = moment + away
    until = holding.until_for_moved(moment, starts, WIB)
    assert moment < until <= min(starts, moment + holding.MOVED)
    assert until >= min(starts, moment + holding.AT_LEAST)
    evening = dt.datetime.combine(starts.astimezone(WIB).date() - DAY, holding.EVENING, tzinfo=WIB)
    assert until <= max(evening, moment + holding.AT_LEAST)


counters = st.tuples(st.sampled_from(KINDS[:2]), st.sampled_from(KINDS[2:]))


@given(st.lists(counters, max_size=30), st.lists(st.integers(0, 30), min_size=4, max_size=4), st.integers(0, 5))
def test_a_shorter_session_displaces_the_highest_numbers_and_none_without_need(
    taken: list[tuple[str, str]], quotas: list[int], arrived_already: int
) -> None:
    wanted = dict(zip(KINDS, quotas, strict=True))
    rows = [holding.Booking(number, kinds) for number, kinds in enumerate(taken, 1)]
    taken_now = {kind: sum(kind in row.counters for row in rows) for kind in KINDS}
    lost = holding.displaced(rows[arrived_already:], taken_now, wanted)
    left = {kind: taken_now[kind] - sum(kind in row.counters for row in lost) for kind in KINDS}
    staying = [row for row in rows[arrived_already:] if row not in lost]
    assert all(left[kind] <= wanted[kind] or not any(kind in row.counters for row in staying) for kind in KINDS)
    for row in lost:  # the higher numbers alone would not have been enough
        before = {
            kind: taken_now[kind] - sum(kind in one.counters for one in lost if one.number > row.number)
            for kind in KINDS
        }
        assert any(before[kind] > wanted[kind] for kind in row.counters)


@pytest.mark.django_db
class TestLeave:
    def test_sixty_bookings_are_offered_other_places_in_one_act(self, sesi: Sesi) -> None:
        later = tomorrow()
        Sesi.objects.filter(pk=later.pk).update(quota_online=60, quota_nonjkn=60)
        for serial in range(1, 61):
            booked(later, serial, channel="web")
        changed = services.call_off(later.pk, "dokter cuti")
        assert (len(changed.offered), len(changed.without)) == (60, 0)
        held = Antrean.objects.filter(state="held").select_related("replaces")
        assert held.count() == 60
        assert {one.replaces.state for one in held if one.replaces} == {"cancelled"}
        per_day = [held.filter(date=today() + days * DAY).count() for days in range(2, 8)]
        assert per_day == [10] * 6, "the soonest days first, each within its quota"
        assert used(later) == (0, 0, 0, 0)
        assert services.call_off(later.pk, "dokter cuti").offered == []

    def test_a_session_called_off_takes_nobody_and_who_finds_no_place_is_said(self, sesi: Sesi) -> None:
        later = tomorrow()
        made = booked(later, 1)
        Sesi.objects.filter(poli="ANA").exclude(pk=later.pk).update(quota_walkin=0)
        assert services.call_off(later.pk, "cuti").without == [made]
        with pytest.raises(Refused) as refusal:
            booked(later, 2)
        assert refusal.value.code == "sesi-tutup"
        with pytest.raises(Refused):
            services.change_hours(later.pk, later.starts_at, later.ends_at - HOUR, "cuti")

    def test_who_waits_for_a_session_called_off_is_told_and_waits_no_longer(
        self, sesi: Sesi, town: Any, mother: User
    ) -> None:
        Sesi.objects.filter(pk=sesi.pk).update(quota_online=0)
        row = by_mother(sesi, town, mother, services.join)
        services.call_off(sesi.pk, "dokter sakit")
        deliver()
        told = Message.objects.get(user=mother, title__contains="Daftar tunggu")
        assert (told.url, "dokter sakit" in told.body) == ("/purut/poli/ANA/", True)
        row.refresh_from_db()
        assert row.state == "left"

    def test_a_shorter_session_keeps_the_first_and_offers_the_last_another_day(self, sesi: Sesi) -> None:
        later = tomorrow()
        rows = [booked(later, serial) for serial in range(1, 9)]
        changed = services.change_hours(later.pk, later.starts_at, later.starts_at + 2 * HOUR, "rapat")
        assert [one.replaces_id for one in changed.offered] == [one.pk for one in rows[5:]]
        assert changed.told == 5
        assert used(later) == (0, 5, 0, 5)
        assert (later.quota_walkin, later.quota_jkn) == (5, 5)
        assert later.ends_at - later.starts_at == 2 * HOUR
        with pytest.raises(Refused) as refusal:
            booked(later, 20)
        assert refusal.value.code == "kuota-habis"

    def test_who_is_in_the_house_already_stays_when_the_session_is_shortened(self, sesi: Sesi) -> None:
        rows = [arrived(sesi, serial) for serial in (1, 2)]
        starts = dt.datetime.combine(sesi.date, dt.time(8), tzinfo=WIB)
        Sesi.objects.filter(pk=sesi.pk).update(starts_at=starts, ends_at=starts + 10 * HOUR)
        services.change_hours(sesi.pk, starts, starts + HOUR / 12, "sakit")
        assert {Antrean.objects.get(pk=one.pk).state for one in rows} == {"checked_in"}
        assert used(sesi) == (0, 2, 0, 2)

    @pytest.mark.parametrize("hours", [(0, 0), (2, 1), (0, 30)])
    def test_hours_that_cannot_be_are_refused(self, sesi: Sesi, hours: tuple[int, int]) -> None:
        starts = tomorrow().starts_at
        with pytest.raises(Refused) as refusal:
            services.change_hours(tomorrow().pk, starts + hours[0] * HOUR, starts + hours[1] * HOUR, "x")
        assert (refusal.value.code, refusal.value.field) == ("jam-tidak-sah", "ends")

    def test_the_patient_is_told_and_takes_the_other_place_in_one_tap(
        self, sesi: Sesi, town: Any, mother: User, official: Official, browsing: Browsing, client: Client
    ) -> None:
        later = tomorrow()
        old = by_mother(later, town, mother)
        manager, page = browsing(official("manajer_rs")), f"/purut/jadwal/{later.pk}/"
        assert page in manager.get("/purut/jadwal/", {"hari": later.date.isoformat()}).content.decode()
        sent = {"act": "cancel", "starts": "08:00", "ends": "12:00", "reason": "Dokter sakit"}
        said = manager.post(page, sent, follow=True).content.decode()
        assert "1 pasien ditawari tempat lain" in said
        deliver()
        told = Message.objects.get(user=mother, title__contains="dibatalkan rumah sakit")
        new = Antrean.objects.get(replaces=old)
        assert told.url == f"/purut/antrean/{new.code}/pilihan/"
        assert "Dokter sakit" in told.body
        assert "Siti" not in client.get(told.url).content.decode()
        assert client.post(told.url, {"jawaban": "terima"}).url.startswith("/masuk/")
        stranger = browsing(User.objects.create_user("budi", name="Budi", person_id=town.stranger.pk))
        assert stranger.post(told.url, {"jawaban": "terima"}).status_code == 404
        browser = browsing(mother)
        assert "Terima tempat ini" in browser.get(told.url).content.decode()
        for _ in range(2):
            assert browser.post(told.url, {"jawaban": "terima"}).url == f"/purut/antrean/{new.code}/"
        new.refresh_from_db()
        assert (new.state, new.held_until) == ("booked", None)
        assert browser.post(told.url, {"jawaban": "lepas"}).status_code == 409, (
            "what was taken is cancelled, not refused"
        )

    def test_a_place_that_is_not_taken_in_time_is_given_back(self, sesi: Sesi) -> None:
        booked(tomorrow(), 1)
        new = services.call_off(tomorrow().pk, "cuti").offered[0]
        assert services.release_lapsed() == 0
        Antrean.objects.filter(pk=new.pk).update(held_until=now())
        with pytest.raises(Refused) as refusal:
            services.accept(new)
        assert refusal.value.code == "tawaran-berakhir"
        assert (services.release_lapsed(), services.release_lapsed()) == (1, 0)
        assert used(new.sesi) == (0, 0, 0, 0)

    def test_who_keeps_the_number_learns_the_new_hours(self, sesi: Sesi, town: Any, mother: User) -> None:
        later = tomorrow()
        by_mother(later, town, mother)
        services.change_hours(later.pk, later.starts_at + HOUR, later.ends_at + HOUR, "rapat pagi")
        deliver()
        assert "pukul 09.00" in Message.objects.get(user=mother, title__contains="Jam praktik").body


@pytest.mark.django_db
class TestWaitingList:
    def test_a_place_given_back_goes_to_who_joined_first(self, sesi: Sesi, town: Any, mother: User) -> None:
        Sesi.objects.filter(pk=sesi.pk).update(quota_online=1, quota_nonjkn=1)
        holder = booked(sesi, 1, channel="web")
        first = by_mother(sesi, town, mother, services.join)
        assert services.join(sesi_id=sesi.pk, patient=patient(2), payer="umum", channel="web")
        services.cancel(holder)
        offered = Antrean.objects.get(state="held")
        assert offered.patient_id == first.patient_id
        assert dt.timedelta(minutes=9) < (offered.held_until or now()) - now() <= holding.ON_THE_DAY
        assert used(sesi) == (0, 1, 1, 0), "nobody else can take it meanwhile"
        deliver()
        assert "Terima paling lambat" in Message.objects.get(user=mother, title__contains="Ada tempat").body
        services.refuse(offered)
        services.refuse(offered)
        assert Antrean.objects.get(state="held").patient.name == "Pasien 2"
        assert list(Tunggu.objects.order_by("id").values_list("state", flat=True)) == ["served", "served"]

    def test_a_lapsed_offer_goes_to_the_next(self, sesi: Sesi) -> None:
        later = tomorrow()
        Sesi.objects.filter(pk=later.pk).update(quota_walkin=1)
        holder = booked(later, 1)
        for serial in (2, 3):
            services.join(sesi_id=later.pk, patient=patient(serial), payer="umum", channel="loket")
        services.cancel(holder)
        one = Antrean.objects.get(state="held")
        assert (one.held_until or now()) - now() > dt.timedelta(minutes=29)
        Antrean.objects.filter(pk=one.pk).update(held_until=now())
        assert services.release_lapsed() == 1
        assert Antrean.objects.get(state="held").patient.name == "Pasien 3"

    def test_who_missed_an_offer_is_told_once_and_who_gave_it_up_is_not(
        self, sesi: Sesi, town: Any, mother: User
    ) -> None:
        def offered() -> Antrean:
            holder = booked(sesi, Antrean.objects.count() + 1, channel="web")
            by_mother(sesi, town, mother, services.join)
            services.cancel(holder)
            return Antrean.objects.get(state="held")

        Sesi.objects.filter(pk=sesi.pk).update(quota_online=1, quota_nonjkn=1)
        services.refuse(offered())
        missed = offered()
        Antrean.objects.filter(pk=missed.pk).update(held_until=now())
        assert (services.release_lapsed(), services.release_lapsed()) == (1, 0)
        deliver()
        told = Message.objects.filter(user=mother, title__startswith="Tawaran tempat")
        assert [one.url for one in told] == [f"/purut/antrean/{missed.code}/"]

    def test_a_place_only_serves_who_it_fits(self, sesi: Sesi) -> None:
        Sesi.objects.filter(pk=sesi.pk).update(quota_jkn=0, quota_nonjkn=1)
        holder = booked(sesi, 1)
        jkn = {"payer": "jkn", "referral_no": "0301R0010326B000001"}
        services.join(sesi_id=sesi.pk, patient=patient(2), channel="loket", **jkn)
        services.join(sesi_id=sesi.pk, patient=patient(3), channel="loket", payer="umum")
        services.cancel(holder)
        assert Antrean.objects.get(state="held").patient.name == "Pasien 3"

    def test_joining_is_for_full_sessions_once_and_not_for_who_is_registered(self, sesi: Sesi) -> None:
        ask = {"sesi_id": sesi.pk, "payer": "umum", "channel": "loket"}
        with pytest.raises(Refused) as refusal:
            services.join(patient=patient(1), **ask)
        assert refusal.value.code == "masih-ada-tempat"
        Sesi.objects.filter(pk=sesi.pk).update(quota_walkin=1)
        booked(sesi, 1)
        with pytest.raises(Refused) as refusal:
            services.join(patient=patient(1), **ask)
        assert refusal.value.code == "sudah-terdaftar"
        row = services.join(patient=patient(2), **ask)
        assert services.join(patient=patient(2), **ask) == row
        services.leave(row)
        services.leave(row)
        assert services.join(patient=patient(2), **ask) != row

    def test_a_resident_joins_and_leaves_on_the_page(
        self, sesi: Sesi, town: Any, mother: User, browsing: Browsing
    ) -> None:
        Sesi.objects.filter(pk=sesi.pk).update(used_online=10)
        browser, form = browsing(mother), {"person": str(town.mother.pk), "payer": "umum", "referral_no": ""}
        page = f"/purut/daftar/{sesi.pk}/"
        assert "Masuk daftar tunggu" in browser.get(page).content.decode()
        assert browser.post(page, form | {"tunggu": "1"}).url == "/purut/antrean/"
        row = Tunggu.objects.get()
        assert (row.booked_by, row.channel) == (mother.pk, "web")
        leave = f"/purut/tunggu/{row.pk}/keluar/"
        assert leave in browser.get("/purut/antrean/").content.decode()
        stranger = browsing(User.objects.create_user("budi", name="Budi", person_id=town.stranger.pk))
        assert stranger.post(leave).status_code == 404
        assert browser.post(leave).url == "/purut/antrean/"
        assert leave not in browser.get("/purut/antrean/").content.decode()


@pytest.mark.django_db
def test_who_has_a_number_for_tomorrow_is_reminded_once(sesi: Sesi, town: Any, mother: User) -> None:
    by_mother(tomorrow(), town, mother)
    by_mother(tomorrow(days=2), town, mother)
    for _ in range(2):
        assert messages.remind_tomorrow() == 1
    assert Message.objects.filter(user=mother, title__contains="Besok").count() == 1


@pytest.mark.django_db
def test_it_is_time_to_leave_when_few_are_ahead_and_only_once(sesi: Sesi, town: Any, mother: User) -> None:
    for serial in range(1, 9):
        arrived(sesi, serial)
    by_mother(sesi, town, mother)
    told = Message.objects.filter(user=mother, title__contains="Berangkat sekarang")
    seen = []
    for _ in range(5):
        services.call_next(sesi.pk, "ruang 1")
        deliver()
        seen.append(told.count())
    assert seen == [0, 0, 1, 1, 1]
    assert "Tinggal 5 orang" in told.get().body


@pytest.mark.django_db
def test_the_page_of_changes_is_for_manager_and_counter(sesi: Sesi, official: Official, browsing: Browsing) -> None:
    page = f"/purut/jadwal/{open_session().pk}/"
    assert browsing(official("loket")).get(page).status_code == 200
    assert browsing(official("perawat")).post(page, {"act": "cancel", "reason": "x"}).status_code == 403
    refused = browsing(official("manajer_rs")).post(
        page, {"act": "hours", "starts": "10:00", "ends": "09:00", "reason": "rapat"}
    )
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["ends"]
    sesi.refresh_from_db()
    assert sesi.state == "open"
