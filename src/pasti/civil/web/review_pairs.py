"""Pages of records that may be one person: the list, two side by side, the decision."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pasti.civil import queries
from pasti.civil.queries.review import COMPARED, Comparison, Side
from pasti.civil.rules import nik
from pasti.civil.services import duplicates
from pasti.civil.web.review_people import within_scope
from pasti.civil.web.review_words import field_names, sign_names
from pasti.kernel.api.paging import page_of
from pasti.kernel.errors import NotFound, Refused
from pasti.kernel.ui.templatetags.pasti_ui import tanggal

PAGE = 20
STATES = ("open", "different", "merged")


class DecisionForm(forms.Form):
    """Two people, or one and which record goes on; and why."""

    verdict = forms.ChoiceField(label=gettext_lazy("Putusan"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=gettext_lazy("Alasan"),
        max_length=300,
        help_text=gettext_lazy("Misalnya: KTP dan akta diperiksa di loket."),
    )

    def __init__(self, *args: Any, people: list[tuple[UUID, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        kept = [(str(pk), _("Satu orang yang sama: pakai catatan %(name)s") % {"name": name}) for pk, name in people]
        self.fields["verdict"].choices = [("different", _("Dua orang yang berbeda")), *kept]  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why a decision is taken back."""

    reason = forms.CharField(label=gettext_lazy("Mengapa putusan ini keliru?"), max_length=300)


@require_safe
@within_scope("civil.review", duplicates.PURPOSE)
def pairs(request: HttpRequest) -> HttpResponse:
    """Pairs that wait for a decision, the most alike first; or those decided."""
    state = request.GET.get("keadaan", "open")
    state = state if state in STATES else "open"
    cursor = request.GET.get("sesudah", "")[:400]
    page = page_of(queries.open_pairs(state=state), cursor or None, PAGE, ("-score", "id"))
    queries.pairs_listed(page["items"], purpose=duplicates.PURPOSE)
    signs = sign_names()
    query = {"keadaan": state}
    context = {
        "rows": [(one, ", ".join(signs.get(sign, sign) for sign in one.signs)) for one in page["items"]], "state": state,
        "states": [("open", _("Menunggu")), ("different", _("Berbeda")), ("merged", _("Digabung"))],
        "next_url": f"?{urlencode(query | {'sesudah': page['next']})}" if page["next"] else "",
        "prev_url": f"?{urlencode(query)}" if cursor else "",
    }  # fmt: skip
    return render(request, "civil/review_pairs.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@within_scope("civil.review", duplicates.PURPOSE)
def pair(request: HttpRequest, pair_id: int) -> HttpResponse:
    """Two records side by side, and what the officer decides."""
    both = queries.comparison(pair_id, purpose=duplicates.PURPOSE)
    people = [(both.first.person.pk, _("pertama")), (both.second.person.pk, _("kedua"))]
    form = DecisionForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        try:
            _decide(pair_id, **form.cleaned_data)
            messages.success(request, _("Putusan tercatat."))
            return redirect("civil:pairs")
        except NotFound:
            raise
        except Refused as refusal:
            form.add_error("reason" if refusal.field == "reason" else "verdict", refusal.message)
    return _pair_page(request, both, form, ReasonForm())


@require_POST
@within_scope("civil.review", duplicates.PURPOSE)
def reopen(request: HttpRequest, pair_id: int) -> HttpResponse:
    """Take a decision back."""
    both = queries.comparison(pair_id, purpose=duplicates.PURPOSE)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            duplicates.separate(pair_id, form.cleaned_data["reason"])
            messages.success(request, _("Putusan ditarik kembali."))
            return redirect("civil:pair", pair_id=pair_id)
        except NotFound:
            raise
        except Refused as refusal:
            form.add_error("reason", refusal.message)
    return _pair_page(request, both, None, form)


def _decide(pair_id: int, verdict: str, reason: str) -> None:
    if verdict == "different":
        duplicates.keep_apart(pair_id, reason)
    else:
        duplicates.merge(pair_id, UUID(verdict), reason)


def _pair_page(
    request: HttpRequest, both: Comparison, form: DecisionForm | None, reopening: ReasonForm
) -> HttpResponse:
    names, signs = field_names(), sign_names()
    rows: list[tuple[Any, ...]] = [
        (names[field], _shown(both.first, field), _shown(both.second, field), field in both.differing)
        for field in COMPARED
    ]
    rows += [
        (_("Nomor KK"), both.first.card or "–", both.second.card or "–", both.first.card != both.second.card),
        (_("Peristiwa tercatat"), both.first.events, both.second.events, False),
    ]
    context = {
        "both": both, "rows": rows, "form": form, "reopening": reopening,
        "signs": [signs.get(sign, sign) for sign in both.pair.signs], "open": both.pair.state == "open",
    }  # fmt: skip
    refused = (form and form.errors) or reopening.errors
    response = render(request, "civil/review_pair.html", context, status=422 if refused else 200)
    response["Cache-Control"] = "no-store"
    return response


def _shown(side: Side, field: str) -> str:
    """A field as a clerk compares it: numbers masked but for what tells them apart, codes in words."""
    value = getattr(side.person, field)
    if field in ("nik", "mother_nik"):
        return nik.masked(value) if value else "–"
    if field == "birth_date":
        return tanggal(value, "long")
    return side.place if field == "rt_code" else str(side.words.get(field, value) or "–")
