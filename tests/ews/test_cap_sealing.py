"""From a warning of the desk to the message that goes out: what it says, what it refers to, that it verifies."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from pasti import citypack
from pasti.ews import schemas
from pasti.ews.models import Drill, Episode, Proposal, River, Warning
from pasti.ews.rules import cap_check, cap_read
from pasti.ews.services import cap_bytes, cap_signing
from pasti.kernel.accounts.models import User
from pasti.kernel.clock import now
from pasti.kernel.errors import Refused
from tests.ews.test_cap_signing import own_folder  # noqa: F401

PACK = Path(__file__).parents[1] / "citypack" / "packs" / "kota-rekaan"
RT = "99.01.01.1001.001.002"
HOUR = dt.timedelta(hours=1)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folder")]


@pytest.fixture
def episode(db: None) -> Episode:
    citypack.load(PACK)
    river = River.objects.create(code="gembong-uji", name="Gembong", changed_at=now())
    return Episode.objects.create(river=river, began_at=now(), recorded_at=now())


def sealed(episode: Episode, *replaced: Warning, **changes: Any) -> Warning:
    """A warning as it is the moment before it is saved, with its message."""
    usual = {
        "kind": "alert", "status": "actual", "stage": 2, "expires_at": now() + 6 * HOUR, "area_codes": [RT],
        "sent_at": now().replace(microsecond=0), "composed_at": now(), "headline_id": "Siaga banjir",
        "headline_en": "Flood watch", "description_id": "Air naik.", "description_en": "The water rises.",
    }  # fmt: skip
    warning = Warning(episode=episode, **(usual | changes))
    cap_bytes.seal(warning, replaced)
    return warning


def test_the_message_is_valid_signed_and_says_where(episode: Episode) -> None:
    warning = sealed(episode)
    assert warning.sent_at is not None
    verdict = cap_check.strict(warning.cap_bytes, schemas.cap12())
    assert verdict.valid
    assert verdict.warnings == ()
    assert cap_signing.check_own(warning.cap_bytes, warning.sent_at)
    assert verdict.alert is not None
    area = verdict.alert.infos[0].areas[0]
    assert (area.description, [one.value for one in area.geocodes]) == ("Su'ung", [RT])
    assert area.polygons
    assert verdict.alert.infos[0].certainty == "Likely"


@pytest.mark.parametrize(
    ("kind", "stage", "msg_type", "response"),
    [("update", 3, "Update", "Evacuate"), ("all_clear", 0, "Update", "AllClear"), ("cancel", 0, "Cancel", "AllClear")],
)
def test_what_replaces_names_what_it_replaces(
    episode: Episode, kind: str, stage: int, msg_type: str, response: str
) -> None:
    first = sealed(episode)
    assert first.sent_at is not None
    second = sealed(episode, first, kind=kind, stage=stage, sent_at=first.sent_at + dt.timedelta(seconds=1))
    alert = cap_read.read(second.cap_bytes).alert
    assert (alert.msg_type, alert.infos[0].responses) == (msg_type, (response,))
    assert first.cap_identifier
    assert first.cap_identifier in alert.references


def test_water_that_was_seen_is_observed(episode: Episode) -> None:
    seen = Proposal(episode=episode, rule="level", stage=2)
    assert cap_read.read(sealed(episode, proposal=seen).cap_bytes).alert.infos[0].certainty == "Observed"


def test_an_exercise_names_its_drill(episode: Episode) -> None:
    officer = User.objects.create(username="petugas")
    episode.drill = Drill.objects.create(name="Gladi 2026", planned_at=now(), by=officer)
    alert = cap_read.read(sealed(episode, status="exercise").cap_bytes).alert
    assert (alert.status, alert.note) == ("Exercise", "LATIHAN/EXERCISE Gladi 2026")
    assert alert.infos[0].headline == "LATIHAN: Siaga banjir"


def test_a_warning_for_places_nobody_has_drawn_still_goes_out(episode: Episode) -> None:
    for codes in (["99.99.01"], []):
        assert cap_check.strict(sealed(episode, area_codes=codes).cap_bytes, schemas.cap12()).valid


def test_a_forecast_beginning_after_the_end_does_not_stop_a_warning(episode: Episode) -> None:
    late = sealed(episode, onset=now() + 9 * HOUR)
    assert cap_read.read(late.cap_bytes).alert.infos[0].onset is None


def test_a_warning_without_words_is_refused(episode: Episode) -> None:
    with pytest.raises(Refused, match="belum lengkap: judul atau uraian kosong"):
        sealed(episode, headline_en=" ")
