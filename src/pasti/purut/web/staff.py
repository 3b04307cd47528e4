"""Pages of the nurse and the counter."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pasti.identity.queries import wallet as cards
from pasti.kernel.accounts.access import permission_required, require
from pasti.kernel.accounts.models import User
from pasti.kernel.errors import NotFound, Refused
from pasti.purut import queries, services
from pasti.purut.models import Antrean, Sesi
from pasti.purut.rules.states import FOLLOWS, State
from pasti.purut.web.forms import CodeForm, RoomForm, WalkInForm
from pasti.purut.web.patient import STATES

CARD = ("rsud-loket/pendaftaran",)  # the question a card is asked at the counter
ACTS = {
    "panggil-lagi": (services.call_again, "purut.call"),
    "lewati": (services.skip, "purut.call"),
    "layani": (services.start, "purut.call"),
    "selesai": (services.finish, "purut.call"),
    "datang": (services.check_in, "purut.check_in"),
    "batal": (services.cancel, "purut.register"),
}


@require_safe
@permission_required("purut.queue")
def sessions(request: HttpRequest) -> HttpResponse:
    """Today's sessions with their counts."""
    rows = [row | {"name": queries.poli_name(row["sesi"].poli)} for row in queries.sessions_today()]
    return render(request, "purut/sessions.html", {"rows": rows})


@require_safe
@permission_required("purut.queue")
def queue(request: HttpRequest, sesi_id: int) -> HttpResponse:
    """One session's queue: who is called, who waits, and what can be done."""
    sesi = _session(sesi_id)
    rows = [(one, queries.label_of(one), STATES[State(one.state)], _offered(one)) for one in queries.queue_of(sesi.pk)]
    now_called = [row for row in rows if row[0].state in (State.CALLED, State.SERVING)]
    waiting = sum(row[0].state in (State.CHECKED_IN, State.SKIPPED) for row in rows)
    context = {
        "sesi": sesi, "name": queries.poli_name(sesi.poli), "rows": rows, "now_called": now_called, "waiting": waiting,
        "room": request.session.get("purut_room") or _("ruang %(poli)s") % {"poli": sesi.poli.name},
    }  # fmt: skip
    return render(request, "purut/queue.html", context)


@require_POST
@permission_required("purut.call")
def call_next(request: HttpRequest, sesi_id: int) -> HttpResponse:
    """Call the next patient to the nurse's room."""
    form = RoomForm(request.POST)
    if form.is_valid():
        request.session["purut_room"] = form.cleaned_data["room"]
        called = services.call_next(_session(sesi_id).pk, form.cleaned_data["room"])
        if called is None:
            messages.info(request, _("Tidak ada pasien yang menunggu. Tandai dulu pasien yang sudah datang."))
    else:
        messages.error(request, _("Isi dulu ruang tempat pasien dipanggil."))
    return redirect("purut:queue", sesi_id=sesi_id)


@require_POST
@permission_required("purut.queue")
def act(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    """One act on one registration. Pressing twice is pressing once."""
    if verb not in ACTS:
        raise Http404
    service, permission = ACTS[verb]
    require(request.user, permission)
    try:
        one = queries.by_code(code)
        service(one)
    except NotFound:
        raise Http404 from None
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("purut:queue", sesi_id=one.sesi_id)


@require_http_methods(["GET", "POST"])
@permission_required("purut.register")
def counter(request: HttpRequest) -> HttpResponse:
    """The counter: register a walk-in, or find a registration by its code."""
    choices = [
        (row["sesi"].pk, f"{queries.poli_name(row['sesi'].poli)}, {row['sesi'].dokter.name}")
        for row in queries.sessions_today()
    ]
    user = cast(User, request.user)
    shown = cards.handed_over(user, request.GET.get("kartu", ""), CARD)
    form = WalkInForm(request.POST or None, sessions=choices, initial=_from_card(shown))
    if request.method == "POST" and form.is_valid():
        try:
            asked = dict(form.cleaned_data)
            person = {name: asked.pop(name) for name in ("nik", "name", "birth_date", "sex", "phone")}
            made = services.book(patient=services.PatientWanted(**person), channel="loket", **asked)
            services.check_in(made)
            return redirect("purut:ticket", code=made.code)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    card = cards.asked_at(user, CARD, request.path, shown)
    context = {"form": form, "code_form": CodeForm(), "card": card}
    return render(request, "purut/counter.html", context, status=422 if form.errors else 200)


def _from_card(shown: dict[str, Any]) -> dict[str, Any]:
    """The form's fields as a card says them; only what was shown."""
    sexes = {"laki-laki": "L", "perempuan": "P"}
    told = {"nik": shown.get("nik"), "name": shown.get("name"), "birth_date": shown.get("birth_date"),
            "sex": sexes.get(str(shown.get("sex", "")))}  # fmt: skip
    return {name: value for name, value in told.items() if value}


@require_safe
@permission_required("purut.queue")
def find(request: HttpRequest) -> HttpResponse:
    """A registration by its code, at the counter."""
    form = CodeForm(request.GET)
    try:
        return redirect("purut:queue", sesi_id=queries.by_code(form.data.get("code", "").replace("\x00", "")).sesi_id)
    except NotFound:
        messages.error(request, _("Kode itu tidak ditemukan."))
        return redirect("purut:counter")


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
    }
    return render(request, "purut/ticket.html", context)


def _session(sesi_id: int) -> Sesi:
    try:
        return queries.session(sesi_id)
    except NotFound:
        raise Http404 from None


def _offered(one: Antrean) -> list[tuple[str, str]]:
    """The acts the state allows, with their names."""
    following = FOLLOWS[State(one.state)]
    named = [
        (State.CHECKED_IN, "datang", _("Sudah datang")), (State.SERVING, "layani", _("Mulai layani")),
        (State.SKIPPED, "lewati", _("Lewati")), (State.DONE, "selesai", _("Selesai")),
    ]  # fmt: skip
    acts = [(verb, name) for state, verb, name in named if state in following]
    if one.state == State.CALLED:
        acts = [("panggil-lagi", _("Panggil lagi")), *acts, ("selesai", _("Selesai"))]
    return acts
