"""Working without a network: what a device is sent, and what it hands in afterwards."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils.translation import gettext as _

from pasti.kernel.clock import now
from pasti.kernel.errors import NotFound, Refused
from pasti.siap_pak_rt.models import Device, SyncAction
from pasti.siap_pak_rt.queries import sync as queries
from pasti.siap_pak_rt.services import desk_reports, letters

State = SyncAction.State
# Somebody was there before: shown side by side, never overwritten.
CONFLICTS = frozenset({"sudah-diputus", "sudah-dilaporkan", "bukan-giliran", "sudah-berubah", "perlu-dilihat"})


@dataclass(frozen=True)
class Act:
    """One thing done on the device. `base` is the state of the family or letter it was done on; `after` an act that
    must have arrived before; `sure`: what changed meanwhile has been seen, and it is sent all the same."""

    client_id: str
    kind: str  # "laporan" or "surat"
    data: dict[str, Any]
    base: str = ""
    after: str = ""
    made_at: str = ""
    sure: bool = False
    proofs: tuple[UUID, ...] = field(default=())


@transaction.atomic
def snapshot(device: Device, since: int) -> dict[str, Any]:
    """What changed of the RT since the device's cursor `since`; all of it when the cursor is not ours.

    Everybody whose record is sent sees it in Jejak Akses.
    """
    mine = Device.objects.select_for_update().get(pk=device.pk)
    current = queries.everything(mine.unit_code)
    known = mine.known if since and since == mine.cursor else {}
    changed = {kind: {pk: one for pk, one in items.items() if known.get(kind, {}).get(pk) != one["v"]}
               for kind, items in current.items()}  # fmt: skip
    removed = {kind: sorted(set(known.get(kind, {})) - set(items)) for kind, items in current.items()}
    queries.recorded(changed)
    mine.known = {kind: {pk: one["v"] for pk, one in items.items()} for kind, items in current.items()}
    mine.cursor += 1
    mine.save(update_fields=["known", "cursor"])
    return {"cursor": mine.cursor, "whole": not known, "changed": changed, "removed": removed, "now": now()}


@transaction.atomic
def hand_in(device: Device, act: Act) -> dict[str, Any]:
    """Do one act of the device, once per its number: a repeat gets the first answer.

    What is refused or was overtaken writes nothing but its answer, and may be sent again after a choice.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 23))", [f"{device.user_id}:{act.client_id}"])
    known = SyncAction.objects.filter(user=device.user_id, client_id=act.client_id).first()
    if known is not None and known.state == State.DONE:
        return known.answer
    if act.after and not _arrived(device, act.after):
        return {"state": "waiting", "code": "menunggu", "words": _("Menunggu pekerjaan sebelumnya terkirim")}
    answer, subject = _tried(device, act)
    kept = {name: value for name, value in answer.items() if name != "now"}
    SyncAction.objects.update_or_create(
        user_id=device.user_id, client_id=act.client_id,
        defaults={"device": device, "kind": act.kind, "state": answer["state"], "code": answer.get("code", ""),
                  "answer": kept, "rt_code": device.unit_code, "subject_id": subject, "made_at": act.made_at[:40],
                  "received_at": now()},
    )  # fmt: skip
    return answer


def _arrived(device: Device, client_id: str) -> bool:
    return SyncAction.objects.filter(user=device.user_id, client_id=client_id, state=State.DONE).exists()


def _tried(device: Device, act: Act) -> tuple[dict[str, Any], UUID | None]:
    """The answer, and whom it is about. A refusal takes back what the act had begun, not its answer."""
    try:
        with transaction.atomic():
            return {"laporan": _report, "surat": _letter}[act.kind](device, act)
    except Refused as refusal:
        gone = isinstance(refusal, NotFound)
        state = State.CONFLICT if gone or refusal.code in CONFLICTS else State.REFUSED
        words = _("Sudah tidak ada di RT ini: pindah, meninggal, atau diubah") if gone else refusal.message
        seen = {"field": refusal.field, "warnings": refusal.extra.get("warnings", [])}
        return {"state": state, "code": refusal.code, "words": words, "now": _now(act), **seen}, None
    except PermissionDenied:
        words = _("Peran Anda tidak lagi mengizinkan ini")
        return {"state": State.REFUSED, "code": "tidak-berwenang", "words": words}, None
    except (KeyError, ValueError, TypeError):
        return {
            "state": State.REFUSED,
            "code": "isian-tidak-sah",
            "words": _("Isian tidak lengkap atau tidak sah"),
        }, None


def _report(device: Device, act: Act) -> tuple[dict[str, Any], UUID | None]:
    """An event: the family must be as it was seen, unless the RT head has seen the difference."""
    data, family_id = act.data, UUID(act.data["family"])
    family = queries.family_now(family_id)
    if family is None:
        raise NotFound
    if act.base != family["v"] and not act.sure:
        raise Refused("sudah-berubah", _("Keluarga ini berubah sejak perangkat Anda terakhir tersambung"))
    asked = desk_reports.ReportAsked(
        kind=data["kind"], rt_code=device.unit_code, occurred_on=dt.date.fromisoformat(data["on"]),
        person_id=UUID(data["person"]), family_id=family_id, told=dict(data.get("told", {})), proofs=act.proofs,
        sure=act.sure,
    )  # fmt: skip
    made = desk_reports.submit(asked, client_id=act.client_id)
    return {"state": State.DONE, "id": str(made.pk), "words": _("Terkirim ke kelurahan")}, made.person_id


def _letter(device: Device, act: Act) -> tuple[dict[str, Any], UUID | None]:
    """A verdict on the letter's version that was seen: one that moved on is not decided by this, sure or not."""
    data = act.data
    made = letters.decide(
        UUID(data["letter"]), data["verdict"], reason=data.get("reason", ""), seen_version=int(act.base),
        client_id=act.client_id,
    )  # fmt: skip
    return {"state": State.DONE, "id": str(made.pk), "words": _("Putusan terkirim")}, made.subject_id


def _now(act: Act) -> dict[str, Any] | None:
    try:
        if act.kind == "surat":
            return queries.letter_now(UUID(act.data["letter"]))
        return queries.family_now(UUID(act.data["family"]))
    except (KeyError, ValueError):
        return None
