"""The whole way of a patient: who is called next, admission, pharmacy, another clinic, the kiosk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from pasti.civil.rules import nik
from pasti.kernel.accounts.models import User
from pasti.kernel.audit.queries import trail_of
from pasti.kernel.clock import today
from pasti.kernel.errors import Refused
from pasti.kernel.publish.registry import registry
from pasti.purut import services
from pasti.purut.models import Antrean, Resep, Sesi

from .conftest import arrive, arrived, booked, open_session, patient

pytestmark = pytest.mark.django_db
Browsing = Callable[[User], Client]
Official = Callable[[str], User]


def called(sesi: Sesi) -> Antrean:
    found = services.call_next(sesi.pk, "ruang 1")
    assert found
    return found


def steps(antrean: Antrean) -> list[str]:
    return list(antrean.steps.order_by("id").values_list("step", flat=True))


def old_patient(serial: int) -> services.PatientWanted:
    born = dt.date(1950, 1, 1)
    return services.PatientWanted(nik.build("990101", born, nik.MALE, serial), f"Kakek {serial}", born, "L")


def test_the_elderly_are_called_first_by_the_ratio_and_by_themselves(sesi: Sesi) -> None:
    for serial in range(1, 6):
        arrived(sesi, serial)
    old = arrived(sesi, 6, patient=old_patient(6))
    assert old.priority == "lansia"
    assert [called(sesi).number for _ in range(6)] == [1, 2, 3, 6, 4, 5]


def test_an_emergency_is_called_next_and_the_patient_sees_who_said_so(sesi: Sesi, town: Any) -> None:
    for serial in (1, 2):
        arrived(sesi, serial)
    urgent = arrived(sesi, 3)
    urgent.patient.person_id = town.mother.pk
    services.set_priority(urgent, "darurat")
    services.set_priority(urgent, "darurat")
    entry = trail_of(town.mother.pk).filter(action="purut.antrean.priority").get()
    assert entry.changes == {"priority": "darurat"}
    assert entry.action in registry().actions
    assert called(sesi) == urgent
    with pytest.raises(Refused, match="sudah dipanggil"):
        services.set_priority(urgent, "")
    with pytest.raises(Refused) as refusal:
        services.set_priority(Antrean.objects.exclude(pk=urgent.pk)[0], "direktur")
    assert refusal.value.code == "prioritas-tidak-dikenal"


def test_who_comes_late_waits_for_two_others_and_who_is_early_for_none(sesi: Sesi) -> None:
    late, *rest = (booked(sesi, serial) for serial in range(1, 6))
    for one in rest:
        arrive(one)
    services.skip(called(sesi))
    arrive(late)
    assert [called(sesi).number for _ in range(5)] == [3, 4, 1, 5, 2], "number 2 was called, so number 1 was passed"


def test_a_patient_who_is_skipped_is_called_after_three_others(sesi: Sesi) -> None:
    for serial in range(1, 6):
        arrived(sesi, serial)
    services.skip(called(sesi))
    order = [called(sesi) for _ in range(4)]
    assert [one.number for one in order] == [2, 3, 4, 1]
    services.skip(order[-1])
    arrived(sesi, 6)
    assert [called(sesi).number for _ in range(3)] == [5, 1, 6], "behind all who waited when skipped again"


def test_only_a_patient_never_seen_before_passes_by_admission(sesi: Sesi) -> None:
    first = booked(sesi)
    services.check_in(first)
    assert first.state == "admission"
    services.check_in(first)
    services.begin_admission(first)
    services.check_in(first)
    services.admit(first)
    services.admit(first)
    assert steps(first) == ["booked", "admission", "admitting", "checked_in"]
    again = booked(open_session("INT"))
    services.check_in(again)
    assert steps(again) == ["booked", "checked_in"]


def test_prescriptions_are_numbered_without_gaps_by_day_and_kind(sesi: Sesi) -> None:
    kinds = ["racikan", "non_racikan", "racikan"]
    for serial, kind in enumerate(kinds, 1):
        arrived(sesi, serial)
        one = called(sesi)
        services.finish(one, kind)
        services.finish(one, kind)
        services.finish(one)
        assert one.state == "pharmacy", "a second press does not end the visit"
    assert list(Resep.objects.order_by("id").values_list("kind", "number")) == [
        ("racikan", 1), ("non_racikan", 1), ("racikan", 2)]  # fmt: skip
    arrived(sesi, 4)
    fourth = called(sesi)
    with pytest.raises(Refused) as refusal:
        services.finish(fourth, "sirup")
    assert refusal.value.code == "jenis-resep-tidak-dikenal"


def test_the_pharmacy_prepares_and_hands_over_once(sesi: Sesi, official: Official, browsing: Browsing) -> None:
    arrived(sesi)
    one = called(sesi)
    nurse, page = browsing(official("perawat")), "/purut/farmasi/"
    nurse.post(f"/purut/perawat/antrean/{one.code}/selesai-racikan/")
    assert "Racikan 1" in nurse.get(page).content.decode()
    nurse.post(f"/purut/perawat/antrean/{one.code}/serahkan/")
    for verb in ("siapkan", "siapkan", "siap", "serahkan", "serahkan"):
        assert nurse.post(f"/purut/perawat/antrean/{one.code}/{verb}/").url == page
    assert steps(one)[-4:] == ["pharmacy", "preparing", "ready", "done"]
    assert "Tidak ada resep" in nurse.get(page).content.decode()
    assert browsing(official("dokter")).get(page).status_code == 403


def test_a_patient_is_referred_on_with_a_place_there_and_the_visit_here_over(
    sesi: Sesi, official: Official, browsing: Browsing
) -> None:
    other = open_session("INT")
    arrived(sesi)
    one, nurse = called(sesi), browsing(official("perawat"))
    assert "dr. Rekaan INT" in nurse.get(f"/purut/perawat/{sesi.pk}/").content.decode()
    for _ in range(2):
        nurse.post(f"/purut/perawat/antrean/{one.code}/pindah/", {"sesi_id": other.pk})
    there = Antrean.objects.get(sesi=other)
    one.refresh_from_db()
    assert (there.replaces_id, there.visit_kind, there.state, one.state) == (one.pk, 2, "checked_in", "done")
    other.refresh_from_db()
    assert (other.used_walkin, other.used_nonjkn) == (1, 1)
    assert called(other) == there


@pytest.mark.parametrize(("poli", "full", "code"), [("INT", True, "kuota-habis"), ("ANA", False, "poli-sama")])
def test_a_transfer_that_cannot_be_leaves_the_visit_as_it_is(sesi: Sesi, poli: str, full: bool, code: str) -> None:
    other = open_session(poli, **({"quota_walkin": 0} if full else {}))
    arrived(sesi)
    one = called(sesi)
    with pytest.raises(Refused) as refusal:
        services.transfer(one, other.pk)
    assert refusal.value.code == code
    one.refresh_from_db()
    assert one.state == "called"


def test_a_patient_cancels_until_called_and_as_early_as_the_hospital_says(sesi: Sesi) -> None:
    from pasti.purut.models import Hospital

    arrived(sesi)
    one = called(sesi)
    with pytest.raises(Refused) as refusal:
        services.cancel(one)
    assert refusal.value.code == "langkah-tidak-sah"
    services.cancel(one, by_patient=False)
    assert one.state == "cancelled"
    Hospital.objects.update(cancel_minutes_before_start=60)
    near, far = booked(sesi, 2), booked(Sesi.objects.get(poli="ANA", date=today() + dt.timedelta(days=1)), 3)
    with pytest.raises(Refused) as refusal:
        services.cancel(near)
    assert (refusal.value.code, refusal.value.extra) == ("terlambat-batal", {"minutes": 60})
    services.cancel(far)
    services.cancel(near, by_patient=False)
    services.cancel(near)


def test_the_nurse_sees_who_comes_next_and_calls_somebody_first(
    sesi: Sesi, official: Official, browsing: Browsing
) -> None:
    rows, nurse = [arrived(sesi, serial) for serial in (1, 2, 3)], browsing(official("perawat"))
    page = f"/purut/perawat/{sesi.pk}/"
    assert nurse.get(page).context["coming"] == ["B-001", "B-002", "B-003"]
    nurse.post(f"/purut/perawat/antrean/{rows[2].code}/prioritas/", {"priority": "darurat"})
    assert nurse.get(page).context["coming"] == ["B-003", "B-001", "B-002"]


def test_the_counter_registers_who_is_called_first(sesi: Sesi, official: Official, browsing: Browsing) -> None:
    clerk, who = browsing(official("loket")), patient(7)
    sent = {"sesi_id": sesi.pk, "nik": who.nik, "name": who.name, "birth_date": "1980-01-01", "sex": "L", "phone": "",
            "payer": "umum", "referral_no": "", "priority": "disabilitas"}  # fmt: skip
    assert clerk.post("/purut/loket/", sent).status_code == 302
    made = Antrean.objects.get()
    assert (made.priority, steps(made)) == ("disabilitas", ["booked", "admission", "admitting", "checked_in"])
    assert "Called first" in clerk.get("/purut/loket/", headers={"Accept-Language": "en"}).content.decode()
