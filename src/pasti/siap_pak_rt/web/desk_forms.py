"""Forms of the reports: at most five fields each, and the photo. Each turns into what the report tells."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from pasti.civil import queries as register
from pasti.civil.rules import nik as nik_rules
from pasti.kernel.clock import today
from pasti.siap_pak_rt.rules.laporan import MENDABLE
from pasti.siap_pak_rt.web.desk_words import FIELDS, LISTS

Choices = list[tuple[str, str]]
_DIGITS = {"inputmode": "numeric", "autocomplete": "off"}


def _missing(label: Any) -> dict[str, Any]:
    """What is said of a field left empty: its name, for the list of faults at the top shows no labels."""
    return {"required": format_lazy(_("{label} belum diisi"), label=label)}


def day_field(label: Any, **more: Any) -> forms.DateField:
    """A day, with the phone's own calendar."""
    widget = forms.DateInput(attrs={"type": "date", "class": "govuk-input--width-10"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, error_messages=_missing(label), **more)


def text_field(
    label: Any, *, required: bool = True, digits: bool = False, help_text: Any = "", most: int = 150
) -> forms.CharField:
    """A line of text; `digits` brings the number keys up."""
    attrs = dict(_DIGITS) if digits else {"autocomplete": "off"}
    return forms.CharField(
        label=label, required=required, max_length=most, help_text=help_text, widget=forms.TextInput(attrs=attrs),
        error_messages=_missing(label),
    )  # fmt: skip


def codes(name: str) -> Choices:
    """The official list behind a field, for a choice."""
    return [(str(code), label.capitalize()) for code, label in sorted(register.code_names(LISTS[name]).items())]


def clean_number(value: str) -> str:
    """A NIK as typed, without what people put between the digits. Raises ValidationError saying what is wrong."""
    number = nik_rules.cleaned(value)
    if number and nik_rules.faults(number):
        raise forms.ValidationError(_("NIK harus 16 angka seperti pada KTP"))
    return number


class ReportForm(forms.Form):
    """What every report has: the day, a photo of the proof, and being sure of what looks odd."""

    day_label: ClassVar[Any] = _("Tanggal kejadian")
    first: ClassVar[tuple[str, ...]] = ()

    occurred_on = day_field(day_label)
    proof = forms.FileField(
        label=_("Foto surat bukti"), required=False, help_text=_("JPG, PNG, atau PDF, paling besar 10 MB"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,application/pdf"}),
    )  # fmt: skip
    sure = forms.BooleanField(label=_("Sudah saya periksa, tetap kirim"), required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["occurred_on"].label = self.day_label
        self.fields["occurred_on"].error_messages |= _missing(self.day_label)
        self.fields["occurred_on"].widget.attrs["max"] = today().isoformat()
        others = [name for name in self.fields if name not in (*self.first, "occurred_on", "proof", "sure")]
        self.order_fields([*self.first, "occurred_on", *others, "proof", "sure"])
        self.asks_sure = False

    def ask_sure(self, words: str) -> None:
        """Show what looks odd at the box that sends it all the same."""
        self.asks_sure = True
        self.add_error("sure", words)

    def shown(self) -> list[forms.BoundField]:
        """The fields to draw: the box to be sure only when something looks odd."""
        return [field for field in self if field.name != "sure" or self.asks_sure or self.data.get("sure")]

    def told(self) -> dict[str, Any]:
        """What the report tells, as plain values."""
        plain = {
            name: value.isoformat() if isinstance(value, dt.date) else value
            for name, value in self.cleaned_data.items()
        }
        return {
            name: value for name, value in plain.items() if name not in ("occurred_on", "proof", "sure") and value != ""
        }


class BirthForm(ReportForm):
    """A child was born."""

    day_label, first = _("Tanggal lahir"), ("name", "sex")
    name = text_field(_("Nama anak"))
    sex = forms.ChoiceField(label=_("Jenis kelamin"), widget=forms.RadioSelect,
                            choices=[("1", _("Laki-laki")), ("2", _("Perempuan"))])  # fmt: skip
    birth_place = text_field(_("Lahir di mana"), required=False, most=100)


class StillbirthForm(ReportForm):
    """A child was born dead."""

    note = text_field(_("Keterangan"), required=False)


class DeathForm(ReportForm):
    """Somebody died."""

    day_label = _("Tanggal meninggal")
    place = text_field(_("Meninggal di mana"), required=False)
    certificate = text_field(_("Nomor surat kematian"), required=False, most=60)


class MoveOutForm(ReportForm):
    """People of one card leave the city."""

    day_label, first = _("Tanggal pindah"), ("people",)
    people = forms.MultipleChoiceField(label=_("Siapa yang pindah"), widget=forms.CheckboxSelectMultiple)
    destination = text_field(_("Pindah ke mana"), most=100)

    def __init__(self, *args: Any, people: Choices, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["people"].choices = people  # type: ignore[attr-defined]
        self.fields["people"].initial = [pk for pk, _name in people]


class MoveWithinForm(ReportForm):
    """A family moves to another house in the city."""

    day_label, first = _("Tanggal pindah"), ("rt_code", "street", "house", "number")
    rt_code = forms.ChoiceField(label=_("RT yang baru"))
    street = text_field(_("Jalan"))
    house = text_field(_("Nomor rumah"), required=False, most=20)
    number = text_field(_("Nomor KK yang baru"), required=False, digits=True, most=16)

    def __init__(self, *args: Any, rts: list[tuple[str, Choices]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["rt_code"].choices = [("", _("Pilih RT")), *rts]  # type: ignore[attr-defined]


class MarriageForm(ReportForm):
    """Somebody married; the other may live anywhere."""

    day_label, first = _("Tanggal nikah"), ("spouse_name", "spouse_nik")
    spouse_name = text_field(_("Nama suami atau istri"))
    spouse_nik = text_field(_("NIK suami atau istri"), required=False, digits=True, most=20)
    certificate = text_field(_("Nomor buku nikah atau akta"), required=False, most=60)

    def clean_spouse_nik(self) -> str:
        """A whole NIK, or none."""
        return clean_number(self.cleaned_data["spouse_nik"])


class DivorceForm(ReportForm):
    """A couple divorced."""

    day_label = _("Tanggal putusan atau akta")
    certificate = text_field(_("Nomor akta cerai"), required=False, most=60)


class MissingForm(ReportForm):
    """Somebody cannot be found."""

    day_label = _("Terakhir terlihat")
    note = text_field(_("Nomor laporan polisi atau keterangan"), required=False)


class TemporaryForm(ReportForm):
    """Somebody lives here for a while and stays registered elsewhere."""

    day_label, first = _("Mulai tinggal"), ("name", "nik", "origin", "religion", "until")
    name = text_field(_("Nama sesuai KTP"))
    nik = text_field(
        _("NIK"), required=False, digits=True, most=20, help_text=_("Tanggal lahir dan jenis kelamin dibaca dari NIK")
    )
    origin = text_field(_("Asal (kota atau kabupaten)"), most=100)
    religion = forms.ChoiceField(label=_("Agama"))
    until = day_field(_("Sampai kapan"), required=False)
    sex = forms.ChoiceField(label=_("Jenis kelamin, bila tanpa NIK"), required=False,
                            choices=[("", "–"), ("1", _("Laki-laki")), ("2", _("Perempuan"))])  # fmt: skip
    birth_date = day_field(_("Tanggal lahir, bila tanpa NIK"), required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["religion"].choices = codes("religion")  # type: ignore[attr-defined]

    def clean_nik(self) -> str:
        """A whole NIK, or none."""
        return clean_number(self.cleaned_data["nik"])


class DataForm(ReportForm):
    """One thing that is recorded wrongly or has changed; which one is chosen before."""

    day_label, first = _("Berlaku sejak"), ("value",)
    value = forms.CharField(label=_("Seharusnya"), max_length=150)
    note = text_field(_("Keterangan"), required=False)

    def __init__(self, *args: Any, field: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.field = field
        label = FIELDS[field]
        if field in LISTS:
            self.fields["value"] = forms.ChoiceField(label=label, choices=codes(field))
        elif field == "birth_date":
            self.fields["value"] = day_field(label)
        else:
            self.fields["value"] = text_field(label, digits=field == "nik")

    def clean_value(self) -> Any:
        """A NIK by its rules; other values as they are."""
        value = self.cleaned_data["value"]
        return clean_number(value) if self.field == "nik" else value

    def told(self) -> dict[str, Any]:
        """Which field, and what it should be."""
        return {"field": self.field} | super().told()


FORMS: dict[str, type[ReportForm]] = {
    "birth": BirthForm, "stillbirth": StillbirthForm, "death": DeathForm, "move_out": MoveOutForm,
    "move_within": MoveWithinForm, "marriage": MarriageForm, "divorce": DivorceForm, "missing": MissingForm,
    "data_change": DataForm, "temporary": TemporaryForm,
}  # fmt: skip
CHANGEABLE = [(name, FIELDS[name]) for name in MENDABLE]


class NewFamilyForm(ReportForm):
    """A family that comes to live here: its card and house."""

    day_label, first = _("Tanggal datang"), ("number", "street", "house", "origin")
    number = text_field(_("Nomor KK"), digits=True, most=20, help_text=_("16 angka di bagian atas kartu keluarga"))
    street = text_field(_("Jalan"))
    house = text_field(_("Nomor rumah"), required=False, most=20)
    origin = text_field(_("Pindah dari mana"), most=100)

    def clean_number(self) -> str:
        """Sixteen digits."""
        number = nik_rules.cleaned(self.cleaned_data["number"])
        if len(number) != 16 or not (number.isascii() and number.isdigit()):
            raise forms.ValidationError(_("Nomor KK harus 16 angka"))
        return number


class NewMemberForm(forms.Form):
    """One member of a family that moves in. A row left empty is not a member."""

    name = text_field(_("Nama sesuai KTP"))
    nik = text_field(_("NIK"), required=False, digits=True, most=20)
    sex = forms.ChoiceField(label=_("Jenis kelamin"), choices=[("", "–"), ("1", _("Laki-laki")), ("2", _("Perempuan"))])
    birth_place = text_field(_("Tempat lahir"), most=100)
    birth_date = day_field(_("Tanggal lahir"))
    relation = forms.ChoiceField(label=_("Hubungan dengan kepala keluarga"))
    religion = forms.ChoiceField(label=_("Agama"))
    marital_status = forms.ChoiceField(label=_("Status kawin"))

    def __init__(self, *args: Any, lists: dict[str, Choices], head: bool = False, **kwargs: Any):
        kwargs |= {"empty_permitted": not head, "use_required_attribute": False}
        super().__init__(*args, **kwargs)
        for name in ("relation", "religion", "marital_status"):
            self.fields[name].choices = lists[name]  # type: ignore[attr-defined]
        if head:
            self.fields["relation"].choices = [pair for pair in lists["relation"] if pair[0] == "1"]  # type: ignore[attr-defined]
        else:
            self.fields["relation"].choices = [pair for pair in lists["relation"] if pair[0] != "1"]  # type: ignore[attr-defined]

    def has_changed(self) -> bool:
        """Only what was typed makes a row a member: the choices always hold something."""
        return any(
            self.data.get(self.add_prefix(name), "").strip() for name in ("name", "nik", "birth_place", "birth_date")
        )

    def clean_nik(self) -> str:
        """A whole NIK, or none."""
        return clean_number(self.cleaned_data["nik"])

    def clean_birth_date(self) -> dt.date:
        """A day that has come."""
        day: dt.date = self.cleaned_data["birth_date"]
        if day > today():
            raise forms.ValidationError(_("Tanggal ini belum tiba"))
        return day

    def told(self) -> dict[str, Any]:
        """The member as plain values."""
        return {name: value.isoformat() if isinstance(value, dt.date) else value
                for name, value in self.cleaned_data.items() if value != ""}  # fmt: skip
