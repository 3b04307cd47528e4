"""Everything the desk holds about one person, for that person (UU 27/2022 articles 7 and 32)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pasti.kernel.accounts.scope import Scope, scoped
from pasti.siap_pak_rt.models import Kos, Laporan

PURPOSE = "siap_pak_rt.hak"


def collect(person_id: UUID) -> list[dict[str, Any]]:
    """Reports about the person with what was told and what became of them, and the houses owned. None left out."""
    with scoped(Scope.of_person(person_id, PURPOSE)):
        reports = [
            {
                "catatan": "laporan RT", "jenis": one.kind, "tanggal_kejadian": one.occurred_on, "isi": str(one.told),
                "keadaan": one.state, "pelapor": one.reporter_name, "dikirim": one.recorded_at, "pemeriksa": one.decided_name,
                "diputus": one.decided_at, "alasan": one.reason,
            }
            for one in Laporan.objects.filter(person_id=person_id).order_by("recorded_at")
        ]  # fmt: skip
        houses = [
            {"catatan": "kos atau kontrakan", "nama": one.name, "alamat": one.street, "kamar": one.rooms,
             "telepon": one.owner_phone, "dicatat": one.recorded_at}
            for one in Kos.objects.filter(owner_id=person_id).order_by("recorded_at")
        ]  # fmt: skip
        return [*reports, *houses]
