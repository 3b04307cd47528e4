"""One's own files: see, add, take, share for a while, delete."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pasti.kernel.accounts.access import signed_in, to_sign_in
from pasti.kernel.accounts.models import User
from pasti.kernel.documents import queries, services
from pasti.kernel.documents.sniffing import EXTENSIONS
from pasti.kernel.documents.web.handing_out import handed_out
from pasti.kernel.errors import NotFound, Refused

PAGE = 20
KIND = "pribadi"


class UploadForm(forms.Form):
    """One file."""

    file = forms.FileField(
        label=gettext_lazy("Berkas"), help_text=gettext_lazy("PDF, JPEG, PNG, atau WebP, paling besar 10 MB."),
        widget=forms.FileInput(attrs={"accept": ",".join(EXTENSIONS)}), allow_empty_file=True,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def listing(request: HttpRequest) -> HttpResponse:
    """My files, newest first, and the form that adds one."""
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        try:
            services.store(form.cleaned_data["file"], owner=_user(request), kind=KIND)
            messages.success(request, _("Berkas tersimpan."))
            return redirect("documents:list")
        except Refused as refusal:
            form.add_error("file", refusal.message)
    return render(request, "documents/list.html", {"form": form, **_page(request)}, status=422 if form.errors else 200)


def _page(request: HttpRequest) -> dict[str, object]:
    rows, before = queries.mine(_user(request)), request.GET.get("sebelum", "")
    if before.isdecimal() and len(before) < 18:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: PAGE + 1])
    following = f"?sebelum={found[PAGE - 1].pk}" if len(found) > PAGE else ""
    return {"rows": found[:PAGE], "next_url": following, "prev_url": "?" if before else ""}


@require_safe
def download(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """The bytes, for the owner or the holder of a live link. Never shown inside our own pages' origin."""
    reader = _user(request) if request.user.is_authenticated else None
    permit = request.GET.get("izin", "")
    if reader is None and not permit:
        return to_sign_in(request)
    try:
        document = queries.readable(uid, reader, permit)
        source = document.path.open("rb")
    except (NotFound, FileNotFoundError):
        raise Http404 from None
    return handed_out(source, document)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def remove(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Ask once, then delete."""
    try:
        if request.method == "POST":
            services.remove(uid, owner=_user(request))
            messages.success(request, _("Berkas dihapus."))
            return redirect("documents:list")
        return render(request, "documents/remove.html", {"document": queries.own(uid, _user(request))})
    except NotFound:
        raise Http404 from None


@require_POST
@signed_in
def share(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Make a link that lives for a quarter of an hour, and show it."""
    try:
        document = queries.own(uid, _user(request))
        link = services.share(uid, owner=_user(request))
    except NotFound:
        raise Http404 from None
    minutes = services.LINK_SECONDS // 60
    response = render(request, "documents/link.html", {"document": document, "link": link, "minutes": minutes})
    response["Cache-Control"] = "no-store"
    return response


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)
