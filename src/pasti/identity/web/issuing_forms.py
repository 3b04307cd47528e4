"""Forms of the counter."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pasti.identity.models import Activation, Card

Document, Mode = Activation.Document, Activation.Mode
DOCUMENTS = [
    (Document.KTP_EL, _("KTP-el")), (Document.SUKET, _("Surat keterangan pengganti KTP-el")),
    (Document.PASSPORT, _("Paspor")), (Document.OTHER, _("Dokumen lain dengan foto")),
]  # fmt: skip
MODES = [
    (Mode.INSTEAD, _("Perangkat pertama atau pengganti: kartu di perangkat lain dicabut")),
    (Mode.BESIDES, _("Perangkat tambahan: kartu lain tetap berlaku")),
]


class SeenForm(forms.Form):
    """What the officer saw."""

    document = forms.ChoiceField(
        label=_("Dokumen yang ditunjukkan langsung"), choices=DOCUMENTS, widget=forms.RadioSelect
    )
    note = forms.CharField(label=_("Dokumen lain: apa?"), max_length=200, required=False)
    face = forms.BooleanField(
        label=_("Orangnya hadir, wajahnya cocok dengan foto, dan datanya sama dengan yang tertulis di sini"),
        error_messages={"required": _("Tanpa melihat orangnya, kartu tidak dapat diberikan")},
    )
    mode = forms.ChoiceField(
        label=_("Untuk perangkat apa?"), choices=MODES, widget=forms.RadioSelect, initial=Mode.INSTEAD
    )
    device = forms.CharField(
        label=_("Nama perangkat"), max_length=60, initial=_("Telepon"), help_text=_("Supaya warga mengenalinya, misalnya "
        "“Telepon merah”."), widget=forms.TextInput(attrs={"class": "govuk-input--width-20", "autocomplete": "off"}),
    )  # fmt: skip
    account = forms.BooleanField(
        label=_("Orang ini membuka akun PASTI-nya di depan saya: akun itu miliknya"), required=False,
        help_text=_("Ia sudah punya akun yang dibuat sendiri. Lihat halaman “Akun saya” di teleponnya; tingkatnya lalu naik. "
                    "Ia tidak mengenal akun itu? Jangan dicentang: kata sandi baru di meja akun mengeluarkan orang lain."),
    )  # fmt: skip

    def __init__(self, *args: Any, account_to_see: bool = False, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not account_to_see:
            del self.fields["account"]


class RevokeForm(forms.Form):
    """Why an officer ends a card."""

    why = forms.ChoiceField(
        label=_("Sebab"), widget=forms.RadioSelect,
        choices=[(Card.Why.LOST, _("Perangkatnya hilang dan tidak kembali")), (Card.Why.OWN_WISH, _("Warga memintanya")),
                 (Card.Why.OFFICE, _("Diterbitkan keliru"))],
    )  # fmt: skip
