"""What the desk of the foreign RT holds: a report, a house, a guest, its head and a deputy."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.services import assign
from pasti.kernel.clock import today
from pasti.siap_pak_rt.services import desk_deputies, desk_reports, desk_stays
from tests.foreign import ELSEWHERE, NAME, NIK, World

PUBLIC: dict[str, Any] = {"siap-pak-rt/lapor/:verb": "sahkan", "siap-pak-rt/lapor/baru/:path": "kematian"}


def objects(world: World) -> dict[str, Any]:
    """Made within the scope of the whole city, which is in force."""
    asked = desk_reports.ReportAsked(
        "missing", ELSEWHERE, dt.date(2026, 3, 2), person_id=world.person, told={"note": NAME}
    )
    laporan = desk_reports.submit(asked)
    house = desk_stays.keep_house(
        ELSEWHERE, desk_stays.HouseAsked("kos", f"Kos {NAME}", "Gang 9", 3, NAME, owner_nik=NIK)
    )
    stay = desk_stays.StayAsked(f"Tamu {NAME}", "Malang", today(), today() + dt.timedelta(days=1), kos_id=house.pk)
    guest = desk_stays.arrive(ELSEWHERE, stay)
    # Who heads the RT next door is no secret: a head on leave may name that person as deputy.
    head = User.objects.create_user("ketua-asing", name="Ketua RT Sebelah")
    assign(head, "ketua_rt", unit_code=ELSEWHERE, unit_name="RT asing", area_code=ELSEWHERE)
    deputy = desk_deputies.appoint(ELSEWHERE, world.owner, starts=today() + dt.timedelta(days=5),
                                   ends=today() + dt.timedelta(days=6))  # fmt: skip
    return {
        "siap-pak-rt/keluarga/:family_id": world.family, "siap-pak-rt/lapor/:laporan_id": laporan.pk,
        "siap-pak-rt/tamu/:house_id": house.pk, "siap-pak-rt/tamu/:guest_id": guest.pk,
        "siap-pak-rt/serah-terima/:assignment_id": deputy.pk, "siap-pak-rt/serah-terima/:code": ELSEWHERE,
    }  # fmt: skip
