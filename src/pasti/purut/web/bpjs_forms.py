"""The form of an operation."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pasti.kernel.clock import today
from pasti.purut.web.forms import NamedForm


class OperationForm(NamedForm):
    """Whose operation, where, when and which."""

    norm = forms.IntegerField(
        label=_("Nomor rekam medis"), min_value=1, max_value=2**63 - 1,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    poli = forms.ChoiceField(label=_("Poli"))
    date = forms.DateField(
        label=_("Tanggal operasi"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    action = forms.CharField(label=_("Jenis tindakan"), max_length=120)

    def __init__(self, *args: Any, polis: list[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["poli"].choices = polis  # type: ignore[attr-defined]

    def clean_date(self) -> dt.date:
        """From today on, within two years."""
        day: dt.date = self.cleaned_data["date"]
        if not today() <= day <= today() + dt.timedelta(days=731):
            raise forms.ValidationError(_("Isi tanggal mulai hari ini, paling jauh dua tahun ke depan"))
        return day
