"""The desk that checks cards: choose why, show the code, see what was asked and nothing else."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pasti.identity.queries import verifying as queries
from pasti.identity.rules import oid4vp
from pasti.identity.rules import verifying as rules
from pasti.identity.services import verifying, verifying_offline
from pasti.identity.web import verifying_words as words
from pasti.kernel.accounts.access import permission_required
from pasti.kernel.errors import NotFound, Refused

MAY = permission_required(queries.VERIFY)


@require_http_methods(["GET", "POST"])
@MAY
def desk(request: HttpRequest) -> HttpResponse:
    """The purposes of this desk; choosing one asks a new question."""
    user: Any = request.user
    error = ""
    if request.method == "POST":
        try:
            asked = verifying.ask(user, request.POST.get("tujuan", ""))
            back = _inside(request.POST.get("kembali", ""))
            way = reverse("identity:verifying_question", args=[asked.pk])
            return redirect(f"{way}?{urlencode({'kembali': back})}" if back else way)
        except Refused as refusal:
            error = refusal.message
    desks = [(one, words.claims(one.purpose.claims)) for one in queries.desks(user)]
    recent = [(one, words.outcome(one)) for one in queries.recent(user)]
    context = {"desks": desks, "recent": recent, "error": error}
    return render(request, "identity/verifying_desk.html", context, status=422 if error else 200)


@require_safe
@MAY
def question(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One question: its code while it is open, its result afterwards. Asked by the page itself, only whether it is over."""
    user: Any = request.user
    try:
        found = queries.result(user, pk)
    except NotFound:
        raise Http404 from None
    if request.headers.get("X-Poll"):
        return _polled(request, found)
    asked = found.asked
    context = {
        "found": found, "asked": asked, "purpose": asked.purpose, "wanted": words.claims(asked.claims),
        "link": oid4vp.request_link(asked.client_id, f"{settings.PASTI_BASE_URL}/id/oid4vp/request/{pk}"),
        "shown": words.shown(found.shown), "verdict": words.verdict(found), "colour": found.colour,
        "expired": found.over and asked.state == "open", "back": _filled(request.GET.get("kembali", ""), pk),
        "query": request.GET.urlencode(),
    }  # fmt: skip
    page = render(request, "identity/verifying_question.html", context)
    page["Cache-Control"] = "no-store"
    return page


def _inside(back: str) -> str:
    """The page of this platform that wants the answer for its form; empty for any other address."""
    return back if back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None) else ""


def _filled(back: str, pk: UUID) -> str:
    inside = _inside(back)
    return f"{inside}{'&' if '?' in inside else '?'}kartu={pk}" if inside else ""


def _polled(request: HttpRequest, found: queries.Result) -> HttpResponse:
    page = render(request, "identity/verifying_waiting.html", {"asked": found.asked})
    if found.over:
        page["X-Done"] = "1"
    return page


@require_POST
@MAY
def finish(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The desk is done: what was shown is dropped at once."""
    user: Any = request.user
    verifying.done(user, pk)
    return redirect("identity:verifying_desk")


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """The desk that works without a network: a shell without anybody's data."""
    english = (translation.get_language() or "").startswith("en")
    context = {"claims": rules.labelled(rules.PATHS, english), "causes": words.causes()}
    return render(request, "identity/verifying_offline.html", context)


@require_safe
@MAY
def provisions(request: HttpRequest) -> HttpResponse:
    """What the offline desk takes along: its passes, the issuer's keys, where the status lists are."""
    user: Any = request.user
    answer = JsonResponse(verifying_offline.provisions(user), json_dumps_params={"ensure_ascii": False})
    answer["Cache-Control"] = "no-store"
    return answer
