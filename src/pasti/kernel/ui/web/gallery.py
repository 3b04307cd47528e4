"""Every component on one page, for those who build screens and for the accessibility tests."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

BANDS = ("very_high", "high", "medium", "low", "very_low", "")


class Example(forms.Form):
    """A form with every kind of field."""

    name = forms.CharField(label=_("Nama lengkap"), help_text=_("Seperti pada KTP"), max_length=100)
    born = forms.DateField(label=_("Tanggal lahir"), widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(label=_("Keterangan"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    payer = forms.ChoiceField(
        label=_("Penjamin"), choices=[("umum", _("Umum")), ("jkn", "JKN")], widget=forms.RadioSelect
    )
    poli = forms.ChoiceField(label=_("Poli"), choices=[("ana", "Anak"), ("int", "Penyakit dalam")])
    agree = forms.BooleanField(label=_("Saya sudah membaca penjelasannya"))


def show(request: HttpRequest) -> HttpResponse:
    """The gallery; with `?nama=` the form is shown as refused, keeping what was typed."""
    form = Example(request.GET) if request.GET else Example()
    points = [("Jan", 62), ("Feb", 66), ("Mar", None), ("Apr", 71), ("Mei", 78), ("Jun", 83)]
    return render(request, "ui/gallery.html", {"form": form, "points": points, "bands": BANDS})
