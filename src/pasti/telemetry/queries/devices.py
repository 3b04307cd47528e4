"""Reading devices: how each of them is, its log, its streams, and the messages that were refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, Max, Q, QuerySet
from django.utils.functional import cached_property

from pasti.kernel.clock import now
from pasti.kernel.errors import NotFound
from pasti.telemetry.models import Calibration, Datastream, Device, DeviceNote, Observation, RefusedMessage, Thing
from pasti.telemetry.queries.readings import COUNTS

DAY = dt.timedelta(days=1)
LOW_BATTERY = 20.0  # percent
FILTERS = ("diam", "baterai", "perbaikan", "pensiun")


@dataclass(frozen=True)
class Health:
    """A device and how it has been for the last day: readings that did not count, and hours with readings, in percent."""

    device: Device
    doubtful: int
    uptime: float | None

    @cached_property
    def low_battery(self) -> bool:
        """Whether somebody has to go there with a battery."""
        return self.device.battery_percent is not None and self.device.battery_percent < LOW_BATTERY


def devices(words: str = "", only: str = "") -> QuerySet[Device]:
    """Devices by code, to be paged: found by `words` in code, name, place or DevEUI, and by one of FILTERS."""
    found = Device.objects.select_related("thing")
    for word in words.split()[:6]:
        found = found.filter(
            Q(code__icontains=word)
            | Q(name__icontains=word)
            | Q(thing__name__icontains=word)
            | Q(dev_eui__icontains=word)
        )
    if only == "diam":
        return found.filter(silent_since__isnull=False)
    if only == "baterai":
        return found.filter(battery_percent__lt=LOW_BATTERY).exclude(state=Device.State.RETIRED)
    if only == "perbaikan":
        return found.filter(state=Device.State.REPAIR)
    retired = Q(state=Device.State.RETIRED)
    return found.filter(retired) if only == "pensiun" else found.exclude(retired)


# Hours of the last day with readings, and doubtful readings, by device. A stale hour has readings that are not summed yet.
_DAY = """
WITH streams AS (SELECT id, device_id FROM telemetry_datastream WHERE device_id = ANY (%s)),
hours AS (
  SELECT s.device_id, h.begins, h.doubtful FROM streams s
  JOIN telemetry_hourly h ON h.datastream_id = s.id AND h.begins >= %s AND h.begins < %s
  UNION ALL
  SELECT s.device_id, h.begins, 0 FROM streams s
  JOIN telemetry_stalehour h ON h.datastream_id = s.id AND h.begins >= %s AND h.begins < %s
)
SELECT device_id, count(DISTINCT begins), sum(doubtful) FROM hours GROUP BY device_id
"""


def health(found: list[Device], at: dt.datetime | None = None) -> list[Health]:
    """How each of `found` has been for the last 24 whole hours, in one question."""
    ends = (at or now()).replace(minute=0, second=0, microsecond=0)
    begins = ends - DAY
    with connection.cursor() as cursor:
        cursor.execute(_DAY, [[one.pk for one in found], begins, ends, begins, ends])
        counted = {pk: (heard, doubtful) for pk, heard, doubtful in cursor.fetchall()}
    return [_health(one, *counted.get(one.pk, (0, 0)), begins, ends) for one in found]


def _health(device: Device, heard: int, doubtful: int, begins: dt.datetime, ends: dt.datetime) -> Health:
    hours = int((ends - max(begins, device.created_at)) / dt.timedelta(hours=1))
    share = min(100.0, 100.0 * heard / hours) if hours > 0 and device.state == Device.State.ACTIVE else None
    return Health(device, int(doubtful), share)


def device(device_id: int) -> Device:
    """One device. Raises NotFound."""
    found = Device.objects.select_related("thing").filter(pk=device_id).first()
    if found is None:
        raise NotFound
    return found


def streams_of(device_id: int) -> list[Datastream]:
    """The datastreams a device writes, with their property."""
    return list(Datastream.objects.select_related("observed_property").filter(device=device_id).order_by("pk"))


@dataclass(frozen=True, slots=True)
class Doubt:
    """Readings that do not count for the same `reasons` (bits of `rules.quality.Reason`): how many, and the newest."""

    reasons: int
    readings: int
    newest: dt.datetime


def doubts_of(streams: Iterable[Datastream], since: dt.datetime) -> dict[int, list[Doubt]]:
    """What was doubted in each stream from `since` on, the newest first."""
    rows = Observation.objects.filter(datastream_id__in=[one.pk for one in streams], phenomenon_time__gte=since)
    counted = rows.exclude(flag__in=COUNTS).values_list("datastream_id", "reasons")
    found: dict[int, list[Doubt]] = {}
    for pk, reasons, count, newest in counted.annotate(count=Count("*"), newest=Max("phenomenon_time")).order_by(
        "-newest"
    ):
        found.setdefault(pk, []).append(Doubt(reasons, count, newest))
    return found


def log_of(device_id: int) -> QuerySet[DeviceNote]:
    """What was done and seen at a device, the latest first, to be paged."""
    return DeviceNote.objects.select_related("by").filter(device=device_id)


def calibrations_of(device_id: int) -> list[Calibration]:
    """Calibrations of a device's streams, the latest first."""
    rows = Calibration.objects.select_related("datastream", "by").filter(datastream__device=device_id)
    return list(rows.order_by("-valid_from", "pk")[:100])


def own_stream(device_id: int, datastream_id: int) -> Datastream:
    """A datastream of this device. Raises NotFound for any other."""
    found = Datastream.objects.filter(pk=datastream_id, device=device_id).first()
    if found is None:
        raise NotFound
    return found


def free_streams(device_id: int | None) -> list[tuple[int, str]]:
    """Datastreams a device may write: nobody's, and its own; number and name with the unit."""
    mine = Q(device=None) | Q(device=device_id) if device_id else Q(device=None)
    rows = Datastream.objects.select_related("thing").filter(mine).order_by("name", "pk")[:500]
    return [(one.pk, f"{one.name}, {one.thing.name} ({_symbol(one.unit)})") for one in rows]


def _symbol(unit: Any) -> str:
    return str(unit.get("symbol") or "-") if isinstance(unit, dict) else "-"


def things() -> list[tuple[int, str]]:
    """Things a device may belong to."""
    return list(Thing.objects.order_by("name").values_list("pk", "name")[:500])


def refused() -> QuerySet[RefusedMessage]:
    """Messages that could not be stored, the latest first, to be paged."""
    return RefusedMessage.objects.select_related("device")


def counts() -> dict[str, int]:
    """How many devices are at work, silent, and low on battery; and how many messages were refused in a day."""
    at_work = Device.objects.exclude(state=Device.State.RETIRED)
    return {
        "devices": at_work.count(),
        "silent": at_work.filter(silent_since__isnull=False).count(),
        "battery": at_work.filter(battery_percent__lt=LOW_BATTERY).count(),
        "refused": RefusedMessage.objects.filter(at__gte=now() - DAY).count(),
    }
