"""From a message to readings: whose it is, which streams its fields are, in which unit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pasti.telemetry.rules import decoding, topics, uplinks
from pasti.telemetry.rules.decoded import Decoded, Sample, Unreadable, placed
from pasti.telemetry.rules.decoding import StaObservation
from pasti.telemetry.rules.topics import Kind
from pasti.telemetry.services.known import Known, Message, Sender
from pasti.telemetry.services.readings import Reading


@dataclass
class Translated:
    """What a message says in readings, who sent it and how the sender is; or why it is refused."""

    readings: list[Reading] = field(default_factory=list)
    device_id: int | None = None
    battery: float | None = None
    signal: float | None = None
    skew: float | None = None
    answer: tuple[str, dict[str, Any]] | None = None
    refusal: Unreadable | None = None


def _refused(id_: str, en: str, device_id: int | None = None) -> Translated:
    return Translated(refusal=Unreadable(id_, en), device_id=device_id)


def translate(message: Message, known: Known) -> Translated:
    """The readings in one message. Never raises for what a message says."""
    address = topics.understood(message.topic)
    if address is None:
        return _refused("topik tidak dikenal", "unknown topic")
    body = known.read[id(message)]
    if isinstance(body, Unreadable):
        sender = known.by_code.get(address.key)
        return Translated(refusal=body, device_id=sender.pk if sender else None)
    if isinstance(body, StaObservation):
        return _sta(int(address.key), body, message, known)
    if isinstance(body, uplinks.Uplink):
        return _uplink(body, message, known)
    sender = known.by_code.get(address.key)
    if sender is None or sender.retired:
        return _not_at_work(sender)
    return _answer(sender, message) if address.kind is Kind.ACK else _fields(sender, body, message, known)


def _answer(sender: Sender, message: Message) -> Translated:
    body = decoding.parsed(message.payload)
    if not isinstance(body, dict):
        why = (
            body
            if isinstance(body, Unreadable)
            else Unreadable("jawaban bukan objek JSON", "the answer is no JSON object")
        )
        return Translated(refusal=why, device_id=sender.pk)
    return Translated(device_id=sender.pk, answer=(sender.code, body))


def _uplink(body: uplinks.Uplink, message: Message, known: Known) -> Translated:
    sender = known.by_eui.get(body.dev_eui)
    if sender is None or sender.retired:
        return _refused(
            f"tidak ada alat dengan DevEUI {body.dev_eui}", f"there is no device with DevEUI {body.dev_eui}"
        )
    decoded = uplinks.decoded(body, sender.decoder)
    if isinstance(decoded, Unreadable):
        return Translated(refusal=decoded, device_id=sender.pk)
    return _fields(sender, decoded, message, known)


def _fields(sender: Sender, body: Decoded, message: Message, known: Known) -> Translated:
    made = Translated(device_id=sender.pk, battery=body.battery_percent, signal=body.signal_dbm)
    for sample in body.samples:
        where = sender.fields.get(sample.field)
        if where is None:
            continue  # what nobody asked for, such as a temperature beside a distance
        if known.owners.get(where.datastream) != sender.pk:
            name = repr(sample.field)
            return _refused(
                f"aliran untuk {name} bukan milik alat ini", f"the stream for {name} is not this device's", sender.pk
            )
        value = placed(sample, where, known.units.get(where.datastream, ""))
        if isinstance(value, Unreadable):
            return _refused(f"{sample.field}: {value.reason}", f"{sample.field}: {value.reason_en}", sender.pk)
        made.readings.append(_reading(where.datastream, sample, value, message))
    if not made.readings and not _only_health(body):
        names = ", ".join(sorted({one.field for one in body.samples}))[:200]
        return _refused(
            f"tidak satu pun kolom ({names}) punya aliran data",
            f"none of the fields ({names}) has a datastream",
            sender.pk,
        )
    times = [one.time for one in body.samples if one.time is not None]
    made.skew = (max(times) - message.received).total_seconds() if times else None
    return made


def _not_at_work(sender: Sender | None) -> Translated:
    if sender is None:
        return _refused("alat tidak terdaftar", "the device is not registered")
    return _refused("alat sudah tidak dipakai", "the device is no longer in use")


def _only_health(body: Decoded) -> bool:
    """A frame that tells of the battery alone, as some devices send once a day."""
    return all(one.field in ("battery", "battery_voltage", "temperature") for one in body.samples)


def _reading(stream: int, sample: Sample, value: Any, message: Message) -> Reading:
    time = sample.time or message.received
    if not isinstance(value, float):
        return Reading(stream, time, None, value)
    return Reading(stream, time, value)


def _sta(stream: int, body: StaObservation, message: Message, known: Known) -> Translated:
    if body.published:
        return Translated()  # our own words, come back
    if stream not in known.owners:
        return _refused("aliran data tidak ada", "there is no such datastream")
    if body.feature_id is not None and body.feature_id not in known.features:
        number = body.feature_id
        return _refused(f"tidak ada FeatureOfInterest {number}", f"there is no FeatureOfInterest {number}")
    owner = known.owners[stream]
    time = body.time or message.received
    number = isinstance(body.result, int | float) and not isinstance(body.result, bool)
    reading = Reading(
        stream, time, _float(body.result) if number else None, None if number else body.result, body.end, body.result_time,
        body.feature_id, body.valid, body.parameters, body.result_quality,
    )  # fmt: skip
    skew = (time - message.received).total_seconds() if body.time else None
    return Translated([reading], owner, skew=skew)


def _float(value: float) -> float | None:
    try:
        return float(value)
    except OverflowError:
        return None
