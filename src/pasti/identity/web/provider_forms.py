"""The form of a client's registration."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pasti.identity.models import Application
from pasti.identity.rules import provider as rules
from pasti.identity.services.provider_clients import Wanted
from pasti.identity.web.provider_words import described

LINES = forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})


class Addresses(forms.CharField):
    """Addresses, one on each line."""

    def __init__(self, **more: Any):
        super().__init__(widget=LINES, max_length=4000, **more)

    def to_python(self, value: Any) -> Any:
        """The addresses as a list; empty lines do not count."""
        return value if isinstance(value, list) else str(super().to_python(value)).split()


class ClientForm(forms.Form):
    """Who answers for the application, why it asks, and what it may learn."""

    name = forms.CharField(label=_("Nama aplikasi"), max_length=200, help_text=_("Seperti yang dikenal warga."))
    agency = forms.CharField(label=_("Perangkat daerah atau lembaga pemilik"), max_length=200)
    contact = forms.EmailField(label=_("Surel penanggung jawab"), max_length=254)
    purpose = forms.CharField(
        label=_("Untuk apa datanya dipakai"),
        max_length=300,
        help_text=_("Satu kalimat, dibaca warga saat mengizinkan."),
    )
    legal_basis = forms.CharField(label=_("Dasar hukum"), max_length=300, help_text=_("Peraturan dan pasalnya."))
    approved_claims = forms.MultipleChoiceField(
        label=_("Data yang disetujui"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Hanya yang sungguh perlu untuk tujuan itu."),
    )  # fmt: skip
    required_claims = forms.MultipleChoiceField(
        label=_("Di antaranya, yang wajib"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Warga yang menolaknya tidak dapat masuk ke aplikasi itu. Yang lain boleh ditolak satu per satu."),
    )  # fmt: skip
    redirect_uris = Addresses(label=_("Alamat kembali setelah masuk"), help_text=_("Satu per baris, ditulis lengkap."))
    post_logout_redirect_uris = Addresses(label=_("Alamat kembali setelah keluar"), required=False)
    backchannel_logout_uri = forms.CharField(
        label=_("Alamat pemberitahuan keluar"), required=False, max_length=500,
        help_text=_("Dipanggil server PASTI bila sesi seseorang berakhir (Back-Channel Logout)."),
    )  # fmt: skip
    sector = forms.CharField(
        label=_("Kelompok aplikasi"), required=False, max_length=255,
        help_text=_("Aplikasi sekelompok mengenal orang yang sama dengan nama yang sama. Kosong: berdiri sendiri."),
    )  # fmt: skip
    public = forms.BooleanField(label=_("Aplikasi tanpa server (tidak dapat menyimpan rahasia)"), required=False)

    def __init__(self, *args: Any, of: Application | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs | {"initial": _initial(of) if of else None})
        for field in ("approved_claims", "required_claims"):
            self.fields[field].choices = described(rules.CLAIMS)  # type: ignore[attr-defined]
        if of is not None:
            del self.fields["public"]

    def wanted(self) -> Wanted:
        """What was entered."""
        return Wanted(**self.cleaned_data)


def _initial(of: Application) -> dict[str, Any]:
    plain = ("name", "agency", "contact", "purpose", "legal_basis", "approved_claims", "required_claims", "sector",
             "backchannel_logout_uri")  # fmt: skip
    lines = {name: "\n".join(getattr(of, name).split()) for name in ("redirect_uris", "post_logout_redirect_uris")}
    return {name: getattr(of, name) for name in plain} | lines
