"""The hospital's forms."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from pasti.civil.rules import nik as nik_rules
from pasti.purut.web.wording import kinds_of_visit, priorities

# No control characters, and none that turn or hide the text around them.
READABLE = r"^[^\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+\Z"


def priorities_offered() -> list[tuple[str, str]]:
    """Reasons to be called first, as a list to choose from."""
    return list(priorities().items())


def kinds_offered() -> list[tuple[str, str]]:
    """Kinds of visit, as a list to choose from."""
    return [(str(kind), words) for kind, words in kinds_of_visit().items()]


def visit_kind() -> forms.TypedChoiceField:
    """What kind of letter an insured patient brings; the usual one when nothing is chosen."""
    return forms.TypedChoiceField(
        label=_("Jenis surat"), choices=kinds_offered, coerce=int, empty_value="1", required=False, initial="1",
        help_text=_("Hanya untuk peserta JKN"),
    )  # fmt: skip


class NamedForm(forms.Form):
    """A form whose summary of errors says which field is empty, not only that one is."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if field.label and field.error_messages["required"] is forms.Field.default_error_messages["required"]:
                field.error_messages["required"] = _("%(label)s wajib diisi") % {"label": field.label}


class LetterForm(NamedForm):
    """A form with the letter of an insured patient; who pays for oneself brings none."""

    def clean(self) -> dict[str, Any]:
        """The number in upper case and without spaces: one letter is one letter, however it is typed."""
        said = super().clean() or self.cleaned_data
        insured = said.get("payer") == "jkn"
        said["referral_no"] = str(said.get("referral_no", "")).replace(" ", "").upper() if insured else ""
        said["visit_kind"] = int(said.get("visit_kind", 1)) if insured else 1
        return said


class BookingForm(LetterForm):
    """For whom, who pays; the session is chosen before."""

    person = forms.ChoiceField(
        label=_("Siapa yang berobat?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Pilih siapa yang berobat")},
    )
    payer = forms.ChoiceField(
        label=_("Penjamin"), choices=[("umum", _("Umum (bayar sendiri)")), ("jkn", _("JKN (BPJS Kesehatan)"))],
        widget=forms.RadioSelect, initial="umum",
    )  # fmt: skip
    visit_kind = visit_kind()
    referral_no = forms.CharField(
        label=_("Nomor rujukan atau surat kontrol"), required=False, max_length=30,
        help_text=_("Hanya untuk peserta JKN"), widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args: Any, people: list[tuple[UUID, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [(str(pk), name) for pk, name in people]  # type: ignore[attr-defined]
        if people:
            self.fields["person"].initial = str(people[0][0])


class WalkInForm(LetterForm):
    """A patient at the counter."""

    sesi_id = forms.TypedChoiceField(
        label=_("Sesi hari ini"), coerce=int, widget=forms.Select(attrs={"autofocus": True})
    )
    nik = forms.CharField(
        label="NIK", max_length=16, min_length=16,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"min_length": _("NIK terdiri atas 16 angka"), "max_length": _("NIK terdiri atas 16 angka")},
    )  # fmt: skip
    name = forms.CharField(
        label=_("Nama lengkap"), max_length=120,
        validators=[RegexValidator(READABLE, _("Nama memuat karakter yang tidak terlihat"))],
    )  # fmt: skip
    birth_date = forms.DateField(
        label=_("Tanggal lahir"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    sex = forms.ChoiceField(
        label=_("Jenis kelamin"), choices=[("L", _("Laki-laki")), ("P", _("Perempuan"))], widget=forms.RadioSelect
    )
    phone = forms.CharField(label=_("Nomor telepon"), max_length=20, required=False)
    payer = forms.ChoiceField(
        label=_("Penjamin"), choices=[("umum", _("Umum")), ("jkn", "JKN")], widget=forms.RadioSelect, initial="umum"
    )
    visit_kind = visit_kind()
    referral_no = forms.CharField(label=_("Nomor rujukan atau surat kontrol"), required=False, max_length=30)
    priority = forms.ChoiceField(label=_("Didahulukan"), required=False, choices=priorities_offered)

    def __init__(self, *args: Any, sessions: list[tuple[int, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["sesi_id"].choices = sessions  # type: ignore[attr-defined]

    def clean_nik(self) -> str:
        """A NIK by its rules."""
        try:
            return nik_rules.parse(str(self.cleaned_data["nik"])).value
        except nik_rules.InvalidNik as invalid:
            raise forms.ValidationError(str(invalid)) from invalid


class CodeForm(NamedForm):
    """A booking code as read out or scanned."""

    code = forms.CharField(
        label=_("Kode booking"), max_length=12, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class RoomForm(NamedForm):
    """The room patients are called to; kept while the nurse works."""

    room = forms.CharField(
        label=_("Ruang"), max_length=60, error_messages={"required": _("Isi dulu ruang tempat pasien dipanggil.")}
    )


class KioskForm(NamedForm):
    """A booking code, typed or put in by a scanner as the address of its page, or a NIK."""

    asked = forms.CharField(
        label=_("Pindai kode QR, atau ketik kode booking atau NIK"), max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True, "data-scan": True}),
        error_messages={"required": _("Pindai atau ketik dulu kode booking atau NIK")},
    )  # fmt: skip

    def clean_asked(self) -> str:
        """The code out of an address, else what was typed, without spaces and hyphens."""
        text = str(self.cleaned_data["asked"]).replace("\x00", "").partition("?")[0].strip()
        return text.rstrip("/").rpartition("/")[2].replace(" ", "").replace("-", "")


class KioskBirthForm(NamedForm):
    """The birth date that goes with a NIK typed before."""

    asked = forms.CharField(max_length=16, widget=forms.HiddenInput)
    birth_date = forms.DateField(
        label=_("Tanggal lahir"), input_formats=["%d%m%Y", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y", "%d %m %Y", "%Y-%m-%d"],
        help_text=_("Tanggal, bulan, tahun. Misalnya 17 Agustus 1990: 17081990"),
        error_messages={"invalid": _("Tulis delapan angka: tanggal, bulan, tahun. Misalnya 17081990")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "autofocus": True, "data-scan": True}),
    )  # fmt: skip


class ChangeForm(NamedForm):
    """Leave or other hours of one session."""

    act = forms.ChoiceField(
        label=_("Apa yang berubah?"), widget=forms.RadioSelect,
        choices=[("hours", _("Jam praktik berubah atau lebih singkat")), ("cancel", _("Sesi tidak diadakan"))],
        error_messages={"required": _("Pilih apa yang berubah")},
    )  # fmt: skip
    starts = forms.TimeField(label=_("Mulai"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    ends = forms.TimeField(label=_("Selesai pukul"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    reason = forms.CharField(
        label=_("Alasan, dibaca pasien"), max_length=120,
        error_messages={"required": _("Tulis alasannya; pasien membacanya")},
    )  # fmt: skip
