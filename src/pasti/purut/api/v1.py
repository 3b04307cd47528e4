"""`/api/v1/purut/`: clinics, sessions, registrations, and the nurse's acts."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest
from ninja import Query, Router

from pasti.kernel.accounts.access import can
from pasti.kernel.accounts.models import User
from pasti.kernel.api.auth import bearer
from pasti.kernel.api.idempotency import idempotent
from pasti.kernel.api.paging import page_of
from pasti.kernel.api.problems import PROBLEMS
from pasti.kernel.errors import NotFound, Refused
from pasti.purut import queries, services
from pasti.purut.api import v1_waiting
from pasti.purut.api.v1_shapes import AntreanShown, BookingWanted, PoliPage, Room, SesiPage, SesiWanted, VisitEnded
from pasti.purut.api.v1_shared import mine, patient_of, plain, scope_for, shown
from pasti.purut.models import Poli

PREFIX = "purut"
router = Router()
router.add_router("", v1_waiting.router)


@router.get("/poli", response={200: PoliPage, **PROBLEMS}, summary="Poli rumah sakit")
def polis(request: HttpRequest, limit: int = 100, cursor: str | None = None) -> Any:
    """The clinics, by code."""
    return page_of(Poli.objects.all(), cursor, limit, ("code",))


@router.get("/sesi", response={200: SesiPage, **PROBLEMS}, summary="Sesi dengan sisa tempat")
def sesi(request: HttpRequest, wanted: Query[SesiWanted]) -> Any:
    """Sessions from today on within the horizon, with the places left."""
    rows = queries.sessions(poli_code=plain(wanted.poli), day=wanted.date)
    page = page_of(rows, wanted.cursor, wanted.limit, ("starts_at", "id"))
    page["items"] = [_offer(one) for one in queries.offers(page["items"])]
    return page


@router.post("/antrean", response={201: AntreanShown, **PROBLEMS}, auth=bearer("purut.book", "purut.register"),
             summary="Daftar")  # fmt: skip
@idempotent
def book(request: HttpRequest, wanted: BookingWanted) -> tuple[int, Any]:
    """Take a place. 409 `kuota-habis` when full, `sudah-terdaftar` when the patient is registered already."""
    user = cast(User, request.user)
    patient = patient_of(user, wanted)
    with scope_for(user, patient):
        antrean = services.book(
            sesi_id=wanted.sesi_id, patient=patient, payer=wanted.payer, channel="api",
            visit_kind=wanted.visit_kind, referral_no=wanted.referral_no.upper(),
        )  # fmt: skip
    return 201, shown(antrean, ahead=False)


@router.get("/antrean/{code}", response={200: AntreanShown, **PROBLEMS}, auth=bearer("purut.book", "purut.queue"),
            summary="Lihat antrean")  # fmt: skip
def antrean(request: HttpRequest, code: str) -> Any:
    """A registration of the caller's own, or any for the hospital's staff."""
    return shown(mine(request, code))


@router.post("/antrean/{code}/batal", response={200: AntreanShown, **PROBLEMS}, auth=bearer("purut.book", "purut.register"),
             summary="Batalkan")  # fmt: skip
@idempotent
def cancel(request: HttpRequest, code: str) -> tuple[int, Any]:
    """Cancel; the place goes back to the session."""
    found = mine(request, code)
    services.cancel(found, by_patient=not can(request.user, "purut.register"))
    return 200, shown(found)


@router.post("/antrean/{code}/check-in", response={200: AntreanShown, **PROBLEMS}, auth=bearer("purut.check_in"),
             summary="Check-in")  # fmt: skip
@idempotent
def check_in(request: HttpRequest, code: str) -> tuple[int, Any]:
    """The patient has arrived."""
    found = mine(request, code)
    services.check_in(found)
    return 200, shown(found)


@router.post("/sesi/{sesi_id}/panggil", response={200: AntreanShown, **PROBLEMS}, auth=bearer("purut.call"),
             summary="Panggil berikutnya")  # fmt: skip
@idempotent
def call_next(request: HttpRequest, sesi_id: int, room: Room) -> tuple[int, Any]:
    """Call the next waiting patient. 409 `tidak-ada-yang-menunggu` when nobody waits."""
    if not 0 < sesi_id < 2**63:
        raise NotFound
    found = services.call_next(queries.session(sesi_id).pk, room.room or "ruang periksa")
    if found is None:
        raise Refused("tidak-ada-yang-menunggu", "Tidak ada pasien yang menunggu")
    return 200, shown(found)


@router.post("/antrean/{code}/selesai", response={200: AntreanShown, **PROBLEMS}, auth=bearer("purut.call"),
             summary="Selesai")  # fmt: skip
@idempotent
def finish(request: HttpRequest, code: str, ended: VisitEnded | None = None) -> tuple[int, Any]:
    """The visit is over; with a prescription the patient waits for the pharmacy. Without a body there is none."""
    found = mine(request, code)
    services.finish(found, ended.resep if ended else "")
    return 200, shown(found)


def _offer(one: queries.Offer) -> dict[str, Any]:
    return {
        "id": one.sesi.pk, "poli": one.sesi.poli_id, "dokter": one.sesi.dokter.name, "date": one.sesi.date,
        "starts_at": one.sesi.starts_at, "ends_at": one.sesi.ends_at, "open": one.open, "left": one.left,
        "left_jkn": one.left_jkn, "left_nonjkn": one.left_nonjkn,
    }  # fmt: skip
