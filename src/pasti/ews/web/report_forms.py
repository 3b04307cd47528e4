"""The form in which water in a street is told."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pasti.ews.queries import citizen
from pasti.kernel.places import queries as places

# Depths as people show them on their own body, cm.
DEPTHS = [
    ("5", _("Mata kaki (5–10 cm)")), ("20", _("Betis (20 cm)")), ("40", _("Lutut (40 cm)")), ("70", _("Paha (70 cm)")),
    ("100", _("Pinggang (1 m)")), ("150", _("Dada atau lebih (1,5 m)")),
]  # fmt: skip
AGO = [("0", _("Sekarang")), ("30", _("Setengah jam lalu")), ("60", _("1 jam lalu")), ("180", _("3 jam lalu")),
       ("360", _("6 jam lalu"))]  # fmt: skip


def wards() -> list[tuple[str, str]]:
    """The kelurahan to choose from, for those without a point."""
    return [("", _("Pilih bila tidak memakai titik peta")), *((one.code, one.name) for one in citizen.wards())]  # type: ignore[list-item]


class ReportForm(forms.Form):
    """How deep, where, when; who can be asked."""

    depth_cm = forms.TypedChoiceField(
        label=_("Seberapa dalam airnya?"), choices=DEPTHS, coerce=int, widget=forms.RadioSelect
    )
    ago = forms.TypedChoiceField(label=_("Kapan?"), choices=AGO, coerce=int, initial="0")
    words = forms.CharField(
        label=_("Di mana?"), max_length=300, help_text=_("Nama jalan dan patokan, misalnya: Jl. Jawa depan musala"),
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )  # fmt: skip
    place_code = forms.ChoiceField(label=_("Kelurahan"), choices=wards, required=False)
    lat = forms.FloatField(label=_("Lintang titik"), required=False, min_value=-90, max_value=90,
                           widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))  # fmt: skip
    lon = forms.FloatField(label=_("Bujur titik"), required=False, min_value=-180, max_value=180,
                           widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))  # fmt: skip
    phone = forms.CharField(
        label=_("Nomor telepon Anda"), max_length=20,
        error_messages={"required": _("Isi nomor telepon yang bisa dihubungi petugas, atau masuk dengan akun PASTI")},
        help_text=_("Hanya dibaca petugas bila perlu bertanya, dihapus sesudah 30 hari"),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )  # fmt: skip
    photo = forms.FileField(
        label=_("Foto"), required=False, help_text=_("Lokasi dan jenis HP di dalam foto dibuang"), allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp", "capture": "environment"}),
    )  # fmt: skip

    def __init__(self, *args: Any, signed_in: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if signed_in:
            del self.fields["phone"]

    def clean(self) -> dict[str, Any]:
        """A place is a point or a kelurahan; of a kelurahan its middle is taken."""
        found: dict[str, Any] = super().clean() or {}
        has_point = found.get("lat") is not None and found.get("lon") is not None
        if not has_point and not found.get("place_code") and not {"lat", "lon", "place_code"} & self.errors.keys():
            self.add_error("place_code", _("Pilih kelurahan, atau ambil titik dari peta atau HP"))
        if not has_point and found.get("place_code"):
            ward = places.place(found["place_code"])
            found["lat"], found["lon"] = (ward.centroid_lat, ward.centroid_lon) if ward else (None, None)
        else:
            found["place_code"] = ""
        return found

    def seen_ago(self) -> dt.timedelta:
        """How long ago it was seen."""
        return dt.timedelta(minutes=self.cleaned_data["ago"])
