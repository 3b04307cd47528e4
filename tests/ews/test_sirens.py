"""Sirens get signed commands until they answer; a drill never moves one."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import IntegrityError, transaction

from pasti.ews.models import Drill, Gauge, Siren, SirenCommand
from pasti.ews.services import drills, ending, issuing, proposing
from pasti.ews.services.reach import planning, sirens
from pasti.kernel.clock import now
from pasti.kernel.outbox.jobs import deliver
from pasti.kernel.outbox.services import emit
from pasti.telemetry.events import DeviceAnswered

from .conftest import found


@pytest.fixture
def siren(gauge: Gauge) -> Siren:
    return Siren.objects.create(
        code="rekaan",
        river=gauge.river,
        device="sirene-rekaan",
        name="Sirene Rekaan",
        lon=112.9,
        lat=-7.65,
        changed_at=now(),
    )


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> dict[str, bytes]:
    """A broker that takes everything, and what it has taken."""
    settings.PASTI_DATA_DIR = tmp_path
    sirens._key.cache_clear()
    taken: dict[str, bytes] = {}

    def send(commands: dict[str, bytes], **_: Any) -> set[str]:
        taken.update(commands)
        return set(commands)

    monkeypatch.setattr(sirens.commands, "send", send)
    return taken


def told(content: bytes) -> dict[str, Any]:
    """What a siren understands of a command whose signature holds."""
    outer = json.loads(content)
    key = Ed25519PublicKey.from_public_bytes(sirens.public_key())
    key.verify(base64.b64decode(outer["tanda"]), outer["isi"].encode())
    with pytest.raises(InvalidSignature):
        key.verify(base64.b64decode(outer["tanda"]), outer["isi"].replace("yellow", "red").encode() + b" ")
    return dict(json.loads(outer["isi"]))


def test_a_command_is_sent_until_the_siren_answers_and_the_end_of_the_warning_switches_off(
    siren: Siren, broker: dict[str, bytes], official: Any
) -> None:
    proposal, officer = proposing.propose(found(2), Gauge.objects.get(pk="rekaan-kota")), official("sari")
    assert proposal is not None
    warning = issuing.issue_proposal(proposal.pk, by=officer)
    planning.plan(warning.pk)
    planning.plan(warning.pk)
    assert sirens.send_due() == 1
    first = told(broker["sirene-rekaan"])
    assert (first["pola"], first["sirene"], first["peringatan"]) == ("yellow", "rekaan", warning.pk)
    assert first["sampai"] == warning.expires_at.isoformat()
    assert sirens.send_due() == 1
    assert told(broker["sirene-rekaan"])["nonce"] == first["nonce"]
    for answer in ({"nonce": "orang lain", "keadaan": "red"}, {"nonce": first["nonce"], "keadaan": "yellow"}):
        emit(DeviceAnswered("sirene-rekaan", answer), aggregate="telemetry.device.sirene-rekaan")
    deliver()
    siren.refresh_from_db()
    command = SirenCommand.objects.get()
    assert (siren.state, command.attempts, bool(command.acked_at), sirens.send_due()) == ("yellow", 2, True, 0)
    planning.plan(ending.all_clear(warning.pk, by=officer).pk)
    assert sirens.send_due() == 1
    assert told(broker["sirene-rekaan"])["pola"] == "off"


def test_a_drill_moves_no_siren_and_the_database_refuses_it(
    siren: Siren, broker: dict[str, bytes], official: Any
) -> None:
    officer = official("kepala", "bpbd_kepala")
    drill = Drill.objects.create(name="Latihan", planned_at=now(), scenario={"river": "rekaan"}, by=officer)
    drills.begin(drill.pk, by=officer)
    proposal = drills.inject(drill.pk, stage=2, by=officer)
    assert proposal is not None
    warning = issuing.issue_proposal(proposal.pk, by=officer)
    planning.plan(warning.pk)
    assert (sirens.send_due(), broker, sirens.plan(warning), sirens.switch_off(warning)) == (0, {}, 0, 0)
    with pytest.raises(IntegrityError, match="only real warnings"), transaction.atomic():
        SirenCommand.objects.create(siren=siren, warning=warning, pattern="red", until=now(), nonce="x", made_at=now())


def test_a_newer_command_replaces_the_one_that_was_not_answered(
    siren: Siren, broker: dict[str, bytes], official: Any
) -> None:
    officer, gauge = official("sari"), Gauge.objects.get(pk="rekaan-kota")
    for stage in (1, 2):
        proposal = proposing.propose(found(stage), gauge)
        assert proposal is not None
        planning.plan(issuing.issue_proposal(proposal.pk, by=officer).pk)
    assert SirenCommand.objects.filter(replaced=True).count() == 1
    assert sirens.send_due() == 1
