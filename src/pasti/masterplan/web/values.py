"""Typed values: entering, and agreeing to somebody else's."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from pasti.kernel.accounts.access import can, permission_required
from pasti.kernel.errors import NotFound, Refused
from pasti.masterplan import queries, services

PAGE = 50


class ValueForm(forms.Form):
    """A value with the place where it can be looked up."""

    indicator = forms.ChoiceField(label=gettext_lazy("Indikator"))
    year = forms.IntegerField(label=gettext_lazy("Tahun"), min_value=2015, max_value=2031)
    value = forms.DecimalField(label=gettext_lazy("Nilai"), max_digits=20, decimal_places=4, localize=True)
    source = forms.CharField(
        label=gettext_lazy("Sumber atau bukti"), max_length=300,
        help_text=gettext_lazy("Nama dokumen, halaman, atau alamat tempat angka ini dapat diperiksa"),
    )  # fmt: skip

    def __init__(self, *args: object, **kwargs: object):
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        rows = [(i.pk, queries.local(i, "name")) for i in queries.indicators() if not i.computed]
        self.fields["indicator"].choices = rows  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
@permission_required("masterplan.enter")
def entered(request: HttpRequest) -> HttpResponse:
    """Enter a value; below, those that wait for a second person."""
    form = ValueForm(request.POST or None, initial={"year": queries.current_year()})
    if request.method == "POST" and form.is_valid():
        asked = dict(form.cleaned_data)
        services.enter_value(queries.indicator(asked.pop("indicator")), **asked)
        messages.success(request, _("Tersimpan. Nilai dihitung setelah disetujui orang kedua."))
        return redirect("masterplan:values")
    context = {
        "form": form,
        "waiting": queries.values_to_approve()[:PAGE],
        "may_approve": can(request.user, "masterplan.approve"),
    }
    return render(request, "masterplan/values.html", context, status=422 if form.errors else 200)


@require_POST
@permission_required("masterplan.approve")
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree to a value somebody else entered."""
    try:
        services.approve_value(pk)
        messages.success(request, _("Nilai disetujui dan kini dihitung."))
    except NotFound:
        raise Http404 from None
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("masterplan:values")
