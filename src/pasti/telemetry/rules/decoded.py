"""What a message of a device says, whoever carried it; and how its values become those of a stream."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A message that cannot be read, and why, in words for the officer who has to find out: Indonesian, English."""

    reason: str
    reason_en: str


@dataclass(frozen=True, slots=True)
class Sample:
    """One value of one field. `time` None means the sender has no clock; `unit` is empty when the sender does not say."""

    field: str
    time: dt.datetime | None
    value: float | str | bool | None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Decoded:
    """All that one message says: values, and how its sender is."""

    samples: tuple[Sample, ...]
    battery_percent: float | None = None
    signal_dbm: float | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """Where a field of a device goes: its stream, the unit it is sent in, and how it is turned.

    A sensor that looks down upon the water measures a distance: with `height` (its own height above the gauge's zero, in
    the stream's unit) the level is `height` minus what it says.
    """

    datastream: int
    unit: str = ""
    height: float | None = None


# Factors to the unit in front: metre, volt, hectopascal, millimetre of rain.
_SCALES = (
    {"m": 1.0, "dm": 0.1, "cm": 0.01, "mm": 0.001},
    {"V": 1.0, "mV": 0.001},
    {"hPa": 1.0, "kPa": 10.0, "Pa": 0.01},
    {"m/s": 1.0, "km/h": 1 / 3.6},
)
UNITS = frozenset(unit for scale in _SCALES for unit in scale)


def field_of(value: Any) -> Field | None:
    """The field as kept with a device: a stream's number, or an object with `datastream`, `unit`, `height`."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Field(value)
    if not isinstance(value, dict) or not isinstance(value.get("datastream"), int):
        return None
    height = value.get("height")
    return Field(value["datastream"], str(value.get("unit", "")), None if height is None else float(height))


def convertible(sent: str, wanted: str) -> bool:
    """Whether values in the unit `sent` can be kept in `wanted`."""
    return sent == wanted or any(sent in scale and wanted in scale for scale in _SCALES)


def converted(value: float, sent: str, wanted: str) -> float | None:
    """`value` of unit `sent` in unit `wanted`; None when they are different things. Without a unit nothing changes."""
    if not sent or sent == wanted:
        return value
    for scale in _SCALES:
        if sent in scale and wanted in scale:
            return round(value * scale[sent] / scale[wanted], 9)
    return None


def placed(sample: Sample, field: Field, wanted: str) -> float | str | bool | Unreadable | None:
    """The value of `sample` as its stream keeps it, in the stream's unit `wanted`."""
    value = sample.value
    if value is None or isinstance(value, str | bool):
        return value
    if not math.isfinite(value):
        return None  # a reading that is missing, as QARTOD has it
    inside = converted(value, sample.unit or field.unit, wanted)
    if inside is None:
        sent = sample.unit or field.unit
        return Unreadable(
            f"satuan {sent!r} tidak dapat dijadikan {wanted!r}", f"unit {sent!r} cannot become {wanted!r}"
        )
    return inside if field.height is None else round(field.height - inside, 9)


def calibrated(value: float, scale: float, offset: float) -> float:
    """A raw value after calibration: value = raw * scale + offset."""
    return round(value * scale + offset, 9)
