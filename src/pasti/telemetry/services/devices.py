"""What officers do with devices, and the check of their keys."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from pasti.kernel.audit.services import record_change
from pasti.kernel.clock import now
from pasti.kernel.context import current_actor
from pasti.kernel.errors import NotFound, Refused
from pasti.kernel.statements import Finder
from pasti.telemetry.models import Calibration, Datastream, Device, DeviceNote
from pasti.telemetry.rules import keys
from pasti.telemetry.rules.decoded import convertible, field_of

PURPOSE = "telemetry.operation"
PLAIN = "json"
BY_HAND = (DeviceNote.Kind.MAINTENANCE, DeviceNote.Kind.FAULT, DeviceNote.Kind.PART)


@dataclass(frozen=True)
class DeviceWanted:
    """A device as an officer describes it. `fields` maps names of its fields to `rules.decoded.Field` as kept."""

    code: str
    name: str
    decoder: str = PLAIN
    dev_eui: str = ""
    silent_after: int = 900
    thing_id: int | None = None
    fields: dict[str, Any] = field(default_factory=dict)


_SENDER = Finder("FROM telemetry_device d WHERE d.code = %s AND d.state <> %s", d=Device)


def authenticate(code: str, key: str) -> Device | None:
    """The device that `code` and `key` name, if it may send; None otherwise.

    Keys are 32 random bytes, so a plain SHA-256 is as good as a slow hash: there is nothing to guess.
    """
    found = _SENDER.first([code, Device.State.RETIRED.value])
    device = found[0] if found else None
    known = device.key_hash if device else ""
    return device if keys.matches(key, known) else None


@transaction.atomic
def register(wanted: DeviceWanted) -> tuple[Device, str]:
    """Make a device; returns it and its key, which is shown this once and kept nowhere. Raises Refused.

    Where nobody says what it is fixed to, it is the thing of its first stream.
    """
    dev_eui = _checked(wanted, None)
    key = keys.new()
    device = Device(
        code=wanted.code, name=wanted.name, decoder=wanted.decoder, dev_eui=dev_eui, created_at=now(),
        silent_after=wanted.silent_after, thing_id=wanted.thing_id, fields=wanted.fields,
        key_hash=keys.digest(key), broker_hash=keys.mosquitto(key),
    )  # fmt: skip
    try:
        with transaction.atomic():
            device.save(force_insert=True)
    except IntegrityError:  # somebody else was a moment quicker
        raise Refused("kode-dipakai", _("Kode atau DevEUI ini sudah dipakai alat lain."), field="code") from None
    _own_streams(device)
    if device.thing_id is None:
        device.thing_id = device.datastreams.order_by("pk").values_list("thing_id", flat=True).first()
        device.save(update_fields=["thing"])
    _recorded("registered", device, {"decoder": device.decoder, "fields": device.fields})
    return device, key


@transaction.atomic
def change(device_id: int, wanted: DeviceWanted) -> Device:
    """Bring a device's description in line with `wanted`; its code stays. Raises NotFound, Refused."""
    device = _locked(device_id)
    device.dev_eui = _checked(wanted, device)
    device.name, device.decoder, device.silent_after = wanted.name, wanted.decoder, wanted.silent_after
    device.thing_id, device.fields = wanted.thing_id, wanted.fields
    device.save(update_fields=["name", "decoder", "dev_eui", "silent_after", "thing_id", "fields"])
    _own_streams(device)
    _recorded("changed", device, {"decoder": device.decoder, "fields": device.fields})
    return device


@transaction.atomic
def renew_key(device_id: int) -> str:
    """A new key; the old one ends now (at Mosquitto when its files are written next). Raises NotFound, Refused."""
    device = _locked(device_id)
    _not_retired(device)
    key = keys.new()
    device.key_hash, device.broker_hash = keys.digest(key), keys.mosquitto(key)
    device.save(update_fields=["key_hash", "broker_hash"])
    _recorded("key_renewed", device)
    return key


@transaction.atomic
def set_state(device_id: int, state: str) -> Device:
    """Take a device to repair, back to work, or out of service for good: then its key and its streams are free."""
    device = _locked(device_id)
    if device.state == state:
        return device
    _not_retired(device)
    device.state = Device.State(state)
    if device.state == Device.State.RETIRED:
        device.key_hash = device.broker_hash = device.dev_eui = ""
        Datastream.objects.filter(device=device).update(device=None)
    if device.state != Device.State.ACTIVE:
        device.silent_since = None  # nobody waits for it
    device.save(update_fields=["state", "key_hash", "broker_hash", "dev_eui", "silent_since"])
    _recorded("state", device, {"state": device.state})
    return device


@transaction.atomic
def note(device_id: int, kind: str, text: str, *, part: str = "", occurred_at: dt.datetime | None = None) -> DeviceNote:
    """Write down maintenance, a fault or a part that was put in. Raises NotFound, Refused for the future."""
    device = _locked(device_id)
    moment = now()
    when = occurred_at or moment
    if when > moment + dt.timedelta(minutes=5):
        raise Refused("masa-depan", _("Waktu itu belum tiba."), field="occurred_at", status=422)
    if kind not in BY_HAND:
        raise Refused("jenis", _("Pilih jenis catatan."), field="kind", status=422)
    if kind == DeviceNote.Kind.PART and not part:
        raise Refused("suku-cadang", _("Sebutkan suku cadangnya."), field="part", status=422)
    return DeviceNote.objects.create(
        device=device, kind=kind, text=text, part=part, occurred_at=when, recorded_at=moment,
        by_id=current_actor().user_id,
    )  # fmt: skip


@transaction.atomic
def calibrate(
    datastream_id: int, *, valid_from: dt.datetime, scale: float, offset: float, reference: str
) -> Calibration:
    """From `valid_from` on a stream's values are raw * scale + offset; what is stored already stays as it is.

    Raises NotFound, and Refused when a calibration begins at that very moment.
    """
    stream = Datastream.objects.select_for_update().filter(pk=datastream_id).first()
    if stream is None:
        raise NotFound
    if scale == 0:
        raise Refused("skala", _("Skala tidak boleh nol."), field="scale", status=422)
    kept, made = Calibration.objects.get_or_create(
        datastream=stream, valid_from=valid_from,
        defaults={"scale": scale, "offset": offset, "reference": reference, "recorded_at": now(),
                  "by_id": current_actor().user_id},
    )  # fmt: skip
    if not made and (kept.scale, kept.offset) != (scale, offset):
        raise Refused("sudah-ada", _("Kalibrasi mulai saat itu sudah tercatat."), field="valid_from")
    if made:
        record_change(
            None, "telemetry.calibrated", purpose=PURPOSE, object_type="datastream", object_id=stream.pk,
            object_label=stream.name, changes={"scale": scale, "offset": offset, "from": valid_from.isoformat()},
        )  # fmt: skip
    return kept


def _locked(device_id: int) -> Device:
    device = Device.objects.select_for_update().filter(pk=device_id).first()
    if device is None:
        raise NotFound
    return device


def _not_retired(device: Device) -> None:
    if device.state == Device.State.RETIRED:
        raise Refused("pensiun", _("Alat ini sudah tidak dipakai."))


def _checked(wanted: DeviceWanted, device: Device | None) -> str:
    """The DevEUI in its one form, when all of `wanted` can be. Raises Refused with the field that is wrong."""
    if device is not None:
        _not_retired(device)
    elif not keys.CODE.fullmatch(wanted.code):
        words = _("Kode: huruf kecil, angka, tanda hubung; 2 sampai 60 karakter.")
        raise Refused("kode", words, field="code", status=422)
    elif Device.objects.filter(code=wanted.code).exists():
        raise Refused("kode-dipakai", _("Kode ini sudah dipakai alat lain."), field="code")
    dev_eui = wanted.dev_eui.lower().replace("-", "").replace(":", "").replace(" ", "")
    if dev_eui and not keys.DEV_EUI.fullmatch(dev_eui):
        raise Refused("dev-eui", _("DevEUI adalah 16 angka heksadesimal."), field="dev_eui", status=422)
    others = Device.objects.exclude(pk=device.pk) if device else Device.objects.all()
    if dev_eui and others.filter(dev_eui=dev_eui).exists():
        raise Refused("dev-eui-dipakai", _("DevEUI ini sudah dipakai alat lain."), field="dev_eui")
    _fields_checked(wanted.fields, device)
    return dev_eui


def _fields_checked(fields: dict[str, Any], device: Device | None) -> None:
    for name, value in fields.items():
        where = field_of(value)
        stream = Datastream.objects.filter(pk=where.datastream).first() if where else None
        if where is None or stream is None:
            words = _("Aliran data untuk %(name)s tidak ada.") % {"name": name}
            raise Refused("aliran", words, field="fields", status=422)
        if stream.device_id is not None and (device is None or stream.device_id != device.pk):
            words = _("Aliran data %(stream)s milik alat lain.") % {"stream": stream.name}
            raise Refused("aliran-dipakai", words, field="fields")
        symbol = str(stream.unit.get("symbol", ""))
        if where.unit and not convertible(where.unit, symbol):
            words = _("Satuan %(sent)s tidak dapat dijadikan %(kept)s.") % {"sent": where.unit, "kept": symbol}
            raise Refused("satuan", words, field="fields", status=422)


def _own_streams(device: Device) -> None:
    """The streams its fields go to are its own, and no others: what one device writes another may not."""
    mine = {one.datastream for one in map(field_of, device.fields.values()) if one}
    Datastream.objects.filter(device=device).exclude(pk__in=mine).update(device=None)
    # Two who register for one stream at once: the second waits here, and finds it taken.
    owners = (
        Datastream.objects.select_for_update().filter(pk__in=mine).order_by("pk").values_list("device_id", flat=True)
    )
    if set(owners) - {None, device.pk}:
        raise Refused("aliran-dipakai", _("Aliran data itu milik alat lain."), field="fields")
    Datastream.objects.filter(pk__in=mine).update(device=device)


def _recorded(act: str, device: Device, changes: dict[str, Any] | None = None) -> None:
    record_change(
        None, f"telemetry.device.{act}", purpose=PURPOSE, object_type="device", object_id=device.pk,
        object_label=device.code, changes=changes or {},
    )  # fmt: skip
