"""My rights over my data: a copy, a correction, a restriction, and how long an answer may take."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

import msgspec
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pasti.civil import queries as register
from pasti.kernel.accounts.access import permission_required
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import scoped
from pasti.kernel.api.paging import page_of
from pasti.kernel.errors import NotFound, Refused
from pasti.kernel.places import queries as places
from pasti.siap_pak_rt.queries import rights as queries
from pasti.siap_pak_rt.rules import rights as rules
from pasti.siap_pak_rt.services import rights as services
from pasti.siap_pak_rt.web import rights_pdf, rights_words
from pasti.siap_pak_rt.web.rights_forms import CorrectionForm, RestrictionForm

PURPOSE = services.PURPOSE
PAGE = 20


@require_safe
@permission_required("siap_pak_rt.rights.ask")
def mine(request: HttpRequest) -> HttpResponse:
    """What I can ask for, and where my requests stand."""
    return _page(request, RestrictionForm())


def _page(request: HttpRequest, form: RestrictionForm) -> HttpResponse:
    user = cast(User, request.user)
    with scoped(register.scope_for(user, PURPOSE)):
        person = _own(user)
        page = page_of(queries.mine(user), request.GET.get("setelah"), PAGE, ("-asked_at", "-id"))
        words = register.words_of(person)
    held = [(name, label, words.get(name) or getattr(person, name)) for name, label in rights_words.fields().items()
            if name != rules.OTHER]  # fmt: skip
    context = {
        "person": person, "held": held, "form": form, "rows": [rights_words.row(one) for one in page["items"]],
        "next_url": f"?setelah={page['next']}" if page["next"] else "", "prev_url": "?" if "setelah" in request.GET else "",
        "key": request.POST.get("idempotency_key", ""),
    }  # fmt: skip
    return render(request, "siap_pak_rt/rights_mine.html", context, status=422 if form.errors else 200)


@require_POST
@permission_required("siap_pak_rt.rights.ask")
def copy(request: HttpRequest, form: str) -> HttpResponse:
    """The copy of my data, as a paper or for machines."""
    user = cast(User, request.user)
    with scoped(register.scope_for(user, PURPOSE)):
        _own(user)
        taken = services.take_copy(user)
    found = places.city()
    city = found.name if found else ""
    if form == "pdf":
        body, kind = rights_pdf.copy_pdf(taken.parts, taken.taken_at, city), "application/pdf"
    else:
        parts = [{"kode": code, "nama": name, "catatan": records} for code, name, records in taken.parts]
        body = msgspec.json.format(msgspec.json.encode(
            {"diambil_pada": taken.taken_at, "kota": city, "dasar_hukum": "UU 27/2022 Pasal 7 dan 32", "bagian": parts}
        ), indent=1)  # fmt: skip
        kind = "application/json"
    response = HttpResponse(body, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="data-saya.{form}"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(["GET", "POST"])
@permission_required("siap_pak_rt.rights.ask")
def correction(request: HttpRequest, field: str) -> HttpResponse:
    """Ask to have one field put right: what it should be, and why."""
    user, how = cast(User, request.user), rules.CORRECTABLE.get(field)
    if how is None and field != rules.OTHER:
        raise Http404
    codes = sorted(register.code_names(how).items()) if how and how not in ("text", "day") else []
    form = CorrectionForm(request.POST or None, field=field, codes=codes)
    with scoped(register.scope_for(user, PURPOSE)):
        person = _own(user)
        if request.method == "POST" and form.is_valid() and _asked(request, user, person.pk, field, form):
            messages.success(request, _("Permintaan terkirim. Jawaban paling lambat 3x24 jam."))
            return redirect("siap_pak_rt:rights_mine")
    recorded = "" if field == rules.OTHER else rights_words.value(field, str(getattr(person, field)))
    context = {"form": form, "label": rights_words.fields()[field], "recorded": recorded,
               "key": request.POST.get("idempotency_key", "")}  # fmt: skip
    return render(request, "siap_pak_rt/rights_correction.html", context, status=422 if form.errors else 200)


def _asked(request: HttpRequest, user: User, person_id: UUID, field: str, form: CorrectionForm) -> bool:
    given = form.cleaned_data
    try:
        services.ask_correction(
            user, person_id, field, str(given.get("wanted", "")), given["text"],
            key=request.POST.get("idempotency_key", "") or f"{field}:{given}",
        )  # fmt: skip
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return False
    return True


@require_POST
@permission_required("siap_pak_rt.rights.ask")
def restriction(request: HttpRequest) -> HttpResponse:
    """Ask for a restriction, or to have it lifted."""
    user, form = cast(User, request.user), RestrictionForm(request.POST)
    key = request.POST.get("idempotency_key", "") or "sekali"
    lifting = "cabut" in request.POST
    if not lifting and not form.is_valid():
        return _page(request, form)
    with scoped(register.scope_for(user, PURPOSE)):
        _own(user)
        try:
            if lifting:
                services.ask_lifting(user, key=key)
            else:
                services.ask_restriction(user, form.cleaned_data["text"], key=key)
        except Refused as refusal:
            messages.error(request, refusal.message)
            return redirect("siap_pak_rt:rights_mine")
    messages.success(request, _("Permintaan terkirim. Jawaban paling lambat 3x24 jam."))
    return redirect("siap_pak_rt:rights_mine")


@require_POST
@permission_required("siap_pak_rt.rights.ask")
def withdraw(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Take a request back."""
    user = cast(User, request.user)
    with scoped(register.scope_for(user, PURPOSE)):
        try:
            services.withdraw(request_id, user)
        except NotFound:
            raise Http404 from None
        except Refused as refusal:
            messages.error(request, refusal.message)
    return redirect("siap_pak_rt:rights_mine")


def _own(user: User) -> Any:
    """The user's own record. Raises Http404 for an account that is nobody in the register."""
    try:
        return register.person(user.person_id or user.pk, purpose=PURPOSE)
    except NotFound:
        raise Http404 from None
