"""Pages of the counter: walk-ins, new patients who wait for a record, tickets."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pasti.identity.queries import wallet as cards
from pasti.kernel.accounts.access import can, permission_required
from pasti.kernel.accounts.models import User
from pasti.kernel.errors import NotFound, Refused
from pasti.purut import queries, services
from pasti.purut.queries import day as day_queries
from pasti.purut.rules.sameness import same_name
from pasti.purut.rules.states import State
from pasti.purut.web.forms import CodeForm, WalkInForm
from pasti.purut.web.once import once
from pasti.purut.web.wording import STATES

CARD = ("rsud-loket/pendaftaran",)  # the question a card is asked at the counter


@require_http_methods(["GET", "POST"])
@permission_required("purut.register")
def counter(request: HttpRequest) -> HttpResponse:
    """The counter: register a walk-in, find a registration by its code, admit who is new."""
    choices = [
        (row["sesi"].pk, f"{queries.poli_name(row['sesi'].poli)}, {row['sesi'].dokter.name}")
        for row in queries.sessions_today()
    ]
    user = cast(User, request.user)
    shown = cards.handed_over(user, request.GET.get("kartu", ""), CARD)
    form = WalkInForm(request.POST or None, sessions=choices, initial=_from_card(shown) | _usual(request))
    if request.method == "POST" and form.is_valid():
        try:
            code = once(request, "purut.web.walk_in", lambda: _register(request, form), form.cleaned_data)
            return redirect(f"{reverse('purut:ticket', args=[code])}?cetak=1")
        except Refused as refusal:
            field = "nik" if refusal.field == "patient" else refusal.field
            form.add_error(field if field in form.fields else None, refusal.message)
    card = cards.asked_at(user, CARD, request.path, shown)
    context = {
        "form": form,
        "key": request.POST.get("idempotency_key", ""),
        "code_form": CodeForm(initial={"code": request.GET.get("code", "")[:12].replace("\x00", "")}),
        "card": card,
        "admission": _admission(),
    }
    return render(request, "purut/counter.html", context, status=422 if form.errors else 200)


def _register(request: HttpRequest, form: WalkInForm) -> str:
    """Register the patient; the code. A NIK that stands in the record under another name is said to the clerk."""
    asked = dict(form.cleaned_data)
    person = {name: asked.pop(name) for name in ("nik", "name", "birth_date", "sex", "phone")}
    made = services.walk_in(patient=services.PatientWanted(**person), **asked)
    request.session["purut_sesi"] = made.sesi_id
    if not same_name(made.patient.name, person["name"]):
        said = _("NIK ini tercatat atas nama %(name)s. Bila bukan orangnya, batalkan nomor ini dan periksa NIK-nya.")
        messages.warning(request, said % {"name": day_queries.name_of(made)})
    return made.code


def _from_card(shown: dict[str, Any]) -> dict[str, Any]:
    """The form's fields as a card says them; only what was shown."""
    sexes = {"laki-laki": "L", "perempuan": "P"}
    told = {"nik": shown.get("nik"), "name": shown.get("name"), "birth_date": shown.get("birth_date"),
            "sex": sexes.get(str(shown.get("sex", "")))}  # fmt: skip
    return {name: value for name, value in told.items() if value}


def _usual(request: HttpRequest) -> dict[str, Any]:
    """The session the last patient was registered for: the next in line often goes there too."""
    return {"sesi_id": request.session["purut_sesi"]} if "purut_sesi" in request.session else {}


def _admission() -> list[tuple[Any, str, str, tuple[str, str]]]:
    """Who waits for admission: the row, its number, its state in words, and what can be done."""
    acts = {
        State.ADMISSION: ("mulai-daftar", _("Mulai daftar")),
        State.ADMITTING: ("selesai-daftar", _("Selesai daftar")),
    }
    return [
        (one, queries.label_of(one), STATES[State(one.state)], acts[State(one.state)])
        for one in day_queries.at_admission()
    ]


@require_safe
@permission_required("purut.queue")
def find(request: HttpRequest) -> HttpResponse:
    """A registration by its code, at the counter."""
    form = CodeForm(request.GET)
    try:
        return redirect("purut:queue", sesi_id=queries.by_code(form.data.get("code", "").replace("\x00", "")).sesi_id)
    except NotFound:
        messages.error(request, _("Kode itu tidak ditemukan."))
        return redirect(f"{reverse('purut:counter')}?{urlencode({'code': form.data.get('code', '')[:12]})}")


@require_safe
@permission_required("purut.queue")
def ticket(request: HttpRequest, code: str) -> HttpResponse:
    """The paper ticket of a walk-in, for a thermal printer."""
    try:
        one = queries.by_code(code)
    except NotFound:
        raise Http404 from None
    context = {
        "antrean": one,
        "label": queries.label_of(one),
        "window": queries.window_of(one),
        "name": queries.poli_name(one.poli),
        "fresh": "cetak" in request.GET,
        "can_cancel": can(request.user, "purut.register") and day_queries.may_cancel(one),
    }
    return render(request, "purut/ticket.html", context)
