"""The officers' forms."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pasti.ews.models import River, Warning
from pasti.ews.queries import risk
from pasti.ews.queries.moment import now
from pasti.ews.rules import wording
from pasti.ews.services.drafting import LONGEST_HOURS, Text
from pasti.kernel.clock import city_zone
from pasti.kernel.places import queries as places
from pasti.kernel.ui.moments import MomentField

AREA = forms.Textarea(attrs={"rows": 4})


class WarningForm(forms.Form):
    """What an officer may change of a warning before it is issued."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    stage = forms.TypedChoiceField(label=_("Tingkat"), coerce=int)
    headline_id = forms.CharField(label=_("Judul (Indonesia)"), max_length=wording.HEADLINE)
    headline_en = forms.CharField(label=_("Judul (Inggris)"), max_length=wording.HEADLINE)
    description_id = forms.CharField(label=_("Keterangan (Indonesia)"), max_length=2000, widget=AREA)
    description_en = forms.CharField(label=_("Keterangan (Inggris)"), max_length=2000, widget=AREA)
    instruction_id = forms.CharField(label=_("Yang harus dilakukan (Indonesia)"), max_length=2000, widget=AREA)
    instruction_en = forms.CharField(label=_("Yang harus dilakukan (Inggris)"), max_length=2000, widget=AREA)
    area_codes = forms.MultipleChoiceField(label=_("Tempat di bawah peringatan"), widget=forms.CheckboxSelectMultiple)
    more_codes = forms.CharField(
        label=_("Tempat lain (kode wilayah)"), required=False, max_length=500,
        help_text=_("Kelurahan, RW, atau RT, dipisah koma, misalnya 35.75.03.1001.001"),
    )  # fmt: skip
    valid_hours = forms.IntegerField(label=_("Berlaku berapa jam"), min_value=1, max_value=LONGEST_HOURS)

    def __init__(self, *args: Any, warning: Warning, names: list[tuple[int, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["stage"].choices = names  # type: ignore[attr-defined]
        self.fields["area_codes"].choices = _area_choices(warning)  # type: ignore[attr-defined]

    def clean_area_codes(self) -> list[str]:
        """None inside another."""
        return risk.outermost(self.cleaned_data["area_codes"])

    def clean_more_codes(self) -> list[str]:
        """Known places only."""
        codes = [one.strip() for one in self.cleaned_data["more_codes"].split(",") if one.strip()]
        known = {one.code for one in places.named(codes)}
        if unknown := [one for one in codes if one not in known]:
            raise forms.ValidationError(
                _("Kode wilayah tidak dikenal: %(codes)s"), params={"codes": ", ".join(unknown)}
            )
        return codes

    def text(self) -> Text:
        """What was written."""
        asked = self.cleaned_data
        words = wording.Words(**{name: asked[name] for name in wording.Words.__dataclass_fields__})
        codes = risk.outermost([*asked["area_codes"], *asked["more_codes"]])
        return Text(asked["stage"], words, tuple(codes), asked["valid_hours"])


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Alasan"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class ConfirmForm(forms.Form):
    """Which river a reported water is counted to."""

    river = forms.ChoiceField(label=_("Sungai"), choices=lambda: list(River.objects.values_list("code", "name")))


class TextForm(forms.Form):
    """One line for a log or timeline."""

    text = forms.CharField(label=_("Catatan"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class HandoverForm(forms.Form):
    """What the next watch must know."""

    handover = forms.CharField(
        label=_("Catatan serah terima"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Keadaan sungai, peringatan yang berlaku, alat yang rusak, yang harus dikerjakan"),
    )  # fmt: skip


class ReviewForm(forms.Form):
    """What happened and what was learned."""

    flooded = forms.ChoiceField(
        label=_("Apakah ada jalan atau rumah yang tergenang?"), widget=forms.RadioSelect,
        choices=[("ya", _("Ya")), ("tidak", _("Tidak"))],
    )  # fmt: skip
    flooded_at = MomentField(
        label=_("Pertama tergenang (WIB)"), required=False,
        help_text=_("Menurut laporan ketua RT atau petugas yang pertama"),
    )  # fmt: skip
    lessons = forms.CharField(
        label=_("Pelajaran"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5}), required=False
    )

    def clean(self) -> dict[str, Any]:
        """A flood has a time."""
        found: dict[str, Any] = super().clean() or {}
        if found.get("flooded") == "ya" and not found.get("flooded_at") and "flooded_at" not in self.errors:
            self.add_error("flooded_at", _("Isi kapan pertama tergenang"))
        return found

    def when(self) -> dt.datetime | None:
        """The moment, None for no flood."""
        return self.cleaned_data["flooded_at"] if self.cleaned_data["flooded"] == "ya" else None


class DrillForm(forms.Form):
    """A drill for the calendar."""

    name = forms.CharField(label=_("Nama latihan"), max_length=160)
    river = forms.ChoiceField(label=_("Sungai"), choices=lambda: list(River.objects.values_list("code", "name")))
    planned_at = MomentField(label=_("Kapan (WIB)"))
    aims = forms.CharField(
        label=_("Yang dilatih"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), required=False
    )


def _area_choices(warning: Warning) -> list[tuple[str, str]]:
    """The river's places at risk, and whatever is chosen already."""
    at_risk = risk.areas().filter(river_id=warning.episode.river_id).values_list("place_code", flat=True)
    known = {*at_risk, *warning.area_codes}
    codes = sorted(known)
    return list(zip(codes, risk.names_of(codes), strict=True))


def hours_left(warning: Warning) -> int:
    """The hours a draft is to hold, for the form."""
    left = (warning.expires_at - now()).total_seconds() / 3600
    return max(1, min(LONGEST_HOURS, round(left)))


def local(moment: dt.datetime | None) -> dt.datetime | None:
    """A moment as the form shows it."""
    return moment.astimezone(city_zone()) if moment else None
