"""Devices that have fallen silent, and those that are heard again."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from pasti.kernel.clock import now
from pasti.kernel.outbox.services import emit
from pasti.telemetry.events import DeviceFellSilent, DeviceHeardAgain
from pasti.telemetry.models import Device, DeviceNote


def watch(at: dt.datetime | None = None) -> tuple[int, int]:
    """Note who has fallen silent and who is heard again; returns how many of each. Two at once note it once."""
    moment = at or now()
    fell = [pk for pk, allowed, heard in _active() if heard < moment - dt.timedelta(seconds=allowed)]
    again = Device.objects.filter(silent_since__isnull=False, last_seen__gt=F("silent_since"))
    return (
        sum(_fell(pk, moment) for pk in fell),
        sum(_heard(pk, moment) for pk in again.values_list("pk", flat=True)),
    )


def _active() -> list[tuple[int, int, dt.datetime]]:
    """Devices that should send and are not known to be silent: id, seconds allowed, last heard (else since when it is)."""
    rows = Device.objects.filter(state=Device.State.ACTIVE, silent_since=None, silent_after__gt=0)
    return list(rows.values_list("pk", "silent_after", Coalesce("last_seen", "created_at")))


@transaction.atomic
def _fell(pk: int, moment: dt.datetime) -> int:
    device = Device.objects.select_for_update().get(pk=pk)
    since = device.last_seen or device.created_at
    quiet = since < moment - dt.timedelta(seconds=device.silent_after)
    if not quiet or device.silent_since is not None or device.state != Device.State.ACTIVE:
        return 0
    Device.objects.filter(pk=pk).update(silent_since=since)
    _note(device, DeviceNote.Kind.SILENT, f"Terakhir terdengar {since.isoformat(timespec='seconds')}", moment)
    emit(DeviceFellSilent(device.code, since, _streams(device)), aggregate=f"device:{device.code}")
    return 1


@transaction.atomic
def _heard(pk: int, moment: dt.datetime) -> int:
    device = Device.objects.select_for_update().filter(
        Q(last_seen__gt=F("silent_since")), pk=pk, silent_since__isnull=False
    )
    found = device.first()
    if found is None or found.silent_since is None:
        return 0
    Device.objects.filter(pk=pk).update(silent_since=None)
    _note(found, DeviceNote.Kind.HEARD, f"Diam sejak {found.silent_since.isoformat(timespec='seconds')}", moment)
    emit(DeviceHeardAgain(found.code, _streams(found)), aggregate=f"device:{found.code}")
    return 1


def _note(device: Device, kind: str, text: str, moment: dt.datetime) -> None:
    DeviceNote.objects.create(device=device, kind=kind, text=text, occurred_at=moment, recorded_at=moment)


def _streams(device: Device) -> list[int]:
    return sorted(device.datastreams.values_list("pk", flat=True))
