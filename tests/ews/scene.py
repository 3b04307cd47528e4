"""What pages of early warning are tried with: a proposal, a warning, an hour of readings, a photo."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from pasti.ews.models import Gauge, Proposal, StreetReport, Warning
from pasti.ews.services import issuing, proposing, reporting
from pasti.kernel.accounts.models import User
from pasti.kernel.clock import now
from pasti.telemetry.services.readings import Reading, store
from tests.ews.conftest import KELURAHAN, found

MINUTE = dt.timedelta(minutes=1)


def propose(gauge: Gauge, stage: int, **more: Any) -> Proposal:
    made = proposing.propose(found(stage, **more), gauge)
    assert made is not None
    return made


def warned(gauge: Gauge, by: User, stage: int = 2) -> Warning:
    return issuing.issue_proposal(propose(gauge, stage).pk, by=by)


def filled(gauge: Gauge) -> None:
    """An hour of readings up to now."""
    begins = now().replace(second=0, microsecond=0) - 60 * MINUTE
    store([Reading(gauge.datastream_id, begins + n * MINUTE, 100.0 + n) for n in range(60)])


def picture() -> SimpleUploadedFile:
    target = io.BytesIO()
    Image.new("RGB", (40, 30), "blue").save(target, "JPEG")
    return SimpleUploadedFile("banjir.jpg", target.getvalue(), "image/jpeg")


def reported(number: int) -> StreetReport:
    """Water in Jalan Jawa, reported by the stranger of this number."""
    what = reporting.Seen(112.9, -7.65 + number / 10_000, 40, now(), "Jl. Jawa", KELURAHAN)
    return reporting.report(what, user=None, phone=f"08123456789{number}")
