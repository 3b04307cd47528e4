"""Pages of the nurse: today's sessions, one session's queue, and what is done to whom."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pasti.kernel.accounts.access import permission_required, require
from pasti.kernel.errors import NotFound, Refused
from pasti.purut import queries, services
from pasti.purut.models import Antrean, Sesi
from pasti.purut.queries import day as day_queries
from pasti.purut.rules.states import ACTIVE, BEFORE_CALLED, FOLLOWS, State
from pasti.purut.web.forms import RoomForm
from pasti.purut.web.once import once
from pasti.purut.web.wording import STATES, priorities


def _finish_with(kind: str) -> Callable[[Antrean], None]:
    return lambda one: services.finish(one, kind)


# What is pressed: the service, the right it needs, and the page to come back to (empty: the session's queue).
ACTS: dict[str, tuple[Callable[[Antrean], None], str, str]] = {
    "panggil-lagi": (services.call_again, "purut.call", ""),
    "lewati": (services.skip, "purut.call", ""),
    "layani": (services.start, "purut.call", ""),
    "selesai": (services.finish, "purut.call", ""),
    "selesai-racikan": (_finish_with("racikan"), "purut.call", ""),
    "selesai-non-racikan": (_finish_with("non_racikan"), "purut.call", ""),
    "datang": (services.check_in, "purut.check_in", ""),
    "batal": (lambda one: services.cancel(one, by_patient=False), "purut.register", ""),
    "mulai-daftar": (services.begin_admission, "purut.register", "purut:counter"),
    "selesai-daftar": (services.admit, "purut.register", "purut:counter"),
    "siapkan": (services.prepare, "purut.pharmacy", "purut:pharmacy"),
    "siap": (services.declare_ready, "purut.pharmacy", "purut:pharmacy"),
    "serahkan": (services.hand_over, "purut.pharmacy", "purut:pharmacy"),
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
    everyone = [one for one in queries.queue_of(sesi.pk) if one.state != State.HELD]
    everyone.sort(key=lambda one: one.state not in ACTIVE)  # those who are over, below; each part by number
    rows = [(one, queries.label_of(one), STATES[State(one.state)], _offered(one)) for one in everyone]
    now_called = [row for row in rows if row[0].state in (State.CALLED, State.SERVING)]
    waiting = sum(row[0].state in (State.CHECKED_IN, State.SKIPPED) for row in rows)
    context = {
        "sesi": sesi, "name": queries.poli_name(sesi.poli), "rows": rows, "now_called": now_called, "waiting": waiting,
        "coming": [queries.label_of(one) for one in day_queries.coming(everyone, sesi.pk)],
        "others": _others(sesi) if now_called else [], "priorities": priorities(),
        "may_change": BEFORE_CALLED, "room": request.session.get("purut_room") or _("ruang %(poli)s") % {"poli": sesi.poli.name},
    }  # fmt: skip
    return render(request, "purut/queue.html", context)


@require_POST
@permission_required("purut.call")
def call_next(request: HttpRequest, sesi_id: int) -> HttpResponse:
    """Call the next patient to the nurse's room."""
    form = RoomForm(request.POST)
    if form.is_valid():
        request.session["purut_room"] = form.cleaned_data["room"]
        if not once(request, "purut.web.call", lambda: _call(sesi_id, form.cleaned_data["room"])):
            messages.info(request, _("Tidak ada pasien yang menunggu. Tandai dulu pasien yang sudah datang."))
    else:
        messages.error(request, str(form.errors["room"][0]))
    return redirect("purut:queue", sesi_id=sesi_id)


def _call(sesi_id: int, room: str) -> str:
    called = services.call_next(_session(sesi_id).pk, room)
    return called.code if called else ""


@require_POST
@permission_required("purut.queue")
def act(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    """One act on one registration. Pressing twice is pressing once."""
    if verb not in ACTS:
        raise Http404
    service, permission, page = ACTS[verb]
    require(request.user, permission)
    one = _by_code(code)
    try:
        once(request, "purut.web.act", lambda: _done(service, one), (code, verb))
        if verb == "datang" and one.state == State.ADMISSION:
            messages.info(request, _("Pasien baru: persilakan ke loket pendaftaran dulu."))
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect(page) if page else redirect("purut:queue", sesi_id=one.sesi_id)


def _done(service: Callable[[Antrean], None], one: Antrean) -> str:
    service(one)
    return one.code


@require_POST
@permission_required("purut.call")
def transfer(request: HttpRequest, code: str) -> HttpResponse:
    """Refer the patient on to another clinic today; back to the queue the patient comes from."""
    one = _by_code(code)
    chosen = request.POST.get("sesi_id", "")
    if not (chosen.isdecimal() and len(chosen) < 18):
        raise Http404
    try:
        moved = services.transfer(one, int(chosen))
        said = _("Pasien dirujuk ke %(poli)s dengan nomor %(label)s.")
        messages.success(request, said % {"poli": queries.poli_name(moved.poli), "label": queries.label_of(moved)})
    except NotFound:
        raise Http404 from None
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("purut:queue", sesi_id=one.sesi_id)


@require_POST
@permission_required("purut.check_in")
def priority(request: HttpRequest, code: str) -> HttpResponse:
    """Call a patient first, or in the usual order."""
    one = _by_code(code)
    try:
        services.set_priority(one, request.POST.get("priority", ""))
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("purut:queue", sesi_id=one.sesi_id)


def _others(sesi: Sesi) -> list[tuple[int, str]]:
    rows = day_queries.other_sessions_today(sesi.poli_id)
    return [(one.pk, f"{queries.poli_name(one.poli)}, {one.dokter.name}") for one in rows]


def _by_code(code: str) -> Antrean:
    try:
        return queries.by_code(code)
    except NotFound:
        raise Http404 from None


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
        (State.SKIPPED, "lewati", _("Lewati")),
    ]  # fmt: skip
    acts = [(verb, name) for state, verb, name in named if state in following and one.state != State.ADMITTING]
    if one.state == State.CALLED:
        acts = [("panggil-lagi", _("Panggil lagi")), *acts]
    if one.state in (State.CALLED, State.SERVING):
        acts += [("selesai", _("Selesai")), ("selesai-non-racikan", _("Selesai, resep non-racikan")),
                 ("selesai-racikan", _("Selesai, resep racikan"))]  # fmt: skip
    return acts
