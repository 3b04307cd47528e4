"""The register of applications that sign people in with PASTI."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pasti.identity.models import Application
from pasti.identity.queries import provider as queries
from pasti.identity.services import provider_clients as services
from pasti.identity.web.provider_forms import ClientForm
from pasti.identity.web.provider_words import described
from pasti.kernel.accounts.access import permission_required
from pasti.kernel.accounts.freshness import fresh_required
from pasti.kernel.accounts.models import User
from pasti.kernel.api.paging import page_of
from pasti.kernel.api.problems import Problem
from pasti.kernel.api.retries import done_before, remember
from pasti.kernel.errors import NotFound, Refused

PAGE = 20
MAY = permission_required("identity.clients")


@require_safe
@MAY
def listing(request: HttpRequest) -> HttpResponse:
    """All registered applications by name, and how much each is used."""
    words, cursor = request.GET.get("q", ""), request.GET.get("setelah")
    try:
        page = page_of(queries.clients(words), cursor, PAGE, ("name", "id"))
    except Problem:
        raise Http404 from None
    keep = f"&q={words}" if words else ""
    context = {
        "rows": page["items"], "q": words, "chart": queries.sign_ins_by_client(),
        "next_url": f"?setelah={page['next']}{keep}" if page["next"] else "", "prev_url": f"?{keep[1:]}" if cursor else "",
    }  # fmt: skip
    return render(request, "identity/provider_clients.html", context)


@require_http_methods(["GET", "POST"])
@MAY
@fresh_required
def register(request: HttpRequest) -> HttpResponse:
    """Register an application. Its secret is shown on the answer to this very form, and never again."""
    form, key = ClientForm(request.POST or None), request.POST.get("idempotency_key", "")
    if request.method == "POST" and form.is_valid():
        try:
            return _registered(request, form, key)
        except Refused as refusal:
            form.add_error(refusal.field, refusal.message)
    return _form(request, form, key=key)


@transaction.atomic
def _registered(request: HttpRequest, form: ClientForm, key: str) -> HttpResponse:
    caller = cast(User, request.user).pk
    if before := done_before(caller, key, "identity.client.register"):
        return redirect("identity:provider_client", pk=int(before))
    made, secret = services.register(form.wanted())
    remember(caller, key, str(made.pk))
    return _shown(request, made, secret)


@require_http_methods(["GET", "POST"])
@MAY
@fresh_required  # where people are sent back to is as good as a secret
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a registration."""
    client = _found(pk)
    form = ClientForm(request.POST or None, of=client)
    if request.method == "POST" and form.is_valid():
        try:
            services.change(client, form.wanted())
            messages.success(request, _("Tersimpan."))
            return redirect("identity:provider_client", pk=pk)
        except Refused as refusal:
            form.add_error(refusal.field, refusal.message)
    return _form(request, form, client)


@require_safe
@MAY
def client(request: HttpRequest, pk: int) -> HttpResponse:
    """One application."""
    return _shown(request, _found(pk))


@require_POST
@MAY
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """A new secret, or stopping the application and letting it go on."""
    one = _found(pk)
    try:
        if verb == "rahasia":
            return _new_secret(request, one)
        if verb == "matikan":
            services.disable(one)
        elif verb == "hidupkan":
            services.enable(one)
        else:
            raise Http404
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("identity:provider_client", pk=pk)


@fresh_required
def _new_secret(request: HttpRequest, one: Application) -> HttpResponse:
    return _shown(request, one, services.renew_secret(one))


def _form(request: HttpRequest, form: ClientForm, of: Application | None = None, key: str = "") -> HttpResponse:
    context = {"form": form, "client": of, "key": key}
    return render(request, "identity/provider_client_form.html", context, status=422 if form.errors else 200)


def _shown(request: HttpRequest, one: Application, secret: str = "") -> HttpResponse:
    context: dict[str, Any] = {
        "client": one, "secret": secret, "use": queries.use_of(one), "approved": described(one.approved_claims),
        "required": described(one.required_claims), "public": one.client_type == Application.CLIENT_PUBLIC,
    }  # fmt: skip
    page = render(request, "identity/provider_client.html", context)
    page["Cache-Control"] = "no-store"
    return page


def _found(pk: int) -> Application:
    try:
        return queries.client(pk)
    except NotFound:
        raise Http404 from None
