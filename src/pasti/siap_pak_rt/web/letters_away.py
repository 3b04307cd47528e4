"""\"Saya berhalangan\": the head of an RT or RW names who decides meanwhile."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from pasti.kernel.accounts.access import permission_required
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import scoped
from pasti.kernel.clock import today
from pasti.kernel.errors import Refused
from pasti.siap_pak_rt.queries import letters_access as access
from pasti.siap_pak_rt.queries import letters_deputies
from pasti.siap_pak_rt.services import desk_deputies


class AwayForm(forms.Form):
    """From when to when, and who."""

    starts = forms.DateField(
        label=gettext_lazy("Hari pertama"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    ends = forms.DateField(
        label=gettext_lazy("Hari terakhir"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    user = forms.ChoiceField(label=gettext_lazy("Siapa yang menggantikan?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, candidates: list[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.initial = {"starts": today(), "ends": today() + dt.timedelta(days=2)}
        self.fields["user"].choices = candidates  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
@permission_required(access.DECIDE)
def away(request: HttpRequest) -> HttpResponse:
    """Name a deputy for some days, or end one."""
    user = cast(User, request.user)
    with scoped(access.scope_for(user)):
        own = next((a for a in access.authorities(user) if a.level in ("rt", "rw") and not a.deputy), None)
        deputies = letters_deputies.of_unit(own.area) if own else []
        candidates = letters_deputies.candidates(own, user) if own else []
        form = AwayForm(None if "akhiri" in request.POST else request.POST or None, candidates=candidates)
        if own and request.method == "POST":
            if "akhiri" in request.POST:
                return _end(request, {str(one.pk) for one in deputies})
            if form.is_valid() and _appoint(own.area, form):
                messages.success(request, _("Pengganti dicatat. Terima kasih sudah memberi tahu."))
                return redirect("siap_pak_rt:letters_away")
    context = {"form": form, "own": own, "deputies": deputies, "candidates": candidates}
    return render(request, "siap_pak_rt/letters_away.html", context, status=422 if form.errors else 200)


def _appoint(unit: str, form: AwayForm) -> bool:
    given = form.cleaned_data
    try:
        desk_deputies.appoint(unit, User.objects.get(pk=given["user"]), starts=given["starts"], ends=given["ends"])
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return False
    return True


def _end(request: HttpRequest, mine: set[str]) -> HttpResponse:
    if request.POST["akhiri"] in mine:
        desk_deputies.dismiss(int(request.POST["akhiri"]))
        messages.success(request, _("Anda memutus sendiri lagi."))
    return redirect("siap_pak_rt:letters_away")
