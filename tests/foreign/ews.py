"""Early warning names nobody in public; the foreign person's report of water is seen by officers alone."""

from __future__ import annotations

from typing import Any

from pasti.ews.models import Proposal, RtTask, StreetReport, Warning
from pasti.ews.services import drills, issuing, proposing, reporting
from pasti.ews.services.reach import subscribing
from pasti.kernel.clock import now
from tests.ews.conftest import KELURAHAN, found, make_official, set_up
from tests.foreign import ELSEWHERE, World

PUBLIC: dict[str, Any] = {
    "ews/sungai/:code": "rekaan",
    "ews/:verb": "selesai",
    "ews/data/:code": "rekaan-kota",
    "ews/data/:year": 2026,
    "ews/data/:month": 1,
    "api/v1/ews/:code": "rekaan-kota",
}


def objects(world: World) -> dict[str, Any]:
    """A flood with a warning, a drill, and water that the foreign person reported."""
    gauge = set_up()
    by = make_official("bpbd-asing")
    asked = proposing.propose(found(1), gauge)
    assert isinstance(asked, Proposal)
    warning = issuing.issue_proposal(asked.pk, by=by)
    assert isinstance(warning, Warning)
    seen = reporting.Seen(112.9, -7.65, 40, now(), "depan musala", KELURAHAN)
    report: StreetReport = reporting.report(seen, user=world.owner)
    drill = drills.plan(name="Latihan", river="rekaan", planned_at=now(), aims="", by=by)
    world.public |= {
        "ews/:warning_id": warning.pk, "ews/:proposal_id": asked.pk, "ews/:episode_id": asked.episode_id, "ews/:pk": asked.pk,
        "ews/:drill_id": drill.pk, "api/v1/ews/:warning_id": warning.pk, "cap/:identifier": warning.cap_identifier,
    }  # fmt: skip
    world.public |= {"ews/langganan/:token": subscribing.stop_token(0)}
    task = RtTask.objects.create(
        warning=warning, place_code=ELSEWHERE, people=1, head=world.owner, asked_at=now(), note="Zulkarnaen Terlarang"
    )
    return {"ews/jaga/laporan/:report_id": report.pk, "ews/rt/:task_id": task.pk}
