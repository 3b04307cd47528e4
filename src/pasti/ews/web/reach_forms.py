"""The forms of those who want to be warned, and of the RT heads."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pasti.ews.models import Subscription
from pasti.ews.services.reach.rt_heads import MOST_HOUSES
from pasti.ews.services.reach.subscribing import Wish, refused_address

Channel = Subscription.Channel
CHANNELS = [
    (Channel.PUSH, _("Pemberitahuan di peramban ini")), (Channel.WHATSAPP, "WhatsApp"), (Channel.SMS, "SMS"),
    (Channel.EMAIL, _("Surel")), (Channel.TELEGRAM, "Telegram"),
]  # fmt: skip
LANGUAGES = [("id", "Bahasa Indonesia"), ("en", "English")]


class SubscribeForm(forms.Form):
    """How and for which place. A script fills `address` and the keys for the browser's own notifications."""

    place = forms.ChoiceField(label=_("Tempat"))
    channel = forms.ChoiceField(label=_("Lewat apa?"), choices=CHANNELS, widget=forms.RadioSelect)
    address = forms.CharField(
        label=_("Nomor atau alamat"), max_length=600,
        help_text=_("Nomor HP, alamat surel, atau nomor obrolan Telegram. Hanya dipakai untuk peringatan banjir."),
        widget=forms.TextInput(attrs={"autocomplete": "on", "data-push-address": ""}),
    )  # fmt: skip
    language = forms.ChoiceField(label=_("Bahasa"), choices=LANGUAGES, initial="id")
    p256dh = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    auth = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """What is missing is said for the way that was chosen: a number is no e-mail address."""
        found: dict[str, Any] = super().clean() or {}
        missing = self.has_error("address", "required") and found.get("channel")
        if missing:
            del self.errors["address"]
            self.add_error("address", refused_address(found["channel"]))
        return found

    def wish(self) -> Wish:
        """What was asked for."""
        asked = self.cleaned_data
        keys = {name: asked[name] for name in ("p256dh", "auth")} if asked["channel"] == Channel.PUSH else {}
        places = [asked["place"]] if asked["place"] else []
        return Wish(asked["channel"], asked["address"], places, asked["language"], keys)


class WarnedForm(forms.Form):
    """I have warned my RT: how many houses were reached."""

    houses = forms.IntegerField(
        label=_("Berapa rumah yang sudah Anda datangi atau hubungi?"), min_value=0, max_value=MOST_HOUSES,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    note = forms.CharField(
        label=_("Catatan"), max_length=300, required=False,
        help_text=_("Misalnya: dua lansia perlu dijemput di ujung gang"),
    )  # fmt: skip
