"""The services of "WS Antrean RS", one function each: read the fields, do one thing, answer in BPJS's words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from pasti.kernel.errors import Refused
from pasti.purut import queries
from pasti.purut.api.bpjs_fields import Fields, wrong
from pasti.purut.models import Operasi, Resep, Sesi
from pasti.purut.queries import bpjs as queries_bpjs
from pasti.purut.rules.states import BEFORE_SEEN, State
from pasti.purut.services import bpjs
from pasti.purut.services.bpjs_bodies import ADVICE, ms

NEW = 202
WORST = 10**15  # milliseconds since 1970: the year 33658
PRESCRIPTIONS = {Resep.Kind.RACIKAN: "Racikan", Resep.Kind.NON_RACIKAN: "Non Racikan"}


@dataclass(frozen=True)
class Reply:
    """What is answered; `message` is empty for a plain success."""

    response: dict[str, Any] = field(default_factory=dict)
    message: str = ""
    new_patient: bool = False


def status(asked: Fields) -> Reply:
    """How a session's queue stands."""
    sesi = _session(asked)
    now_ = queries_bpjs.standing(sesi)
    counts = {"totalantrean": now_.total, "sisaantrean": now_.left, "antreanpanggil": now_.called}
    return Reply(_names(sesi) | counts | queries_bpjs.places(sesi) | {"keterangan": ""})


def take(asked: Fields) -> Reply:
    """Take a number; the answer to a patient without a record is that one is to be made first."""
    card = asked.card(required=False)
    wanted = bpjs.Wanted(
        nik=asked.nik(), card=card, norm=asked.norm(), phone=asked.phone(), visit_kind=asked.visit_kind(),
        referral_no=asked.referral(required=bool(card)),
    )  # fmt: skip
    sesi = _session(asked)
    antrean = bpjs.take(sesi, wanted)
    if antrean is None:
        return Reply(message=_("Pasien baru: data pasien belum ada di rumah sakit"), new_patient=True)
    number = {"nomorantrean": queries.label_of(antrean), "angkaantrean": antrean.number, "kodebooking": antrean.code,
              "norm": str(antrean.patient)}  # fmt: skip
    expected = {"estimasidilayani": ms(queries.window_of(antrean).begins)}
    return Reply(number | _names(sesi) | expected | queries_bpjs.places(sesi) | {"keterangan": ADVICE})


def left(asked: Fields) -> Reply:
    """How long a registration still waits."""
    antrean = queries_bpjs.booking(asked.text("kodebooking", 40))
    if antrean.state in (State.CANCELLED, State.NO_SHOW):
        raise Refused("sudah-dibatalkan", _("Antrean tidak ditemukan atau sudah dibatalkan"))
    if antrean.state not in BEFORE_SEEN:
        raise Refused("kode-terpakai", _("Kode booking sudah digunakan: pasien sudah dilayani"))
    ahead = queries.ahead_of(antrean)
    return Reply({"nomorantrean": queries.label_of(antrean), **_names(antrean.sesi), "sisaantrean": ahead,
                  "antreanpanggil": queries_bpjs.last_called(antrean.sesi),
                  "waktutunggu": queries_bpjs.wait_seconds(antrean, ahead), "keterangan": ""})  # fmt: skip


def cancel(asked: Fields) -> Reply:
    """Give a number back."""
    code, reason = asked.text("kodebooking", 40), asked.text("keterangan", 200, required=False)
    bpjs.give_back(code, reason)
    return Reply()


def check_in(asked: Fields) -> Reply:
    """The patient is here. The time given is read, not kept: times come from our own clock."""
    code = asked.text("kodebooking", 40)
    asked.number("waktu", WORST)
    bpjs.arrive(code)
    return Reply()


def new_patient(asked: Fields) -> Reply:
    """Make a record for a new patient."""
    made = bpjs.register(bpjs.NewPatient(
        nik=asked.nik(), card=asked.card(required=False),
        kk_no=asked.digits("nomorkk", 16, _("Format nomor KK tidak sesuai, nomor KK 16 digit angka")),
        name=asked.text("nama", 120), sex=asked.sex(), birth_date=asked.birth_date(), phone=asked.phone(),
        address=_address(asked),
    ))  # fmt: skip
    return Reply({"norm": str(made)}, _("Harap datang ke loket untuk melengkapi data rekam medis"))


def _address(asked: Fields) -> str:
    codes = ("kodeprop", "kodedati2", "kodekec", "kodekel")
    for code in codes:
        asked.text(code, 20, required=False)
    street, rt, rw = asked.text("alamat", 120), asked.text("rt", 5), asked.text("rw", 5)
    places = [asked.text(name, 60) for name in ("namakel", "namakec", "namadati2", "namaprop")]
    return ", ".join([street, f"RT {rt} RW {rw}", *places])[:240]


def operations(asked: Fields) -> Reply:
    """Operations of the hospital between two days."""
    first, last = asked.date("tanggalawal"), asked.date("tanggalakhir")
    if last < first:
        raise wrong(_("Tanggal akhir tidak boleh sebelum tanggal awal"))
    rows = queries_bpjs.operations(first, last)
    more = ({"nopeserta": one.patient.jkn_no, "lastupdate": ms(one.changed_at)} for one in rows)
    return Reply({"list": [_operation(one) | extra for one, extra in zip(rows, more, strict=True)]})


def operations_of(asked: Fields) -> Reply:
    """Operations of one insured person."""
    rows = queries_bpjs.operations_of(asked.card("nopeserta"))
    return Reply({"list": [_operation(one) for one in rows]})


def _operation(one: Operasi) -> dict[str, Any]:
    return {"kodebooking": one.code, "tanggaloperasi": one.date.isoformat(), "jenistindakan": one.action,
            "kodepoli": one.poli_id, "namapoli": one.poli.name, "terlaksana": int(one.done)}  # fmt: skip


def pharmacy_number(asked: Fields) -> Reply:
    """The number of a registration at the pharmacy."""
    resep = _prescription(asked)
    return Reply({"jenisresep": _kind(resep), "nomorantrean": resep.number, "keterangan": ""})


def pharmacy_status(asked: Fields) -> Reply:
    """How the pharmacy's queue of that kind stands."""
    resep = _prescription(asked)
    now_ = queries_bpjs.pharmacy(resep)
    return Reply({"jenisresep": _kind(resep), "totalantrean": now_.total, "sisaantrean": now_.left,
                  "antreanpanggil": now_.called, "keterangan": ""})  # fmt: skip


def _prescription(asked: Fields) -> Resep:
    return queries_bpjs.prescription(queries_bpjs.booking(asked.text("kodebooking", 40)))


def _kind(resep: Resep) -> str:
    return PRESCRIPTIONS[Resep.Kind(resep.kind)]


def _session(asked: Fields) -> Sesi:
    poli, doctor = asked.text("kodepoli", 20), asked.number("kodedokter")
    return queries_bpjs.practice(poli, doctor, asked.date("tanggalperiksa"), asked.hours())


def _names(sesi: Sesi) -> dict[str, str]:
    return {"namapoli": sesi.poli.name, "namadokter": sesi.dokter.name}


SERVICES: dict[str, Callable[[Fields], Reply]] = {
    "status": status, "ambil": take, "sisa": left, "batal": cancel, "checkin": check_in, "pasienbaru": new_patient,
    "operasi/rs": operations, "operasi/pasien": operations_of, "farmasi/ambil": pharmacy_number,
    "farmasi/status": pharmacy_status,
}  # fmt: skip
