"""My own pages: inbox, Jejak Akses, profile."""

from __future__ import annotations

import uuid
from typing import cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pasti.civil import queries as register
from pasti.kernel.accounts.access import signed_in
from pasti.kernel.accounts.models import User
from pasti.kernel.errors import Refused
from pasti.kernel.notify import queries as inbox_queries
from pasti.kernel.notify import services as inbox_services
from pasti.kernel.places import queries as places
from pasti.portal import queries, services

PAGE = 20


class CorrectionForm(forms.Form):
    """What is wrong, in one's own words."""

    text = forms.CharField(
        label=gettext_lazy("Apa yang keliru?"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Tulis yang tercatat dan yang seharusnya. Petugas kelurahan Anda yang membacanya."),
    )  # fmt: skip


@require_safe
@signed_in
def inbox(request: HttpRequest) -> HttpResponse:
    """Messages, newest first."""
    rows = inbox_queries.inbox(_user(request).pk)
    before = request.GET.get("sebelum", "")
    if before.isdecimal() and len(before) < 18:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: PAGE + 1])
    next_url = f"?sebelum={found[PAGE - 1].pk}" if len(found) > PAGE else ""
    return render(
        request, "portal/inbox.html", {"rows": found[:PAGE], "next_url": next_url, "prev_url": "?" if before else ""}
    )


@require_POST
@signed_in
def message(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a message: it is read, and leads on to where it points."""
    user = _user(request)
    found = inbox_queries.inbox(user.pk).filter(pk=pk).first()
    if found is None:
        raise Http404
    inbox_services.mark_read(user.pk, pk)
    safe = url_has_allowed_host_and_scheme(found.url, allowed_hosts=None)
    return HttpResponseRedirect(found.url if found.url and safe else "/kotak-masuk/")


@require_POST
@signed_in
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all as read."""
    inbox_services.mark_all_read(_user(request).pk)
    return redirect("portal:inbox")


@require_safe
@signed_in
def trail(request: HttpRequest) -> HttpResponse:
    """Who looked at my data, in words."""
    user = _user(request)
    others = request.GET.get("oleh") == "lain"
    found = []
    if user.person_id:
        rows = queries.trail(user, others_only=others)
        before = request.GET.get("sebelum", "")
        if before.isdecimal() and len(before) < 18:
            rows = rows.filter(pk__lt=int(before))
        found = list(rows[: PAGE + 1])
    keep = "&oleh=lain" if others else ""
    context = {
        "rows": queries.told(found[:PAGE], user), "others": others,
        "next_url": f"?sebelum={found[PAGE - 1].pk}{keep}" if len(found) > PAGE else "",
        "prev_url": f"?{keep[1:]}" if request.GET.get("sebelum") else "",
    }  # fmt: skip
    return render(request, "portal/trail.html", context)


@require_http_methods(["GET", "POST"])
@signed_in
def profile(request: HttpRequest) -> HttpResponse:
    """What the register holds of me and my family; a way to say what is wrong; sign-in settings."""
    user = _user(request)
    found = register.profile(user)
    form = CorrectionForm(request.POST or None)
    if request.method == "POST" and found and form.is_valid():
        try:
            key = request.POST.get("idempotency_key") or uuid.uuid4().hex
            services.report_wrong_data(user, form.cleaned_data["text"], found.person.rt_code, f"{user.pk}:{key[:40]}")
            messages.success(request, _("Laporan sampai di petugas kelurahan Anda."))
            return redirect("portal:profile")
        except Refused as refusal:
            form.add_error("text", refusal.message)
    place = places.label(found.person.rt_code) if found else ""
    context = {"found": found, "form": form, "place": place}
    return render(request, "portal/profile.html", context, status=422 if form.errors else 200)


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)
