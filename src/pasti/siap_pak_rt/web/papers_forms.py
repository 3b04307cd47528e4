"""Forms of papers: check one, revoke one, sign what waits."""

from __future__ import annotations

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from pasti.civil.rules import nik as nik_rules
from pasti.siap_pak_rt.models import Paper
from pasti.siap_pak_rt.rules import papers as rules


class CodeForm(forms.Form):
    """The code on a letter, as typed."""

    kode = forms.CharField(
        label=_("Kode pada surat"), max_length=80, help_text=_("28 huruf dan angka di bawah kode QR. Tanda hubung boleh "
        "dilewati."), widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters",
        "spellcheck": "false"}),
    )  # fmt: skip

    def clean_kode(self) -> str:
        """The code without what people add to it."""
        code = rules.read_code(str(self.cleaned_data["kode"]))
        if not code:
            raise forms.ValidationError(_("Kode ini tidak lengkap. Periksa lagi 28 huruf dan angkanya."))
        return code


class FileForm(forms.Form):
    """The file of a letter."""

    berkas = forms.FileField(
        label=_("Berkas PDF surat"), help_text=_("Berkas yang Anda terima, tanpa diubah. Paling besar 10 MB; berkas "
        "dibandingkan lalu dihapus."), widget=forms.FileInput(attrs={"accept": "application/pdf"}), allow_empty_file=True,
    )  # fmt: skip


class FactsForm(forms.Form):
    """What the person on the letter, and those it was given to, know."""

    nik_akhir = forms.CharField(
        label=_("Empat angka terakhir NIK"), max_length=4,
        validators=[RegexValidator(r"\A[0-9]{4}\Z", _("Isi empat angka"))],
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "govuk-input--width-4"}),
    )  # fmt: skip
    lahir = forms.DateField(
        label=_("Tanggal lahir"), widget=forms.DateInput(attrs={"type": "date", "class": "govuk-input--width-10"})
    )


class RevokeForm(forms.Form):
    """Why a letter no longer holds."""

    ended = forms.ChoiceField(
        label=_("Sebab"), widget=forms.RadioSelect, help_text=_("Ditampilkan kepada siapa saja yang memeriksa surat."),
        choices=[
            (Paper.Ended.WRONG, _("Isinya keliru")), (Paper.Ended.REPLACED, _("Diganti surat baru")),
            (Paper.Ended.OUTDATED, _("Keadaannya sudah berubah")), (Paper.Ended.OTHER, _("Sebab lain")),
        ],
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Alasan"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Disampaikan kepada warga yang bersangkutan."),
    )  # fmt: skip


class SignForm(forms.Form):
    """The signer's consent for this one act."""

    nik = forms.CharField(
        label=_("NIK Anda di BSrE"), max_length=16, min_length=16,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    passphrase = forms.CharField(
        label=_("Frasa sandi tanda tangan"), max_length=200, strip=False,
        help_text=_("Dipakai sekali untuk surat-surat di halaman ini dan tidak disimpan."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    def clean_nik(self) -> str:
        """A NIK by its rules."""
        try:
            return nik_rules.parse(str(self.cleaned_data["nik"])).value
        except nik_rules.InvalidNik as invalid:
            raise forms.ValidationError(str(invalid)) from invalid
