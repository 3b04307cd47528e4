"""Mobile JKN and the web at the same moment, over HTTP and with real commits: one wins."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator

import pytest

from pasti.kernel.clock import today
from pasti.purut import pack, services
from pasti.purut.models import Antrean, AntreanStep, Patient, Sesi

from .bpjs_server import MobileJkn, running
from .conftest import open_session, section
from .test_bpjs_incoming import CARD, NIK, REFERRAL, newcomer, wanted
from .test_races import together


@pytest.fixture
def jkn(fresh_database: str) -> Iterator[MobileJkn]:
    """Mobile JKN before a running server, in a database where commits are real."""
    pack.load(section())
    Patient.objects.create(nik=NIK, jkn_no=CARD, name="Siti Peserta", sex="P", birth_date=dt.date(1980, 1, 1))
    with running() as port:
        yield MobileJkn(port)


def test_one_patient_by_mobile_jkn_and_by_web_at_once_is_registered_once(jkn: MobileJkn) -> None:
    sesi, day = open_session(), today().isoformat()
    known = services.PatientWanted(NIK, "Siti Peserta", dt.date(1980, 1, 1), "P")
    by_jkn = lambda: jkn.asks("ambil", **wanted(tanggalperiksa=day))["metadata"]["code"]  # noqa: E731
    by_web = lambda: bool(services.book(sesi_id=sesi.pk, patient=known, payer="umum", channel="web"))  # noqa: E731
    said = Counter(together([by_jkn, by_web] * 5, 10))
    assert said[200] + said[True] == 1
    assert said[201] + said["sudah-terdaftar"] == 9
    sesi.refresh_from_db()
    assert Antrean.objects.count() == sesi.used_online == sesi.used_jkn + sesi.used_nonjkn == 1


def test_one_request_sent_many_times_at_once_is_one_registration_with_one_reason(jkn: MobileJkn) -> None:
    said = together([lambda: jkn.asks("ambil", **wanted(nomorreferensi=REFERRAL))["metadata"]["message"]] * 6, 6)
    again = "Nomor antrean hanya dapat diambil satu kali pada tanggal dan poli yang sama"
    assert Counter(said) == {"Ok": 1, again: 5}


def test_a_new_patient_sent_many_times_at_once_is_recorded_once(jkn: MobileJkn) -> None:
    said = together([lambda: jkn.asks("pasienbaru", **newcomer())["metadata"]["code"]] * 6, 6)
    assert Counter(said) == {200: 1, 201: 5}
    assert Patient.objects.count() == 2


def test_cancelling_and_checking_in_at_once_are_each_done_once(jkn: MobileJkn) -> None:
    open_session()
    code = jkn.gets("ambil", **wanted(tanggalperiksa=today().isoformat()))["kodebooking"]
    cancel = lambda: jkn.asks("batal", kodebooking=code, keterangan="")["metadata"]["code"]  # noqa: E731
    arrive = lambda: jkn.asks("checkin", kodebooking=code, waktu=1)["metadata"]["code"]  # noqa: E731
    said = together([cancel, arrive] * 3, 6)
    assert Counter(said[0::2]) == {200: 1, 201: 2}
    assert Counter(said[1::2])[200] <= 1
    assert AntreanStep.objects.filter(step="cancelled").count() == 1
    assert Sesi.objects.get(poli="ANA", date=today()).used_jkn == 0
