"""The bodies of messages to BPJS Kesehatan ("WS Antrean RS": add, updatewaktu, batal)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pasti.kernel.clock import city_zone
from pasti.purut import queries
from pasti.purut.models import Antrean, BpjsMessage, Resep
from pasti.purut.queries import bpjs as queries_bpjs
from pasti.purut.rules import bpjs_tasks
from pasti.purut.rules.states import State

ADVICE = "Peserta harap datang 30 menit lebih awal guna pencatatan administrasi."
CANCELLED = "Dibatalkan oleh pasien atau rumah sakit"
PRESCRIPTIONS = {Resep.Kind.RACIKAN: "Racikan", Resep.Kind.NON_RACIKAN: "Non racikan"}


def body_of(message: BpjsMessage) -> dict[str, Any]:
    """What is sent for a message. Raises LookupError while the doctor has no code at BPJS."""
    antrean = Antrean.objects.select_related("poli", "patient", "sesi__dokter", "sesi__poli").get(pk=message.antrean_id)
    if message.kind == bpjs_tasks.ADD:
        return _registration(antrean)
    if message.kind == bpjs_tasks.CANCEL:
        return {"kodebooking": antrean.code, "keterangan": CANCELLED}
    return _time(message, antrean)


def _time(message: BpjsMessage, antrean: Antrean) -> dict[str, Any]:
    body: dict[str, Any] = {"kodebooking": antrean.code, "taskid": message.position, "waktu": ms(message.occurred_at)}
    if bpjs_tasks.SEEN <= message.position <= bpjs_tasks.HANDED_OVER:
        resep = Resep.objects.filter(antrean=antrean).first()
        body["jenisresep"] = PRESCRIPTIONS[Resep.Kind(resep.kind)] if resep else "Tidak ada"
    return body


def _registration(antrean: Antrean) -> dict[str, Any]:
    sesi, patient = antrean.sesi, antrean.patient
    if sesi.dokter.bpjs_code is None:
        raise LookupError(sesi.dokter_id)
    begins, ends = (moment.astimezone(city_zone()) for moment in (sesi.starts_at, sesi.ends_at))
    new = antrean.steps.filter(step=State.ADMISSION).exists()
    return {
        "kodebooking": antrean.code, "jenispasien": "JKN" if antrean.payer == "jkn" else "NON JKN",
        "nomorkartu": patient.jkn_no if antrean.payer == "jkn" else "", "nik": patient.nik or "",
        "nohp": patient.phone, "kodepoli": antrean.poli_id, "namapoli": antrean.poli.name, "pasienbaru": int(new),
        "norm": str(patient), "tanggalperiksa": antrean.date.isoformat(), "kodedokter": sesi.dokter.bpjs_code,
        "namadokter": sesi.dokter.name, "jampraktek": f"{begins:%H:%M}-{ends:%H:%M}",
        "jeniskunjungan": antrean.visit_kind, "nomorreferensi": antrean.referral_no,
        "nomorantrean": queries.label_of(antrean), "angkaantrean": antrean.number,
        "estimasidilayani": ms(queries.window_of(antrean).begins), **queries_bpjs.places(sesi), "keterangan": ADVICE,
    }  # fmt: skip


def ms(moment: dt.datetime) -> int:
    """A moment as BPJS writes it: milliseconds since 1970, UTC."""
    return int(moment.timestamp() * 1000)
