"""Forms of the rights of the person, and of the register of breaches."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pasti.kernel.ui.moments import MomentField
from pasti.siap_pak_rt.rules import rights as rules

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class CorrectionForm(forms.Form):
    """What it should be, and how one knows."""

    text = forms.CharField(
        label=_("Penjelasan"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Misalnya: sesuai akta kelahiran nomor berapa."),
    )  # fmt: skip

    def __init__(self, *args: Any, field: str, codes: list[tuple[int, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        how = rules.CORRECTABLE.get(field, "")
        if how == "day":
            self.fields["wanted"] = forms.DateField(label=_("Seharusnya"), widget=DAY)
        elif how == "text":
            self.fields["wanted"] = forms.CharField(label=_("Seharusnya"), max_length=100)
        elif how:
            self.fields["wanted"] = forms.ChoiceField(label=_("Seharusnya"), choices=[(str(c), n) for c, n in codes])
        else:
            self.fields["text"].required = True
            self.fields["text"].label = _("Apa yang keliru, dan apa seharusnya?")
        self.order_fields(["wanted", "text"])


class RestrictionForm(forms.Form):
    """Why the processing should be restricted."""

    text = forms.CharField(label=_("Alasan"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class AnswerForm(forms.Form):
    """An officer's answer; a refusal needs its reason."""

    answer = forms.CharField(
        label=_("Jawaban untuk pemohon"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Wajib diisi bila ditolak."),
    )  # fmt: skip


class BreachForm(forms.Form):
    """What is known of a failure of protection."""

    title = forms.CharField(label=_("Sebutan singkat"), max_length=150)
    data_kinds = forms.CharField(
        label=_("Data apa yang terungkap"), max_length=500, help_text=_("Misalnya: nama, NIK, alamat")
    )
    started_at = MomentField(label=_("Mulai"))
    ended_at = MomentField(label=_("Berakhir"))
    discovered_at = MomentField(label=_("Diketahui"), help_text=_("Batas 3x24 jam dihitung dari sini."))
    cause = forms.CharField(label=_("Bagaimana terjadi"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))
    handling = forms.CharField(
        label=_("Penanganan dan pemulihan"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
    public_notice = forms.BooleanField(label=_("Juga diumumkan kepada masyarakat"), required=False)


class AffectedForm(forms.Form):
    """One way to find whom a breach touched."""

    username = forms.CharField(
        label=_("Nama pengguna akun yang disalahgunakan"), max_length=150, required=False,
        help_text=_("Semua orang yang datanya dibuka akun itu pada kurun kejadian."),
    )  # fmt: skip
    action = forms.CharField(
        label=_("Tindakan di catatan audit"), max_length=60, required=False,
        help_text=_("Misalnya civil.people.listed: semua orang yang terkena tindakan itu pada kurun kejadian."),
    )  # fmt: skip
    niks = forms.CharField(
        label=_("Daftar NIK"), required=False, max_length=200_000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Satu NIK per baris, dari daftar yang ditemukan beredar."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """At least one way."""
        given = super().clean() or {}
        if not any(given.get(name) for name in ("username", "action", "niks")):
            raise forms.ValidationError(_("Isi salah satu"))
        return given
