"""Leave, waiting lists, offers and prescriptions under many hands: nothing is oversold, doubled or forgotten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from pasti.kernel.clock import now
from pasti.purut import pack, services
from pasti.purut.models import Antrean, AntreanStep, Resep, Sesi, Tunggu
from pasti.purut.rules.states import ACTIVE

from .conftest import HOUR, arrived, booked, open_session, patient, section
from .test_races import together

KINDS = ("jkn", "nonjkn", "online", "walkin")


@pytest.fixture
def sesi(fresh_database: str) -> Sesi:
    """Today's session in a database where commits are real."""
    pack.load(section())
    return open_session()


def row(made: Antrean) -> Antrean:
    return Antrean.objects.select_related("poli", "patient", "sesi").get(pk=made.pk)


def books(sesi: Sesi, serials: range) -> list[Callable[[], Any]]:
    return [
        lambda n=n: services.book(sesi_id=sesi.pk, patient=patient(n), payer="umum", channel="web").code
        for n in serials
    ]


def counters_are_true() -> bool:
    """Of each session as many places are used as registrations hold one, and not more than there are."""
    for sesi in Sesi.objects.all():
        holding = Antrean.objects.filter(sesi=sesi).exclude(state="cancelled").count()
        if not sesi.used_jkn + sesi.used_nonjkn == sesi.used_online + sesi.used_walkin == holding:
            return False
    return True


def test_nobody_stays_in_a_session_called_off_while_many_book_it(sesi: Sesi) -> None:
    later = Sesi.objects.filter(poli="ANA", date__gt=sesi.date).order_by("date")[0]
    for serial in range(1, 6):
        booked(later, serial, channel="web")
    acts = books(later, range(6, 16))
    acts[4:4] = [lambda: len(services.call_off(later.pk, "cuti").offered)] * 2
    results = together(acts, 12)
    offered = sum(result for result in results if isinstance(result, int))
    codes = Counter(result for result in results if isinstance(result, str) and result in ("sesi-tutup", "kuota-habis"))
    assert set(codes) <= {"sesi-tutup", "kuota-habis"}
    assert not Antrean.objects.filter(sesi=later, state__in=sorted(ACTIVE)).exists()
    assert Antrean.objects.filter(state="held").count() == offered == 15 - codes.total()
    assert counters_are_true()


def test_a_session_shortened_while_many_book_is_not_oversold(sesi: Sesi) -> None:
    later = Sesi.objects.filter(poli="ANA", date__gt=sesi.date).order_by("date")[0]
    acts = books(later, range(1, 15))
    acts[6:6] = [lambda: services.change_hours(later.pk, later.starts_at, later.starts_at + 2 * HOUR, "rapat").told]
    together(acts, 15)
    later.refresh_from_db()
    assert Antrean.objects.filter(sesi=later, state="booked").count() <= 5 == later.quota_online
    assert counters_are_true()


def test_doctors_of_one_clinic_who_leave_at_once_do_not_wait_for_each_other(sesi: Sesi) -> None:
    rows = list(Sesi.objects.filter(poli="ANA", date__gt=sesi.date).order_by("date"))[:3]
    for at, one in enumerate(rows):
        for serial in (1, 2):
            booked(one, at * 2 + serial)
    together([lambda one=one: services.call_off(one.pk, "cuti") for one in rows], 3)
    assert Antrean.objects.filter(state="held").count() == 6
    assert not Antrean.objects.filter(state="held", sesi__in=rows).exists()
    assert counters_are_true()


def test_a_patient_who_cancels_while_being_called_is_either_called_or_gone(sesi: Sesi) -> None:
    for serial in range(1, 9):
        made = arrived(sesi, serial)
        act = lambda made=made: services.cancel(row(made)) or "batal"  # noqa: E731
        one, two = together([act, lambda: bool(services.call_next(sesi.pk, "ruang 1"))], 2)
        steps = set(AntreanStep.objects.filter(antrean=made).values_list("step", flat=True))
        assert (one == "batal") == ("cancelled" in steps) != two == ("called" in steps)
    assert counters_are_true()


def test_places_given_back_at_once_go_to_those_who_wait_and_to_nobody_else(sesi: Sesi) -> None:
    Sesi.objects.filter(pk=sesi.pk).update(quota_online=6, quota_nonjkn=6)
    made = [booked(sesi, serial, channel="web") for serial in range(1, 7)]
    ask = {"sesi_id": sesi.pk, "payer": "umum", "channel": "web"}
    for serial in range(11, 15):
        services.join(patient=patient(serial), **ask)
    joins = [lambda n=n: services.join(patient=patient(n), **ask) and "antre" for n in range(15, 18)]
    cancels = [lambda one=one: services.cancel(row(one)) for one in made[:4]]
    together([*cancels[:2], *joins, *books(sesi, range(21, 25)), *cancels[2:]], 11)
    held = Antrean.objects.filter(state="held")
    assert held.count() == 4
    assert {one.patient.name for one in held} == {f"Pasien {serial}" for serial in range(11, 15)}
    assert Tunggu.objects.filter(state="waiting").count() == 3
    assert counters_are_true()


def test_an_offer_is_taken_or_lost_but_not_both(sesi: Sesi) -> None:
    Sesi.objects.filter(pk=sesi.pk).update(quota_walkin=1)
    holder = booked(sesi, 1)
    for serial in (2, 3):
        services.join(sesi_id=sesi.pk, patient=patient(serial), payer="umum", channel="loket")
    services.cancel(holder)
    one = Antrean.objects.get(state="held")
    acts = [lambda: services.accept(row(one)) or "ya", lambda: services.refuse(row(one)) or "tidak"] * 3
    answers = set(together(acts, 6))
    Antrean.objects.filter(pk=one.pk, state="held").update(held_until=now())
    states = Counter(Antrean.objects.values_list("state", flat=True))
    taken = Antrean.objects.get(pk=one.pk).state == "booked"
    assert ("ya" in answers) == taken != ("tidak" in answers)
    assert states["held"] == (0 if taken else 1)
    assert counters_are_true()


def test_prescriptions_written_at_once_have_numbers_without_gaps(sesi: Sesi) -> None:
    rows = []
    for serial in range(1, 9):
        arrived(sesi, serial)
        called = services.call_next(sesi.pk, "ruang 1")
        assert called
        rows.append(called)
    together([lambda one=one: services.finish(row(one), "racikan") for one in rows for _ in range(2)], 8)
    assert sorted(Resep.objects.values_list("number", flat=True)) == list(range(1, 9))


def test_two_who_refer_the_same_patient_on_refer_once(sesi: Sesi) -> None:
    other = open_session("INT")
    arrived(sesi)
    one = services.call_next(sesi.pk, "ruang 1")
    assert one
    together([lambda: services.transfer(row(one), other.pk).code for _ in range(4)], 4)
    assert Antrean.objects.filter(sesi=other).count() == 1
    assert counters_are_true()


def test_the_ratio_holds_however_many_nurses_call_at_once(sesi: Sesi) -> None:
    Sesi.objects.filter(pk=sesi.pk).update(quota_walkin=12, quota_nonjkn=12)
    for serial in range(1, 13):
        made = arrived(sesi, serial)
        Antrean.objects.filter(pk=made.pk, number__gt=9).update(priority="hamil")
    together([lambda: services.call_next(sesi.pk, "ruang 1")] * 12, 12)
    called = Antrean.objects.filter(called_at__isnull=False).order_by("called_at").values_list("priority", flat=True)
    assert list(called) == ["", "", "", "hamil"] * 3
