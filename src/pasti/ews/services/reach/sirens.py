"""Lamps and sirens: a signed command for each, sent every ten seconds until the siren says that it has it.

A command is `{"isi": ..., "tanda": ...}`: `isi` is JSON text with pattern, the moment until which it holds, a nonce and the
warning; `tanda` its Ed25519 signature (base64) by the key whose public half is set up in the siren. A siren obeys only what
is signed, not over, and of a nonce it has not had; it goes off by itself at `sampai`, so that a city without a network does
not howl for days. It answers on its own topic with `{"nonce": ..., "keadaan": "red"}`.
"""

from __future__ import annotations

import base64
import json
import secrets
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import transaction
from django.db.models import F

from pasti.ews.models import Siren, SirenCommand, Warning
from pasti.ews.queries.moment import lived, now
from pasti.ews.queries.policy import policy
from pasti.kernel.outbox.models import StoredEvent
from pasti.platform import secret_files
from pasti.telemetry.services import commands

Pattern = SirenCommand.Pattern
FILE = "sirene.pem"


def plan(warning: Warning) -> int:
    """A command for every siren of the river, replacing what it has not answered yet; returns how many are new.

    Nothing for an exercise or a test, and the database refuses it besides.
    """
    if warning.status != Warning.Status.ACTUAL or warning.sent_at is None:
        return 0
    return _command(warning, pattern_of(warning))


def switch_off(warning: Warning) -> int:
    """The warning ran out: lamps and sirens end with it."""
    if warning.status != Warning.Status.ACTUAL or warning.sent_at is None:
        return 0
    return _command(warning, Pattern.OFF)


def pattern_of(warning: Warning) -> str:
    """What the lamps show: the city's choice for the stage; nothing once a warning is taken back or over."""
    if warning.kind not in (Warning.Kind.ALERT, Warning.Kind.UPDATE):
        return Pattern.OFF
    lamp = policy().stage(warning.stage).lamp
    return lamp if lamp in Pattern.values else Pattern.OFF


def send_due() -> int:
    """Send every command that waits for an answer; returns how many the broker took. A siren knows a repeated one."""
    waiting = list(SirenCommand.objects.filter(acked_at=None, replaced=False).select_related("siren"))
    SirenCommand.objects.filter(
        pk__in=[one.pk for one in waiting if one.until <= now() and one.pattern != Pattern.OFF]
    ).update(replaced=True)
    due = {one.siren.device: one for one in waiting if one.until > now() or one.pattern == Pattern.OFF}
    taken = commands.send({device: body(one) for device, one in due.items()})
    numbers = [due[device].pk for device in taken]
    SirenCommand.objects.filter(pk__in=numbers).update(attempts=F("attempts") + 1)
    SirenCommand.objects.filter(pk__in=numbers, sent_at=None).update(sent_at=now())
    return len(numbers)


def heard(event: StoredEvent) -> None:
    """`telemetry.DeviceAnswered`: a siren has its command, or says how it is."""
    answer = event.payload["answer"]
    siren = Siren.objects.filter(device=event.payload["device"]).first()
    if siren is None or not isinstance(answer, dict):
        return
    state, at = answer.get("keadaan"), lived(event.occurred_at)
    Siren.objects.filter(pk=siren.pk).update(heard_at=at, state=state if state in Pattern.values else siren.state)
    mine = SirenCommand.objects.filter(siren=siren, nonce=str(answer.get("nonce", ""))[:32], acked_at=None)
    mine.update(acked_at=at, answer=answer)


def body(command: SirenCommand) -> bytes:
    """What the siren gets: the command's text and its signature."""
    content = json.dumps(
        {"pola": command.pattern, "sampai": command.until.isoformat(), "nonce": command.nonce,
         "peringatan": command.warning_id, "sirene": command.siren_id, "dibuat": command.made_at.isoformat()}
    )  # fmt: skip
    signature = base64.b64encode(_key().sign(content.encode())).decode()
    return json.dumps({"isi": content, "tanda": signature}).encode()


def public_key() -> bytes:
    """What is set up in a siren: 32 bytes."""
    return _key().public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


@transaction.atomic
def _command(warning: Warning, pattern: str) -> int:
    made = 0
    for siren in Siren.objects.select_for_update().filter(river_id=warning.episode.river_id).order_by("code"):
        if SirenCommand.objects.filter(siren=siren, warning=warning, pattern=pattern).exists():
            continue
        SirenCommand.objects.filter(siren=siren, acked_at=None, replaced=False).update(replaced=True)
        SirenCommand.objects.create(
            siren=siren,
            warning=warning,
            pattern=pattern,
            until=warning.expires_at,
            nonce=secrets.token_hex(16),
            made_at=now(),
        )
        made += 1
    return made


@cache
def _key() -> Ed25519PrivateKey:
    folder = Path(settings.PASTI_DATA_DIR) / "kunci" / "sirene"
    with secret_files.alone(folder):
        if not (folder / FILE).exists():
            form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            secret_files.put(folder / FILE, Ed25519PrivateKey.generate().private_bytes(*form))
    key = serialization.load_pem_private_key((folder / FILE).read_bytes(), None)
    assert isinstance(key, Ed25519PrivateKey)
    return key
