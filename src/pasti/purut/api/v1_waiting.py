"""`/api/v1/purut/`: waiting for a place of a full session, and taking the one that is offered."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest
from ninja import Router, Schema

from pasti.kernel.accounts.models import User
from pasti.kernel.api.auth import bearer
from pasti.kernel.api.idempotency import idempotent
from pasti.kernel.api.problems import PROBLEMS
from pasti.kernel.errors import NotFound
from pasti.purut import services
from pasti.purut.api.v1_shapes import AntreanShown, PlaceWanted
from pasti.purut.api.v1_shared import mine, patient_of, scope_for, shown

router = Router()


class TungguShown(Schema):
    """A place on a waiting list. No patient data."""

    id: int
    sesi_id: int
    state: str


@router.post("/sesi/{sesi_id}/tunggu", response={201: TungguShown, **PROBLEMS}, auth=bearer("purut.book", "purut.register"),
             summary="Tunggu tempat")  # fmt: skip
@idempotent
def join(request: HttpRequest, sesi_id: int, wanted: PlaceWanted) -> tuple[int, Any]:
    """Wait for a place of a full session; who joined first is offered first. 409 `masih-ada-tempat` while it has places."""
    if not 0 < sesi_id < 2**63:
        raise NotFound
    user = cast(User, request.user)
    patient = patient_of(user, wanted)
    with scope_for(user, patient):
        row = services.join(
            sesi_id=sesi_id, patient=patient, payer=wanted.payer, channel="api",
            visit_kind=wanted.visit_kind, referral_no=wanted.referral_no.upper(),
        )  # fmt: skip
    return 201, TungguShown(id=row.pk, sesi_id=row.sesi_id, state=row.state)


@router.post("/antrean/{code}/terima", response={200: AntreanShown, **PROBLEMS}, auth=bearer("purut.book", "purut.register"),
             summary="Terima tawaran")  # fmt: skip
@idempotent
def accept(request: HttpRequest, code: str) -> tuple[int, Any]:
    """Take the place that was offered. 409 `tawaran-berakhir` when it was given up or ran out; `batal` gives it back."""
    found = mine(request, code)
    services.accept(found)
    return 200, shown(found)
