"""The register's objects: people, cards, events, files of people, pairs that look alike."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pasti.civil import services
from pasti.civil.models import DuplicatePair, Export, ImportBatch, ImportRow
from pasti.kernel.clock import now
from tests.foreign import ELSEWHERE, PURPOSE, World

PUBLIC: dict[str, Any] = {
    "kependudukan/berkas/:verb": "masukkan", "kependudukan/berkas/:form": "csv",
    "kependudukan/berkas/contoh/:layout": "opensid",
}  # fmt: skip


def objects(world: World) -> dict[str, Any]:
    """Made within the scope of the whole city, which is in force."""
    event = services.report_change(
        world.person, {"education": 5}, services.Report(dt.date(2026, 3, 2), PURPOSE, details={"alasan": "ijazah"})
    )
    first, second = sorted([world.person, world.spouse])
    pair = DuplicatePair.objects.create(
        first_id=first, second_id=second, signs=["name"], score=70, rt_code=ELSEWHERE, recorded_at=now()
    )
    batch = ImportBatch.objects.create(
        file_name="rahasia.xlsx", sha256="0" * 64, area=ELSEWHERE, created_by=world.owner.pk, created_name="Lain",
        created_at=now(), state="ready", total=1,
    )  # fmt: skip
    row = ImportRow.objects.create(
        batch=batch, number=1, content={"name": world.secrets[0]}, outcome="differs", person_id=world.person,
        area=ELSEWHERE,
    )  # fmt: skip
    export = Export.objects.create(
        area=ELSEWHERE, layout="pasti", form="csv", reason=world.secrets[0], created_by=world.owner.pk,
        created_name="Lain", created_at=now(), touched_at=now(),
    )  # fmt: skip
    return {
        "kependudukan/:export_id": export.pk,
        "kependudukan/:person_id": world.person, "kependudukan/:family_id": world.family,
        "kependudukan/:peristiwa_id": event.pk, "kependudukan/:pair_id": pair.pk, "kependudukan/:batch_id": batch.pk,
        "kependudukan/:row_id": row.pk, "meja-akun/:person_id": world.person,
        "api/v1/civil/:person_id": world.person, "api/v1/civil/:family_id": world.family,
        "api/v1/civil/:peristiwa_id": event.pk, "api/v1/civil/:batch_id": batch.pk,
    }  # fmt: skip
