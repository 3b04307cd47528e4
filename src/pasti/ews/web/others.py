"""Alerts of other agencies: what holds, how their lists answer, and taking one in that came another way."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from pasti.ews.queries import cap, foreign
from pasti.ews.services import cap_import
from pasti.ews.web.pages import desk
from pasti.kernel.accounts.access import permission_required
from pasti.kernel.errors import Refused

LARGEST = 1024 * 1024


class AlertForm(forms.Form):
    """One CAP file."""

    berkas = forms.FileField(
        label=gettext_lazy("Berkas CAP (XML)"), help_text=gettext_lazy("Paling besar 1 MB, misalnya dari surel BMKG"),
        widget=forms.FileInput(attrs={"accept": ".xml,.cap,application/cap+xml"}), allow_empty_file=True,
    )  # fmt: skip

    def clean_berkas(self) -> bytes:
        """The bytes; no more than a message may have."""
        file = self.cleaned_data["berkas"]
        if file.size > LARGEST:
            raise forms.ValidationError(_("Berkas ini terlalu besar untuk sebuah peringatan CAP"))
        return bytes(file.read())


@require_http_methods(["GET", "POST"])
@permission_required("ews.watch")
def alerts(request: HttpRequest) -> HttpResponse:
    """Other agencies' alerts in force, and taking one in; a file that is refused says why, line by line."""
    form = AlertForm(request.POST, request.FILES) if request.method == "POST" else AlertForm()
    if request.method == "POST" and form.is_valid():
        try:
            cap_import.take(form.cleaned_data["berkas"])
            messages.success(request, _("Peringatan tersimpan."))
            return redirect("ews:alerts")
        except Refused as refusal:
            form.add_error("berkas", refusal.message)
    status = 422 if form.errors else 200
    return desk(
        request, "alerts.html", status, form=form, alerts=foreign.shown(count=50), feeds=list(cap.foreign_feeds())
    )
