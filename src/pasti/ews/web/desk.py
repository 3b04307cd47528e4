"""PUSDALOPS: what asks for an answer, how the rivers stand, and one tap to warn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pasti.ews.models import Warning
from pasti.ews.queries import episodes, levels, moment, risk, warnings
from pasti.ews.queries.policy import policy
from pasti.ews.services import drafting, ending, issuing
from pasti.ews.templatetags.ews import local
from pasti.ews.web.desk_forms import ReasonForm, WarningForm, hours_left
from pasti.ews.web.pages import desk, found_or_404, officer, tried
from pasti.kernel.accounts.access import permission_required
from pasti.kernel.errors import NotFound, Refused

BACK = "ews:desk"


@require_safe
@permission_required("ews.watch")
def board(request: HttpRequest) -> HttpResponse:
    """The watch: proposals, approvals, warnings, gauges, reports. The live part alone when the page itself asks for it."""
    after = warnings.position()
    rows = levels.all_now()
    context: dict[str, Any] = {
        "after": after, "pace": moment.pace(), "asked": warnings.proposals(),
        "waiting": _with_places(list(warnings.waiting())),
        "drafts": list(warnings.drafts()[:20]),
        "standing": [*warnings.in_force(), *warnings.in_force("exercise")], "rows": rows,
        "troubled": [one for one in rows if one.silent or one.gauge.trouble or one.doubtful],
        "reports": list(episodes.reports(waiting_only=True)[:10]), "shift": episodes.shift(), "me": officer(request).pk,
    }  # fmt: skip
    return desk(request, "desk_live.html" if request.headers.get("X-Live") else "desk.html", **context)


@require_POST
@permission_required("ews.issue")
def issue(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """One tap: issue what is proposed."""
    try:
        warning = issuing.issue_proposal(proposal_id, by=officer(request))
        _say(request, warning)
    except NotFound:
        raise Http404 from None
    except Refused as refusal:
        messages.warning(request, refusal.message)
        if refusal.code == "air-masih-tinggi" and (standing := warnings.standing_beside(proposal_id)):
            return redirect("ews:act", "aman", standing.pk)  # where the reason can be written
    return redirect(BACK)


@require_POST
@permission_required("ews.issue")
def write(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Write a warning of one's own words from a proposal."""
    return _to_draft(request, lambda: drafting.draft(proposal_id, officer(request)))


@require_POST
@permission_required("ews.issue")
def update(request: HttpRequest, warning_id: int) -> HttpResponse:
    """Begin what is to replace the warning in force."""
    return _to_draft(request, lambda: drafting.draft_update(warning_id, officer(request)))


@require_http_methods(["GET", "POST"])
@permission_required("ews.issue")
@found_or_404
def edit(request: HttpRequest, warning_id: int) -> HttpResponse:
    """Words, area, stage and hours of a draft; keep it, or keep and issue it. What was typed stays when refused."""
    warning = warnings.one(warning_id)
    names = [(one.stage, str(local(one, "name"))) for one in policy().stages]
    form = WarningForm(request.POST or None, initial=_initial(warning), warning=warning, names=names)
    if request.method == "POST" and form.is_valid():
        try:
            kept = drafting.edit(warning_id, form.text(), version=form.cleaned_data["version"], by=officer(request))
            if "terbit" not in request.POST:
                messages.success(request, _("Konsep tersimpan."))
                return redirect("ews:edit", warning_id)
            _say(request, issuing.issue(warning_id, version=kept.version, by=officer(request)))
            return redirect(BACK)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    is_draft = warning.state == Warning.State.DRAFT
    return desk(request, "edit.html", 422 if form.errors else 200, form=form, warning=warning, is_draft=is_draft)


@require_POST
@permission_required("ews.approve")
def approve(request: HttpRequest, warning_id: int) -> HttpResponse:
    """The second person's yes, to the text that stood on the board."""
    read = request.POST.get("version", "")
    version = int(read) if read.isascii() and read.isdecimal() and len(read) < 10 else 0
    act = lambda: issuing.approve(warning_id, version=version, by=officer(request))  # noqa: E731
    return tried(request, act, _("Peringatan terbit."), BACK)


@require_http_methods(["GET", "POST"])
@permission_required("ews.watch")
def act(request: HttpRequest, verb: str, pk: int) -> HttpResponse:
    """Acts that need a reason: dismiss a proposal, send a warning back, cancel one, end one while the water is up."""
    if verb not in ("tolak", "kembalikan", "batal", "aman"):
        raise Http404
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _do(request, verb, pk, form.cleaned_data["reason"])
            return redirect(BACK)
        except NotFound:
            raise Http404 from None
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    return desk(request, "reason.html", 422 if form.errors else 200, form=form, verb=verb, about=_about(verb, pk))


@require_POST
@permission_required("ews.issue")
def all_clear(request: HttpRequest, warning_id: int) -> HttpResponse:
    """It is over."""
    try:
        ending.all_clear(warning_id, by=officer(request))
        messages.success(request, _("Aman dinyatakan; peringatan berakhir."))
    except NotFound:
        raise Http404 from None
    except Refused as refusal:
        messages.warning(request, refusal.message)
        if refusal.code == "air-masih-tinggi":
            return redirect("ews:act", "aman", warning_id)
    return redirect(BACK)


def _with_places(rows: list[Warning]) -> list[tuple[Warning, list[str]]]:
    """Warnings with their places in words: nobody approves an area unread."""
    codes = sorted({code for one in rows for code in one.area_codes})
    names = dict(zip(codes, risk.names_of(codes), strict=True)) if codes else {}
    return [(one, [names[code] for code in one.area_codes]) for one in rows]


def _do(request: HttpRequest, verb: str, pk: int, reason: str) -> None:
    by = officer(request)
    if verb == "tolak":
        issuing.dismiss(pk, by=by, reason=reason)
        messages.success(request, _("Usulan ditolak."))
    elif verb == "kembalikan":
        issuing.send_back(pk, by=by, reason=reason)
        messages.success(request, _("Dikembalikan kepada penyusunnya."))
    elif verb == "aman":
        ending.all_clear(pk, by=by, despite=reason)
        messages.success(request, _("Aman dinyatakan; peringatan berakhir."))
    else:
        ending.cancel(pk, by=by, reason=reason)
        messages.success(request, _("Peringatan dibatalkan; warga diberi tahu."))


def _about(verb: str, pk: int) -> str:
    """What the reason is for, in words."""
    try:
        if verb == "tolak":
            return str(
                local(next(one.proposal for one in warnings.proposals(False) if one.proposal.pk == pk), "sentence")
            )
        return str(local(warnings.one(pk), "headline"))
    except (NotFound, StopIteration):
        return ""


def _to_draft(request: HttpRequest, make: Callable[[], Warning]) -> HttpResponse:
    try:
        return redirect("ews:edit", make().pk)
    except NotFound:
        raise Http404 from None
    except Refused as refusal:
        messages.warning(request, refusal.message)
        return redirect(BACK)


def _initial(warning: Warning) -> dict[str, object]:
    return {
        **vars(drafting.words_of(warning)), "version": warning.version, "stage": warning.stage,
        "area_codes": warning.area_codes, "valid_hours": hours_left(warning),
    }  # fmt: skip


def _say(request: HttpRequest, warning: Warning) -> None:
    waits = warning.state == Warning.State.APPROVAL
    messages.success(request, _("Menunggu persetujuan orang kedua.") if waits else _("Peringatan terbit."))
