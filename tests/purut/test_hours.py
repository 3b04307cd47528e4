"""When the doors are open: arriving by oneself, hours that change back, days that are over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from pasti.kernel.accounts.models import User
from pasti.kernel.clock import now, today
from pasti.kernel.errors import Refused
from pasti.purut import services
from pasti.purut.models import Sesi
from pasti.purut.services import bpjs

from .conftest import HOUR, booked
from .test_kiosk import START, device, said  # noqa: F401

pytestmark = pytest.mark.django_db
Browsing = Callable[[User], Client]
Official = Callable[[str], User]
QUOTAS = ("quota_jkn", "quota_nonjkn", "quota_online", "quota_walkin")


def test_nobody_checks_in_by_oneself_before_the_hospital_opens_for_it(
    sesi: Sesi, device: Client  # noqa: F811
) -> None:  # fmt: skip
    made = booked(sesi)
    Sesi.objects.filter(pk=sesi.pk).update(starts_at=now() + 3 * HOUR, ends_at=now() + 5 * HOUR)
    assert "dicatat mulai pukul" in said(device, f"{START}{made.code}/")
    with pytest.raises(Refused) as refused:
        bpjs.arrive(made.code)
    assert refused.value.code == "belum-dibuka"
    made.refresh_from_db()
    assert made.state == "booked"
    services.check_in(made)
    assert made.state == "admission", "at the counter a clerk decides"


def test_after_the_session_the_kiosk_sends_to_the_counter(sesi: Sesi, device: Client) -> None:  # noqa: F811
    late, there = booked(sesi), booked(sesi, 2)
    services.check_in(there)
    Sesi.objects.filter(pk=sesi.pk).update(starts_at=now() - 3 * HOUR, ends_at=now() - HOUR)
    assert "sudah selesai" in said(device, f"{START}{late.code}/")
    assert "sudah tercatat tadi" in said(device, f"{START}{there.code}/"), "the ticket of who is here comes again"


def test_hours_mistyped_and_put_right_give_the_places_back(sesi: Sesi) -> None:
    later = Sesi.objects.get(poli="ANA", date=today() + dt.timedelta(days=1))
    before = Sesi.objects.values_list(*QUOTAS).get(pk=later.pk)
    services.change_hours(later.pk, later.starts_at, later.starts_at + HOUR, "keliru")
    assert Sesi.objects.values_list(*QUOTAS).get(pk=later.pk) == (2, 2, 2, 2)
    services.change_hours(later.pk, later.starts_at, later.starts_at + 2 * HOUR, "setengah")
    assert Sesi.objects.values_list(*QUOTAS).get(pk=later.pk) == (5, 5, 5, 5)
    services.change_hours(later.pk, later.starts_at, later.ends_at, "seperti semula")
    assert Sesi.objects.values_list(*QUOTAS).get(pk=later.pk) == before
    services.change_hours(later.pk, later.starts_at, later.ends_at + HOUR, "lebih lama")
    assert Sesi.objects.values_list(*QUOTAS).get(pk=later.pk) == before, "more hours are no more places"


def test_what_is_over_is_not_changed(sesi: Sesi, official: Official, browsing: Browsing) -> None:
    day = dt.timedelta(days=1)
    made = booked(sesi)
    Sesi.objects.filter(pk=sesi.pk).update(
        date=today() - day, starts_at=sesi.starts_at - day, ends_at=sesi.ends_at - day
    )
    answer = browsing(official("manajer_rs")).post(
        f"/purut/jadwal/{sesi.pk}/", {"act": "cancel", "starts": "08:00", "ends": "12:00", "reason": "salah hari"}
    )
    assert (answer.status_code, "sudah lewat" in answer.content.decode()) == (422, True)
    made.refresh_from_db()
    assert made.state == "booked"


def test_a_cancelled_number_says_no_time_and_an_offered_one_leads_to_its_answer(sesi: Sesi, client: Client) -> None:
    made = booked(sesi)
    page = f"/purut/antrean/{made.code}/"
    told = client.get(page).content.decode()
    assert "Perkiraan dipanggil" in told
    assert "Datang paling lambat" in told
    made.state = "held"
    type(made).objects.filter(pk=made.pk).update(state="held", held_until=now() + HOUR)
    assert f"{page}pilihan/" in client.get(page).content.decode()
    type(made).objects.filter(pk=made.pk).update(state="cancelled")
    over = client.get(page).content.decode()
    assert "Dibatalkan" in over
    for gone in ("Perkiraan", "Datang paling lambat", "pilihan/"):
        assert gone not in over


def test_cancelling_asks_once_and_shows_what(
    sesi: Sesi, official: Official, browsing: Browsing, client: Client
) -> None:
    made, clerk = booked(sesi), browsing(official("loket"))
    asks = clerk.get(f"/purut/antrean/{made.code}/batal/").content.decode()
    assert "B-001" in asks
    made.refresh_from_db()
    assert made.state == "booked", "asking cancels nothing"
    assert clerk.post(f"/purut/antrean/{made.code}/batal/").status_code == 302
    assert clerk.get(f"/purut/antrean/{made.code}/batal/").url == f"/purut/antrean/{made.code}/"
