"""BPJS "WS Antrean RS" row by row against a running server: what is asked rightly, and each thing that can be wrong."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections

from pasti.kernel.accounts.models import AccessToken
from pasti.kernel.accounts.services import issue_token, register_client
from pasti.kernel.audit.models import Entry
from pasti.kernel.clock import now, today
from pasti.purut import pack, queries, services
from pasti.purut.api import bpjs as edge
from pasti.purut.models import Antrean, Dokter, Operasi, Patient, Resep, Sesi
from pasti.purut.rules.states import State
from pasti.purut.services import bpjs_operations

from .bpjs_server import USER, MobileJkn, running
from .conftest import HOUR, arrived, booked, open_session, section

DAY = dt.timedelta(days=1)
NIK, CARD, REFERRAL = "9901014101800001", "0001234567890", "0301R0010326B000001"
OTHER_NIK, NEW_NIK = "9901014101800002", "9901014101800003"


@pytest.fixture
def jkn(db: None) -> Iterator[MobileJkn]:
    """Mobile JKN before a hospital with two clinics, one known patient, and a running server."""
    pack.load(section())
    Patient.objects.create(nik=NIK, jkn_no=CARD, name="Siti Peserta", sex="P", birth_date=dt.date(1980, 1, 1))
    shared = connections["default"]
    shared.inc_thread_sharing()
    with running(shared) as port:
        yield MobileJkn(port)
    shared.dec_thread_sharing()


def practice(**more: Any) -> dict[str, Any]:
    """The children's clinic tomorrow, as BPJS names a session."""
    tomorrow = (today() + DAY).isoformat()
    return {"kodepoli": "ANA", "kodedokter": 1, "tanggalperiksa": tomorrow, "jampraktek": "08:00-12:00"} | more


def wanted(**more: Any) -> dict[str, Any]:
    """A number for the known patient."""
    usual = {"nomorkartu": CARD, "nik": NIK, "nohp": "081234567890", "norm": "", "jeniskunjungan": 1,
             "nomorreferensi": REFERRAL}  # fmt: skip
    return practice() | usual | more


def newcomer(**more: Any) -> dict[str, Any]:
    """A patient the hospital has never seen."""
    return {
        "nomorkartu": "0001234567893", "nik": NEW_NIK, "nomorkk": "9901010101800003", "nama": "Budi Baru",
        "jeniskelamin": "L", "tanggallahir": "1980-01-01", "nohp": "081200000000", "alamat": "Jalan Contoh 3",
        "kodeprop": "99", "namaprop": "Rekaan", "kodedati2": "9901", "namadati2": "Kota Rekaan", "kodekec": "990101",
        "namakec": "Utara", "kodekel": "9901011001", "namakel": "Purut", "rw": "01", "rt": "02",
    } | more  # fmt: skip


def taken(jkn: MobileJkn, **more: Any) -> Antrean:
    return Antrean.objects.get(code=jkn.gets("ambil", **wanted(**more))["kodebooking"])


def here(jkn: MobileJkn) -> Antrean:
    """A registration of today, whose session is open whatever time it is."""
    open_session()
    return taken(jkn, tanggalperiksa=today().isoformat())


def at(antrean: Antrean, *states: State) -> None:
    """Bring a registration to a state without the way there."""
    Antrean.objects.filter(pk=antrean.pk).update(state=states[-1])


def test_status(jkn: MobileJkn) -> None:
    sesi = Sesi.objects.get(poli="ANA", date=today() + DAY)
    booked(sesi, 7)
    services.cancel(booked(sesi, 8))
    assert jkn.gets("status", **practice()) == {
        "namapoli": "Anak", "namadokter": "dr. Rekaan ANA", "totalantrean": 1, "sisaantrean": 1, "antreanpanggil": "-",
        "sisakuotajkn": 10, "kuotajkn": 10, "sisakuotanonjkn": 9, "kuotanonjkn": 10, "keterangan": "",
    }  # fmt: skip


def test_status_names_the_number_called_last(jkn: MobileJkn) -> None:
    sesi = open_session()
    for serial in (7, 8):
        arrived(sesi, serial)
    services.call_next(sesi.pk, "ruang 1")
    said = jkn.gets("status", **practice(tanggalperiksa=today().isoformat()))
    assert (said["antreanpanggil"], said["sisaantrean"]) == ("B-001", 2)


WRONG_PRACTICE = [
    ({"kodepoli": "XXX"}, "Poli tidak ditemukan"),
    ({"kodedokter": 99}, "Dokter tidak ditemukan"),
    ({"kodedokter": "satu"}, "kodedokter harus berupa angka"),
    ({"kodedokter": True}, "kodedokter harus berupa teks atau angka"),
    ({"kodedokter": 0}, "Jadwal dr. Rekaan INT di Poli Anak pada tanggal dan jam itu tidak tersedia"),
    ({"jampraktek": "13:00-15:00"}, "Jadwal dr. Rekaan ANA di Poli Anak pada tanggal dan jam itu tidak tersedia"),
    ({"jampraktek": "pagi"}, "Format jam praktik tidak sesuai, contoh 08:00-16:00"),
    ({"jampraktek": "28:00-29:00"}, "Format jam praktik tidak sesuai, contoh 08:00-16:00"),
    ({"tanggalperiksa": "01-02-2027"}, "Format tanggalperiksa tidak sesuai, format yang benar YYYY-MM-DD"),
    ({"tanggalperiksa": "2027-02-30"}, "Format tanggalperiksa tidak sesuai, format yang benar YYYY-MM-DD"),
    ({"tanggalperiksa": "2020-02-20"}, "Tanggal periksa sudah lewat"),
    ({"tanggalperiksa": "2099-01-01"}, "Tanggal periksa paling jauh 7 hari ke depan"),
    ({"kodepoli": ""}, "kodepoli tidak boleh kosong"),
    ({"kodepoli": None}, "kodepoli tidak boleh kosong"),
    ({"kodepoli": ["ANA"]}, "kodepoli harus berupa teks atau angka"),
    ({"kodepoli": "A\x00"}, "kodepoli memuat karakter yang tidak sah"),
    ({"kodepoli": "A" * 500}, "kodepoli terlalu panjang, paling banyak 20 huruf"),
]
WRONG_WISH = [
    ({"nomorkartu": "123"}, "Format nomor kartu tidak sesuai, nomor kartu 13 digit angka"),
    ({"nomorkartu": "000123456789O"}, "Format nomor kartu tidak sesuai, nomor kartu 13 digit angka"),
    ({"nik": "123"}, "Format NIK tidak sesuai, NIK 16 digit angka"),
    ({"nik": "９９０１０１４１０１８００００１"}, "Format NIK tidak sesuai, NIK 16 digit angka"),
    ({"nik": ""}, "nik tidak boleh kosong"),
    ({"nohp": "rumah"}, "Format nomor HP tidak sesuai"),
    ({"jeniskunjungan": 5}, "Jenis kunjungan tidak sesuai, isi 1 sampai 4"),
    ({"nomorreferensi": ""}, "Nomor referensi (rujukan atau surat kontrol) tidak boleh kosong"),
    ({"nomorreferensi": "123"}, "Format nomor referensi tidak sesuai, 10–30 huruf dan angka"),
    ({"nik": OTHER_NIK}, "NIK tidak sesuai dengan data pasien di rumah sakit"),
]


def said_to(jkn: MobileJkn, service: str, usual: dict[str, Any], table: list[tuple[dict[str, Any], str]]) -> list[str]:
    """The refusal of each line of a table of changes, in its order, to be compared with the words beside them."""
    return [jkn.refused(service, **(usual | changes)) for changes, _words in table]


def test_a_session_there_is_not_is_refused_with_the_reason(jkn: MobileJkn) -> None:
    words = [words for _changes, words in WRONG_PRACTICE]
    assert said_to(jkn, "status", practice(), WRONG_PRACTICE) == words
    assert said_to(jkn, "ambil", wanted(), WRONG_PRACTICE) == words


def test_a_wish_that_cannot_be_met_is_refused_with_the_reason(jkn: MobileJkn) -> None:
    assert said_to(jkn, "ambil", wanted(), WRONG_WISH) == [words for _changes, words in WRONG_WISH]
    assert not Antrean.objects.exists()


def test_no_practice_and_no_places(jkn: MobileJkn) -> None:
    sesi = Sesi.objects.filter(poli="ANA", date=today() + DAY)
    sesi.update(quota_jkn=0)
    assert jkn.refused("ambil", **wanted()) == "Tempat untuk sesi ini sudah habis. Pilih hari atau dokter lain."
    sesi.update(state=Sesi.State.CANCELLED)
    assert jkn.refused("ambil", **wanted()) == "dr. Rekaan ANA tidak praktik pada tanggal itu"
    sesi.delete()
    assert jkn.refused("ambil", **wanted()).startswith("Jadwal dr. Rekaan ANA di Poli Anak")


def test_registration_closed_for_today(jkn: MobileJkn) -> None:
    open_session(ends_at=now() + HOUR / 2)
    words = jkn.refused("ambil", **wanted(tanggalperiksa=today().isoformat()))
    assert words == "Pendaftaran untuk sesi ini sudah ditutup"


def test_take_a_number(jkn: MobileJkn) -> None:
    said = jkn.gets("ambil", **wanted(kodedokter="1", jeniskunjungan="1"))
    made = Antrean.objects.select_related("sesi__dokter", "poli", "patient").get(code=said["kodebooking"])
    assert said == {
        "nomorantrean": "B-001", "angkaantrean": 1, "kodebooking": made.code, "norm": str(made.patient),
        "namapoli": "Anak", "namadokter": "dr. Rekaan ANA",
        "estimasidilayani": int(queries.window_of(made).begins.timestamp() * 1000), "sisakuotajkn": 9, "kuotajkn": 10,
        "sisakuotanonjkn": 9, "kuotanonjkn": 10,
        "keterangan": "Peserta harap datang 30 menit lebih awal guna pencatatan administrasi.",
    }  # fmt: skip
    assert (made.payer, made.channel, made.referral_no, made.booked_by) == ("jkn", "mjkn", REFERRAL, jkn.user.pk)
    assert made.patient.phone == "081234567890"
    assert Entry.objects.get(action="purut.antrean.booked").actor_name == jkn.user.name


def test_who_has_no_card_pays_and_needs_no_referral(jkn: MobileJkn) -> None:
    assert taken(jkn, nomorkartu="", nomorreferensi="").payer == "umum"


def test_a_number_asked_for_twice_is_given_once(jkn: MobileJkn) -> None:
    taken(jkn)
    words = "Nomor antrean hanya dapat diambil satu kali pada tanggal dan poli yang sama"
    assert jkn.refused("ambil", **wanted()) == words
    assert jkn.refused("ambil", **wanted(nomorreferensi="0301R0010326B000002")) == words
    assert Antrean.objects.count() == 1
    assert Sesi.objects.get(poli="ANA", date=today() + DAY).used_jkn == 1


def test_a_referral_of_another_registration_is_refused(jkn: MobileJkn) -> None:
    taken(jkn)
    words = jkn.refused("ambil", **wanted(kodepoli="INT", kodedokter=0))
    assert words == "Nomor rujukan ini sudah dipakai untuk antrean lain"


@pytest.mark.parametrize("known", [{"nik": None}, {"jkn_no": ""}, {}])
def test_a_patient_is_found_by_nik_or_card(jkn: MobileJkn, known: dict[str, Any]) -> None:
    Patient.objects.update(**known)
    made = taken(jkn)
    assert (made.patient.nik, made.patient.jkn_no) == (NIK, CARD), "what the record lacked is kept"
    assert Patient.objects.count() == 1


def test_a_patient_of_another_number_is_not_found_by_a_record_number(jkn: MobileJkn) -> None:
    norm = str(Patient.objects.get())
    asked = wanted(nik=NEW_NIK, nomorkartu="0001234567893", norm=norm)
    assert jkn.refused("ambil", **asked) == "NIK tidak sesuai dengan data pasien di rumah sakit"


def test_a_card_of_somebody_else_is_refused(jkn: MobileJkn) -> None:
    words = "Nomor kartu tidak sesuai dengan data pasien di rumah sakit"
    assert jkn.refused("ambil", **wanted(nomorkartu="0001234567893")) == words, "the record has another card"
    Patient.objects.update(jkn_no="")
    Patient.objects.create(nik=NEW_NIK, jkn_no=CARD, name="Pemilik", sex="L", birth_date=dt.date(1980, 1, 1))
    assert jkn.refused("ambil", **wanted()) == words, "the card stands in another record"
    assert not Antrean.objects.exists()


def test_a_record_without_nik_and_card_is_found_by_its_number_when_birth_date_and_sex_fit(jkn: MobileJkn) -> None:
    Patient.objects.update(nik=None, jkn_no="")
    asked = wanted(norm=str(Patient.objects.get()))
    for differs in ({"birth_date": dt.date(1981, 1, 1), "sex": "P"}, {"birth_date": dt.date(1980, 1, 1), "sex": "L"}):
        Patient.objects.update(**differs)
        assert jkn.asks("ambil", **asked)["metadata"]["code"] == 202
    Patient.objects.update(sex="P")
    assert jkn.gets("ambil", **asked)["norm"] == str(Patient.objects.get(nik=NIK))


def test_a_new_patient_is_told_so_then_recorded_then_gets_a_number(jkn: MobileJkn) -> None:
    asked = wanted(nik=NEW_NIK, nomorkartu="0001234567893")
    assert jkn.asks("ambil", **asked)["metadata"]["code"] == 202
    assert not Antrean.objects.exists()
    norm = jkn.gets("pasienbaru", **newcomer())["norm"]
    assert jkn.gets("ambil", **asked)["norm"] == norm
    kept = Patient.objects.get(nik=NEW_NIK)
    assert (kept.kk_no, kept.address) == (
        "9901010101800003", "Jalan Contoh 3, RT 02 RW 01, Purut, Utara, Kota Rekaan, Rekaan",
    )  # fmt: skip


WRONG_NEWCOMER = [
    ({"nik": "12"}, "Format NIK tidak sesuai, NIK 16 digit angka"),
    ({"nomorkartu": "12"}, "Format nomor kartu tidak sesuai, nomor kartu 13 digit angka"),
    ({"nomorkk": "12"}, "Format nomor KK tidak sesuai, nomor KK 16 digit angka"),
    ({"nama": " "}, "nama tidak boleh kosong"),
    ({"nama": "Budi\nBaru"}, "nama memuat karakter yang tidak sah"),
    ({"jeniskelamin": "X"}, "Jenis kelamin tidak sesuai, isi L atau P"),
    ({"tanggallahir": "1 Januari"}, "Format tanggallahir tidak sesuai, format yang benar YYYY-MM-DD"),
    ({"tanggallahir": "2099-01-01"}, "Tanggal lahir tidak boleh sesudah hari ini"),
    ({"tanggallahir": "0001-01-01"}, "Tanggal lahir tidak mungkin: periksa tahunnya"),
    ({"alamat": ""}, "alamat tidak boleh kosong"),
    ({"rt": ""}, "rt tidak boleh kosong"),
    ({"nik": NIK}, "Data peserta sudah pernah dientrikan"),
    ({"nomorkartu": CARD}, "Data peserta sudah pernah dientrikan"),
]


def test_a_new_patient_that_cannot_be_one_is_refused(jkn: MobileJkn) -> None:
    assert said_to(jkn, "pasienbaru", newcomer(), WRONG_NEWCOMER) == [words for _changes, words in WRONG_NEWCOMER]
    assert Patient.objects.count() == 1


def test_how_long_a_registration_still_waits(jkn: MobileJkn) -> None:
    sesi = open_session()
    for serial in (7, 8):
        arrived(sesi, serial)
    services.start(services.call_next(sesi.pk, "ruang 1"))  # type: ignore[arg-type]
    mine = here_with(jkn, starts_at=now() - HOUR / 60)
    said = jkn.gets("sisa", kodebooking=mine.code)
    assert (said["nomorantrean"], said["sisaantrean"], said["antreanpanggil"]) == ("B-003", 1, "B-001")
    assert (said["namapoli"], said["namadokter"], said["waktutunggu"]) == ("Anak", "dr. Rekaan ANA", 20 * 60)


def here_with(jkn: MobileJkn, **session: Any) -> Antrean:
    open_session(**session)
    return taken(jkn, tanggalperiksa=today().isoformat())


def test_an_unknown_code_is_refused(jkn: MobileJkn) -> None:
    asked = {"keterangan": "uji", "waktu": 1}
    unknown = "Antrean tidak ditemukan: kode booking tidak dikenal"
    for service in ("sisa", "batal", "checkin", "farmasi/ambil", "farmasi/status"):
        assert jkn.refused(service, kodebooking="ZZZZZZZZ", **asked) == unknown
        assert jkn.refused(service, kodebooking="%' OR 1=1", **asked) == unknown
        assert jkn.refused(service, **asked) == "kodebooking tidak boleh kosong"


USED = [
    (State.DONE, "sisa", "Kode booking sudah digunakan: pasien sudah dilayani"),
    (State.CANCELLED, "sisa", "Antrean tidak ditemukan atau sudah dibatalkan"),
    (State.SERVING, "batal", "Pasien sudah dilayani, antrean tidak dapat dibatalkan"),
    (State.DONE, "batal", "Pasien sudah dilayani, antrean tidak dapat dibatalkan"),
    (State.READY, "batal", "Pasien sudah dilayani, antrean tidak dapat dibatalkan"),
    (State.NO_SHOW, "batal", "Antrean sudah berakhir: pasien tidak hadir"),
    (State.CALLED, "checkin", "Pasien sudah check-in"),
    (State.CANCELLED, "checkin", "Antrean tidak ditemukan atau sudah dibatalkan"),
    (State.DONE, "checkin", "Kode booking sudah digunakan: pasien sudah selesai dilayani"),
]


def test_a_registration_that_is_used_is_refused(jkn: MobileJkn) -> None:
    mine = taken(jkn)
    for state, service, words in USED:
        at(mine, state)
        assert jkn.refused(service, kodebooking=mine.code, keterangan="uji", waktu=1) == words
        assert Antrean.objects.get().state == state


def test_cancelling_gives_the_place_back_once(jkn: MobileJkn) -> None:
    mine = taken(jkn)
    said = jkn.asks("batal", kodebooking=mine.code, keterangan="Berhalangan")
    assert (said["metadata"]["code"], said["response"]) == (200, {})
    again = jkn.refused("batal", kodebooking=mine.code, keterangan="Berhalangan")
    assert again == "Antrean tidak ditemukan atau sudah dibatalkan"
    assert Sesi.objects.get(poli="ANA", date=today() + DAY).used_jkn == 0
    assert Entry.objects.get(action="purut.antrean.given_back").changes == {"reason": "Berhalangan"}


def test_checking_in_is_once_and_on_the_day(jkn: MobileJkn) -> None:
    mine = here(jkn)
    assert jkn.asks("checkin", kodebooking=mine.code, waktu="1616559330000")["metadata"]["code"] == 200
    assert mine.steps.order_by("id").last().occurred_at > now() - HOUR, "the time is ours, not what was sent"  # type: ignore[union-attr]
    assert jkn.refused("checkin", kodebooking=mine.code, waktu=1616559330000) == "Pasien sudah check-in"
    tomorrows = taken(jkn, kodepoli="INT", kodedokter=0, nomorreferensi="0301R0010326B000002")
    assert jkn.refused("checkin", kodebooking=tomorrows.code, waktu=1) == "Check-in hanya pada hari kunjungan"
    assert jkn.refused("checkin", kodebooking=tomorrows.code, waktu="tadi") == "waktu harus berupa angka"


@pytest.fixture
def operation(jkn: MobileJkn) -> Operasi:
    return bpjs_operations.plan_operation(Patient.objects.get().pk, "INT", today() + DAY, "Herniorafi")


def test_operations_of_the_hospital_and_of_a_person(jkn: MobileJkn, operation: Operasi) -> None:
    days = {"tanggalawal": today().isoformat(), "tanggalakhir": (today() + DAY).isoformat()}
    (one,) = jkn.gets("operasi/rs", **days)["list"]
    theirs = {"kodebooking": operation.code, "tanggaloperasi": (today() + DAY).isoformat(), "kodepoli": "INT",
              "jenistindakan": "Herniorafi", "namapoli": "Penyakit Dalam", "terlaksana": 0}  # fmt: skip
    assert one == theirs | {"nopeserta": CARD, "lastupdate": int(operation.changed_at.timestamp() * 1000)}
    assert jkn.gets("operasi/pasien", nopeserta=CARD)["list"] == [theirs]
    assert jkn.gets("operasi/pasien", nopeserta="0009999999999")["list"] == []
    bpjs_operations.operation_done(operation.code)
    assert jkn.gets("operasi/pasien", nopeserta=CARD)["list"][0]["terlaksana"] == 1


def test_operations_asked_for_wrongly(jkn: MobileJkn) -> None:
    backwards = jkn.refused("operasi/rs", tanggalawal="2027-02-02", tanggalakhir="2027-02-01")
    assert backwards == "Tanggal akhir tidak boleh sebelum tanggal awal"
    assert "tanggalawal" in jkn.refused("operasi/rs", tanggalawal="kini", tanggalakhir="2027-02-01")
    assert jkn.refused("operasi/pasien", nopeserta="1").startswith("Format nomor kartu tidak sesuai")


def test_the_pharmacy(jkn: MobileJkn) -> None:
    none = "Antrean farmasi belum ada: pasien belum selesai diperiksa atau tanpa resep"
    mine, sesi = here(jkn), open_session()
    assert jkn.refused("farmasi/ambil", kodebooking=mine.code) == none
    assert jkn.refused("farmasi/status", kodebooking=mine.code) == none
    given = ((booked(sesi, 5), State.DONE), (booked(sesi, 6), State.READY), (booked(sesi, 7), State.PREPARING))
    for number, (other, state) in enumerate((*given, (mine, State.PHARMACY)), start=1):
        at(other, state)
        Resep.objects.create(antrean=other, kind="racikan", date=today(), number=number)
    said = jkn.gets("farmasi/ambil", kodebooking=mine.code)
    assert said == {"jenisresep": "Racikan", "nomorantrean": 4, "keterangan": ""}
    assert jkn.gets("farmasi/status", kodebooking=mine.code) == {
        "jenisresep": "Racikan", "totalantrean": 4, "sisaantrean": 2, "antreanpanggil": 2, "keterangan": "",
    }  # fmt: skip


def test_signing_in(jkn: MobileJkn, settings: Any) -> None:
    settings.PASTI_BPJS_USER, settings.PASTI_BPJS_PASSWORD = "rs-jkn", "sandi rahasia"
    login = {"x-username": "rs-jkn", "x-password": "sandi rahasia"}
    token = jkn.send("/antrean/token", method="GET", headers=login)["response"]["token"]
    jkn.headers = {"x-username": "rs-jkn", "x-token": token}
    jkn.gets("status", **practice())
    kept = AccessToken.objects.get(user__username="client:rs-jkn")
    assert token.encode() not in bytes(kept.digest)
    assert HOUR * 0.9 < kept.expires_at - now() <= HOUR


def test_a_registered_program_with_the_scope_signs_in_as_in_a_demo(jkn: MobileJkn) -> None:
    register_client("bpjs", "rahasia-demo", name="BPJS Kesehatan (contoh)", scopes=["antrean"])
    register_client("lain", "rahasia-lain", name="Program lain", scopes=["telemetry"])
    login = {"x-username": "bpjs", "x-password": "rahasia-demo"}
    token = jkn.send("/antrean/token", method="GET", headers=login)["response"]["token"]
    jkn.headers = {"x-username": "bpjs", "x-token": token}
    jkn.gets("status", **practice())
    other = jkn.send("/antrean/token", method="GET", headers={"x-username": "lain", "x-password": "rahasia-lain"})
    assert other["metadata"] == {"code": 201, "message": "Username atau password tidak sesuai"}


WRONG_LOGINS = [
    ({"x-username": "rs-jkn", "x-password": "salah"}, "Username atau password tidak sesuai"),
    ({"x-username": "siapa", "x-password": "sandi rahasia"}, "Username atau password tidak sesuai"),
    ({"x-username": "rs-jkn"}, "Header x-username dan x-password tidak boleh kosong"),
    ({}, "Header x-username dan x-password tidak boleh kosong"),
]


def test_signing_in_wrongly(jkn: MobileJkn, settings: Any) -> None:
    settings.PASTI_BPJS_USER, settings.PASTI_BPJS_PASSWORD = "rs-jkn", "sandi rahasia"
    for login, words in WRONG_LOGINS:
        said = jkn.send("/antrean/token", method="GET", headers=login)
        assert said["metadata"] == {"code": 201, "message": words}


def test_the_password_may_be_kept_as_a_hash_and_an_empty_one_is_none(jkn: MobileJkn, settings: Any) -> None:
    from django.contrib.auth.hashers import make_password

    settings.PASTI_BPJS_USER, settings.PASTI_BPJS_PASSWORD = "rs-jkn", make_password("sandi rahasia")
    login = {"x-username": "rs-jkn", "x-password": "sandi rahasia"}
    assert jkn.send("/antrean/token", method="GET", headers=login)["metadata"]["code"] == 200
    settings.PASTI_BPJS_PASSWORD = ""
    assert jkn.send("/antrean/token", method="GET", headers=login)["metadata"]["code"] == 201


def test_a_token_opens_nothing_when_it_is_wrong_old_or_of_somebody_else(jkn: MobileJkn) -> None:
    def with_headers(**headers: str) -> str:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        said = jkn.send("/antrean/status", json.dumps(practice()).encode(), headers=sent)
        assert said["metadata"]["code"] == 201
        return str(said["metadata"]["message"])

    bad = "Token tidak sah atau sudah kedaluwarsa"
    good = jkn.headers["x-token"]
    assert with_headers(x_username=USER, x_token="salah") == bad
    assert with_headers(x_username="lain", x_token=good) == bad
    assert with_headers(x_token=good) == with_headers() == "Header x-token dan x-username tidak boleh kosong"
    other = issue_token(jkn.user, scopes=["telemetry"])
    assert with_headers(x_username=USER, x_token=other) == "Pengguna ini tidak berwenang atas layanan antrean"
    AccessToken.objects.update(expires_at=now())
    assert with_headers(x_username=USER, x_token=good) == bad


NO_REQUESTS = [
    b"", b"{", b"[]", b"null", b'"teks"', b"\xff\xfe", b"\x00", b'{"kodepoli":' + b"[" * 100_000, b"1" * 5000,
    b"{}" + b" " * 300_000,
]  # fmt: skip


def test_what_is_no_request_is_refused_in_the_one_shape(jkn: MobileJkn) -> None:
    for body in NO_REQUESTS:
        said = jkn.send("/antrean/status", body)["metadata"]
        assert said == {"code": 201, "message": "Isi permintaan bukan JSON yang sah"}, body[:40]


def test_characters_nobody_can_keep_are_refused(jkn: MobileJkn) -> None:
    fields = wanted() | newcomer() | {"kodebooking": "X", "nopeserta": CARD}
    named = {"status": "kodepoli", "ambil": "nik", "sisa": "kodebooking", "batal": "keterangan", "pasienbaru": "nama",
             "operasi/pasien": "nopeserta"}  # fmt: skip
    for service, name in named.items():
        for text in ("\\u0000", "\\ud800", "\\u001b"):
            raw = json.dumps(fields | {name: "A@B"}).replace("@", text)
            said = jkn.send(f"/antrean/{service}", raw.encode())["metadata"]
            assert said == {"code": 201, "message": f"{name} memuat karakter yang tidak sah"}


def test_every_unknown_path_is_answered_in_the_one_shape(jkn: MobileJkn) -> None:
    for path in ("", "apa", "status/apa", "%00", "%0A", "..%2F", "operasi", "Status"):
        said = jkn.send(f"/antrean/{path}", b"{}")["metadata"]
        assert said == {"code": 201, "message": "Layanan tidak dikenal"}, path


def test_a_path_may_end_with_a_slash_and_another_method_is_refused(jkn: MobileJkn) -> None:
    asked = json.dumps(practice()).encode()
    assert jkn.send("/antrean/status/", asked)["metadata"]["code"] == 200
    assert jkn.send("/antrean/status", method="GET")["metadata"] == {"code": 201, "message": "Gunakan metode POST"}
    assert jkn.send("/antrean/token", method="DELETE")["metadata"] == {"code": 201, "message": "Gunakan metode GET"}


def test_our_own_fault_is_told_in_the_one_shape_and_logged(jkn: MobileJkn, monkeypatch: Any, caplog: Any) -> None:
    def broken(_: Any) -> Any:
        raise RuntimeError("a fault")

    monkeypatch.setitem(edge.SERVICES, "status", broken)
    said = jkn.asks("status", **practice())["metadata"]
    assert said == {"code": 201, "message": "Terjadi kesalahan pada sistem rumah sakit, silakan coba lagi"}
    assert "a fault" in caplog.text


def test_too_many_calls_are_slowed_in_the_one_shape(jkn: MobileJkn, monkeypatch: Any) -> None:
    from pasti.kernel.api import limits

    monkeypatch.setattr(limits, "_bucket", limits.TokenBucket(0.001, 2))
    said = [jkn.asks("status", **practice())["metadata"] for _ in range(3)]
    assert [one["code"] for one in said] == [200, 200, 201]
    assert said[2]["message"] == "Tunggu sebentar lalu coba lagi"


def test_a_doctor_without_a_code_of_bpjs_is_not_found(jkn: MobileJkn) -> None:
    Dokter.objects.filter(code="D-ANA").update(bpjs_code=None)
    assert jkn.refused("status", **practice()) == "Dokter tidak ditemukan"
