"""What must be known to read a batch of messages: their devices, streams and features, in three questions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from django.db.models import Q

from pasti.telemetry.models import Datastream, Device, FeatureOfInterest
from pasti.telemetry.rules import decoding, topics, uplinks
from pasti.telemetry.rules.decoded import Decoded, Field, Unreadable, field_of
from pasti.telemetry.rules.topics import Address, Kind


class Message(Protocol):
    """A message as it came; `services.incoming.Incoming` is one."""

    @property
    def topic(self) -> str: ...
    @property
    def payload(self) -> bytes: ...
    @property
    def received(self) -> dt.datetime: ...


@dataclass(frozen=True, slots=True)
class Sender:
    """A device as the reading of its messages needs it."""

    pk: int
    code: str
    decoder: str
    retired: bool
    fields: dict[str, Field]


@dataclass
class Known:
    """Senders by code and by DevEUI, streams with their owner and unit; and each message's reading."""

    by_code: dict[str, Sender] = field(default_factory=dict)
    by_eui: dict[str, Sender] = field(default_factory=dict)
    owners: dict[int, int | None] = field(default_factory=dict)
    units: dict[int, str] = field(default_factory=dict)
    read: dict[int, uplinks.Uplink | Decoded | decoding.StaObservation | Unreadable] = field(default_factory=dict)
    features: set[int] = field(default_factory=set)  # those named by messages that are there

    @classmethod
    def about(cls, messages: Sequence[Message]) -> Known:
        """Read the messages and look up all they speak of."""
        known = cls()
        codes, euis, streams = set(), set(), set()
        for one in messages:
            address = topics.understood(one.topic)
            if address is None:
                continue
            known.read[id(one)] = body = _read(address, one)
            if address.kind in (Kind.PLAIN, Kind.ACK):
                codes.add(address.key)
            elif isinstance(body, uplinks.Uplink):
                euis.add(body.dev_eui)
            elif address.kind is Kind.STA:
                streams.add(int(address.key))
        known._look_up(codes, euis, streams)
        return known

    def _look_up(self, codes: set[str], euis: set[str], streams: set[int]) -> None:
        if codes or euis:
            asked = Q(code__in=codes) | Q(dev_eui__in=euis - {""})
            for device in Device.objects.filter(asked).only("code", "dev_eui", "decoder", "state", "fields"):
                sender = _sender(device)
                self.by_code[device.code] = sender
                if device.dev_eui:
                    self.by_eui[device.dev_eui] = sender
                streams |= {one.datastream for one in sender.fields.values()}
        for stream in Datastream.objects.filter(pk__in=streams).only("device_id", "unit"):
            self.owners[stream.pk] = stream.device_id
            self.units[stream.pk] = str(stream.unit.get("symbol") or "") if isinstance(stream.unit, dict) else ""
        named = {one.feature_id for one in self.read.values() if isinstance(one, decoding.StaObservation)} - {None}
        if named:
            self.features = set(FeatureOfInterest.objects.filter(pk__in=named).values_list("pk", flat=True))


def _sender(device: Device) -> Sender:
    fields = {name: where for name, value in device.fields.items() if (where := field_of(value))}
    return Sender(device.pk, device.code, device.decoder, device.state == Device.State.RETIRED, fields)


def _read(address: Address, one: Message) -> uplinks.Uplink | Decoded | decoding.StaObservation | Unreadable:
    if address.kind is Kind.STA:
        return decoding.sta_observation(one.payload)
    if address.kind is Kind.CHIRPSTACK:
        found = uplinks.chirpstack(one.payload)
        if isinstance(found, uplinks.Uplink) and found.dev_eui != address.key:
            return Unreadable(
                "DevEUI pada topik dan pada pesan berbeda", "the DevEUIs of the topic and of the message differ"
            )
        return found
    if address.kind is Kind.THINGS_STACK:
        return uplinks.things_stack(one.payload)
    if address.kind is Kind.ACK:
        return Decoded(())  # read when its device is known
    return decoding.plain(one.payload, one.received)
