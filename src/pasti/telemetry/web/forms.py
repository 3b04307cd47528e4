"""Forms of those who look after the devices."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pasti.kernel.clock import city_zone, now
from pasti.kernel.ui.moments import LOCAL, MomentField
from pasti.telemetry.models import Device, DeviceNote
from pasti.telemetry.queries import devices as queries
from pasti.telemetry.rules.decoded import UNITS, Field, field_of
from pasti.telemetry.services.devices import DeviceWanted

ROWS = 2  # fields offered at first; then always one more than the device has
DECODERS = [
    ("json", _("JSON biasa atau SenML, lewat MQTT")),
    ("cayenne-lpp", "Cayenne LPP (LoRaWAN)"),
    ("milesight-em500-udl", "Milesight EM500-UDL (LoRaWAN)"),
    ("dragino-ldds75", "Dragino LDDS75, DDS75-LB (LoRaWAN)"),
    ("object", _("Sudah diuraikan server LoRaWAN")),
]


class DeviceForm(forms.Form):
    """A device: who it is, how its messages are read, and where its fields go."""

    code = forms.CharField(
        label=_("Kode"), max_length=60, help_text=_("Nama masuk alat: huruf kecil, angka, tanda hubung. Tidak dapat diubah."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )  # fmt: skip
    name = forms.CharField(label=_("Nama"), max_length=200)
    thing = forms.TypedChoiceField(label=_("Terpasang pada"), required=False, coerce=int, empty_value=None)
    decoder = forms.ChoiceField(label=_("Pengurai pesan"), choices=DECODERS)
    dev_eui = forms.CharField(
        label="DevEUI", required=False, max_length=32, help_text=_("Hanya alat LoRaWAN: 16 angka heksadesimal"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    silent_after = forms.IntegerField(
        label=_("Dianggap diam setelah (detik)"), min_value=10, max_value=30 * 24 * 3600, initial=900,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip

    def __init__(self, *args: Any, device: Device | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.device = device
        self.fields["thing"].choices = [("", "–"), *queries.things()]  # type: ignore[attr-defined]
        if device is not None:
            del self.fields["code"]
        streams = [("", "–"), *queries.free_streams(device.pk if device else None)]
        self.rows = max(ROWS, len(device.fields) + 1 if device else 0)
        for number in range(1, self.rows + 1):
            self._add_row(number, streams)

    def _add_row(self, number: int, streams: list[tuple[Any, str]]) -> None:
        words = {"number": number}
        plain = {"autocomplete": "off", "autocapitalize": "none"}
        self.fields[f"field_{number}"] = forms.CharField(
            label=_("Kolom %(number)s pada pesan") % words,
            required=False,
            max_length=80,
            widget=forms.TextInput(attrs=plain),
        )
        self.fields[f"stream_{number}"] = forms.TypedChoiceField(
            label=_("Aliran data untuk kolom %(number)s") % words,
            required=False,
            coerce=int,
            empty_value=None,
            choices=streams,
        )
        self.fields[f"unit_{number}"] = forms.ChoiceField(
            label=_("Satuan kolom %(number)s") % words, required=False,
            choices=[("", _("Sama dengan aliran data")), *((one, one) for one in sorted(UNITS))],
        )  # fmt: skip
        self.fields[f"height_{number}"] = forms.FloatField(
            label=_("Tinggi sensor di atas nol, kolom %(number)s") % words, required=False,
            help_text=_("Sensor yang mengukur jarak ke air: tinggi air = tinggi sensor - jarak, dalam satuan aliran data"),
            widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        )  # fmt: skip

    @classmethod
    def kept(cls, device: Device) -> dict[str, Any]:
        """What the form shows of a device as it is."""
        shown: dict[str, Any] = {
            "name": device.name, "thing": device.thing_id, "decoder": device.decoder, "dev_eui": device.dev_eui,
            "silent_after": device.silent_after,
        }  # fmt: skip
        for number, (name, value) in enumerate(device.fields.items(), 1):
            where = field_of(value) or Field(0)
            shown |= {f"field_{number}": name, f"stream_{number}": where.datastream, f"unit_{number}": where.unit,
                      f"height_{number}": where.height}  # fmt: skip
        return shown

    def clean(self) -> dict[str, Any]:
        """Each row is whole or empty, and no field is named twice."""
        given = super().clean() or {}
        seen: set[str] = set()
        for number in range(1, self.rows + 1):
            name, stream = given.get(f"field_{number}"), given.get(f"stream_{number}")
            height = given.get(f"height_{number}")
            if height is not None and not math.isfinite(height):
                self.add_error(f"height_{number}", _("Isi dengan angka"))
            if bool(name) != bool(stream):
                self.add_error(f"stream_{number}" if name else f"field_{number}", _("Isi kolom dan aliran datanya"))
            elif name in seen:
                self.add_error(f"field_{number}", _("Kolom ini sudah disebut"))
            elif name:
                seen.add(name)
        return given

    def wanted(self) -> DeviceWanted:
        """The device as asked for."""
        given = self.cleaned_data
        fields: dict[str, Any] = {}
        for number in range(1, self.rows + 1):
            if name := given.get(f"field_{number}"):
                where = {"datastream": given[f"stream_{number}"]}
                where |= {
                    key: value for key in ("unit", "height") if (value := given[f"{key}_{number}"]) not in ("", None)
                }
                fields[name] = where
        return DeviceWanted(
            self.device.code if self.device else given["code"], given["name"], given["decoder"], given["dev_eui"],
            given["silent_after"], given["thing"], fields,
        )  # fmt: skip


def this_minute() -> str:
    """Now, as a form field shows it."""
    return now().astimezone(city_zone()).strftime(LOCAL)


class NoteForm(forms.Form):
    """What was done or seen at a device."""

    kind = forms.ChoiceField(
        label=_("Jenis"), widget=forms.RadioSelect, initial=DeviceNote.Kind.MAINTENANCE,
        choices=[("maintenance", _("Perawatan")), ("fault", _("Gangguan")), ("part", _("Suku cadang diganti"))],
    )  # fmt: skip
    occurred_at = MomentField(label=_("Kapan"), initial=this_minute)
    text = forms.CharField(
        label=_("Apa yang dikerjakan atau terlihat"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    part = forms.CharField(label=_("Suku cadang"), max_length=120, required=False)


class CalibrationForm(forms.Form):
    """How a stream's values are put right from a moment on."""

    datastream = forms.TypedChoiceField(label=_("Aliran data"), coerce=int)
    valid_from = MomentField(label=_("Berlaku mulai"), initial=this_minute)
    scale = forms.FloatField(label=_("Dikalikan"), initial=1, widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    offset = forms.FloatField(
        label=_("Lalu ditambah"), initial=0, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    reference = forms.CharField(
        label=_("Pembanding"), max_length=300, help_text=_("Misalnya: papan duga dibaca petugas")
    )

    def __init__(self, *args: Any, streams: list[tuple[int, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["datastream"].choices = streams  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Numbers that are numbers."""
        given = super().clean() or {}
        for name in ("scale", "offset"):
            if given.get(name) is not None and not math.isfinite(given[name]):
                self.add_error(name, _("Isi dengan angka"))
        return given


def moment_of(form: forms.Form, name: str) -> dt.datetime:
    """A moment of a valid form."""
    value: dt.datetime = form.cleaned_data[name]
    return value
