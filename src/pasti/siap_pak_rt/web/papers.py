"""Papers of one's own, and of the unit: see, download, revoke, sign."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pasti.kernel.accounts.access import can, permission_required, signed_in
from pasti.kernel.accounts.freshness import fresh_required
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import scope_of, scoped
from pasti.kernel.accounts.scoping import covers
from pasti.kernel.api.paging import page_of
from pasti.kernel.api.problems import Problem
from pasti.kernel.api.retries import done_before, remember
from pasti.kernel.errors import NotFound, Refused
from pasti.siap_pak_rt.models import Paper
from pasti.siap_pak_rt.queries import papers as queries
from pasti.siap_pak_rt.rules import papers as rules
from pasti.siap_pak_rt.services import papers as services
from pasti.siap_pak_rt.services import papers_desk
from pasti.siap_pak_rt.web import papers_words as words
from pasti.siap_pak_rt.web.papers_forms import RevokeForm, SignForm

PAGE = 20


@require_safe
@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    """My papers; for officials also those their unit issued."""
    user = cast(User, request.user)
    context: dict[str, object] = {"rows": [(one, *words.state(one)) for one in queries.mine(user)]}
    if can(user, "siap_pak_rt.papers_read"):
        context |= _of_unit(request, user)
    return render(request, "siap_pak_rt/papers_list.html", context)


@require_safe
@signed_in
def download(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """The file, for those who may read it. While it is not ready: the page that says so."""
    try:
        paper, content = queries.downloaded(paper_id, cast(User, request.user))
    except NotFound:
        raise Http404 from None
    if not content:
        return redirect("siap_pak_rt:papers_detail", paper_id=paper_id)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="surat-{paper.issued_on:%Y%m%d}-{paper.code[:8]}.pdf"'
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
@signed_in
def detail(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """Where a paper stands, and who checked it."""
    user = cast(User, request.user)
    try:
        paper, checks = queries.readable(paper_id, user)
    except NotFound:
        raise Http404 from None
    label, tone = words.state(paper)
    context = {
        "paper": paper, "state": label, "tone": tone, "signature": words.signature(paper), "ended": words.ended(paper),
        "checks": [(one, words.check(one)) for one in checks], "grouped": rules.grouped(paper.code),
        "can_revoke": paper.state != Paper.State.REVOKED and _may_revoke(user, paper),
    }  # fmt: skip
    response = render(request, "siap_pak_rt/papers_detail.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("siap_pak_rt.papers_revoke")
def revoke(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """Say why, then the paper no longer holds."""
    user = cast(User, request.user)
    with scoped(scope_of(user, services.PURPOSE)):
        paper = Paper.objects.filter(pk=paper_id).first()
        if paper is None:
            raise Http404
        form = RevokeForm(request.POST or None)
        if request.method == "POST" and form.is_valid() and _revoked(request, user, paper, form):
            messages.success(request, _("Surat dicabut. Siapa pun yang memeriksanya kini diberi tahu."))
            return redirect("siap_pak_rt:papers_detail", paper_id=paper_id)
    context = {"paper": paper, "form": form, "key": request.POST.get("idempotency_key", "")}
    return render(request, "siap_pak_rt/papers_revoke.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("siap_pak_rt.papers_sign")
@fresh_required
def sign(request: HttpRequest) -> HttpResponse:
    """What waits for my certified signature, and the passphrase that gives it."""
    user = cast(User, request.user)
    form = SignForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        batch = papers_desk.sign_waiting(user, form.cleaned_data["nik"], form.cleaned_data["passphrase"])
        if batch.signed:
            messages.success(request, _("%(count)s surat ditandatangani.") % {"count": batch.signed})
        if not batch.problem:
            return redirect("siap_pak_rt:papers_sign")
        form.add_error(batch.field or None, batch.problem)
    context = {"rows": queries.unsigned(user), "form": form, "at_once": papers_desk.AT_ONCE}
    response = render(request, "siap_pak_rt/papers_sign.html", context, status=422 if form.errors else 200)
    response["Cache-Control"] = "no-store"
    return response


def _revoked(request: HttpRequest, user: User, paper: Paper, form: RevokeForm) -> bool:
    key = request.POST.get("idempotency_key", "")
    try:
        with transaction.atomic():
            if not done_before(user.pk, key, "siap_pak_rt.web.papers_revoke"):
                papers_desk.withdraw(paper.pk, form.cleaned_data["reason"], form.cleaned_data["ended"])
                remember(user.pk, key, str(paper.pk))
        return True
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return False


def _may_revoke(user: User, paper: Paper) -> bool:
    return can(user, "siap_pak_rt.papers_revoke") and covers(scope_of(user, services.PURPOSE), paper.issuer_code)


def _of_unit(request: HttpRequest, user: User) -> dict[str, object]:
    asked, cursor = request.GET.get("q", "")[:60], request.GET.get("setelah") or None
    with scoped(scope_of(user, services.PURPOSE)):
        rows = queries.of_unit(asked)
        try:
            page = page_of(rows, cursor, PAGE, ("-created_at", "-id"))
        except Problem:
            page = page_of(rows, None, PAGE, ("-created_at", "-id"))
        queries.listed(page["items"])
    following = "?" + urlencode({"q": asked, "setelah": page["next"]}) if page["next"] else ""
    return {"official": True, "unit_rows": [(one, *words.state(one)) for one in page["items"]], "query": asked,
            "next_url": following, "prev_url": "?" + urlencode({"q": asked}) if cursor else ""}  # fmt: skip
