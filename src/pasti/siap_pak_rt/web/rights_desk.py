"""Answering what people ask of their data, the one with least time left first."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pasti.civil import queries as register
from pasti.kernel.accounts.access import can, permission_required
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import scoped
from pasti.kernel.api.paging import page_of
from pasti.kernel.errors import NotFound, Refused
from pasti.kernel.places import queries as places
from pasti.siap_pak_rt.queries import rights as queries
from pasti.siap_pak_rt.services import rights as services
from pasti.siap_pak_rt.web import rights_words
from pasti.siap_pak_rt.web.rights_forms import AnswerForm

PURPOSE = services.PURPOSE
PAGE = 20


@require_safe
@permission_required("siap_pak_rt.rights.answer")
def queue(request: HttpRequest) -> HttpResponse:
    """Requests of my area: waiting, or answered."""
    user, done = cast(User, request.user), request.GET.get("lihat") == "selesai"
    kinds = kinds_of(user)
    with scoped(register.scope_for(user, PURPOSE)):
        rows = queries.answered(kinds=kinds) if done else queries.waiting(kinds=kinds)
        order = ("-decided_at", "-id") if done else ("asked_at", "id")
        page = page_of(rows, request.GET.get("setelah"), PAGE, order)
        shown = [rights_words.row(one) for one in queries.listed(page["items"])]
    keep = "&lihat=selesai" if done else ""
    context = {
        "rows": shown, "done": done, "next_url": f"?setelah={page['next']}{keep}" if page["next"] else "",
        "prev_url": f"?{keep[1:]}" if "setelah" in request.GET else "",
    }  # fmt: skip
    return render(request, "siap_pak_rt/rights_queue.html", context)


@require_http_methods(["GET", "POST"])
@permission_required("siap_pak_rt.rights.answer")
def answer(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """One request: what is recorded, what is wanted, and the two answers."""
    user, form = cast(User, request.user), AnswerForm(request.POST or None)
    with scoped(register.scope_for(user, PURPOSE)):
        try:
            found = queries.one(request_id)
        except NotFound:
            raise Http404 from None
        if found.kind not in kinds_of(user):
            raise Http404
        if request.method == "POST" and form.is_valid() and _decided(request, found.pk, form):
            return redirect("siap_pak_rt:rights_queue")
        context = rights_words.row(found) | {"form": form, "place": places.label(found.rt_code), "person": found.person}
    return render(request, "siap_pak_rt/rights_answer.html", context, status=422 if form.errors else 200)


def kinds_of(user: User) -> tuple[str, ...]:
    """The kinds of request this officer answers: a restriction is the civil registry's."""
    return ("correction", "restriction", "lifting") if can(user, "siap_pak_rt.rights.restrict") else ("correction",)


def _decided(request: HttpRequest, request_id: UUID, form: AnswerForm) -> bool:
    grant = request.POST.get("putusan") == "kabulkan"
    try:
        services.decide(request_id, grant=grant, answer=form.cleaned_data["answer"])
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return False
    messages.success(request, _("Jawaban terkirim."))
    return True
