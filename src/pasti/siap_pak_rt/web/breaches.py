"""The register of failures of protection: entering, finding whom it touched, telling them and the authority."""

from __future__ import annotations

from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pasti.civil import queries as register
from pasti.kernel import clock
from pasti.kernel.accounts.access import View, permission_required
from pasti.kernel.accounts.scope import everyone, scoped
from pasti.kernel.api.paging import page_of
from pasti.kernel.errors import NotFound, Refused
from pasti.kernel.places import queries as places
from pasti.siap_pak_rt.jobs.rights import start_notifying
from pasti.siap_pak_rt.models import Breach
from pasti.siap_pak_rt.queries import rights as queries
from pasti.siap_pak_rt.rules import rights as rules
from pasti.siap_pak_rt.services import breaches as services
from pasti.siap_pak_rt.web import rights_pdf
from pasti.siap_pak_rt.web.rights_forms import AffectedForm, BreachForm

PAGE = 20
LETTERS = 200  # people in one file of letters
ACTS = {"dilaporkan": services.mark_reported, "tutup": services.close}


def _for_the_city(view: View) -> View:
    """A page of the register of breaches: within a scope of the whole city, for its one purpose."""

    @wraps(view)
    @permission_required("siap_pak_rt.breach")
    def within(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with scoped(everyone(_city_code(), services.PURPOSE)):
            return view(request, *args, **kwargs)

    return within


@require_safe
@_for_the_city
def listing(request: HttpRequest) -> HttpResponse:
    """All breaches with their clocks."""
    page = page_of(queries.breaches(), request.GET.get("setelah"), PAGE, ("-discovered_at", "-id"))
    context = {
        "rows": [(one, rules.clock(one.discovered_at, clock.now())) for one in page["items"]],
        "next_url": f"?setelah={page['next']}" if page["next"] else "", "prev_url": "?" if "setelah" in request.GET else "",
    }  # fmt: skip
    return render(request, "siap_pak_rt/breach_list.html", context)


@require_http_methods(["GET", "POST"])
@_for_the_city
def enter(request: HttpRequest) -> HttpResponse:
    """Enter a breach."""
    form, key = BreachForm(request.POST or None), request.POST.get("idempotency_key", "")
    if request.method == "POST" and form.is_valid():
        try:
            made = services.enter(services.Found(**form.cleaned_data), key=key or form.cleaned_data["title"])
            return redirect("siap_pak_rt:breach", breach_id=made.pk)
        except Refused as refusal:
            form.add_error(refusal.field, refusal.message)
    return render(
        request, "siap_pak_rt/breach_form.html", {"form": form, "key": key}, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "POST"])
@_for_the_city
def breach(request: HttpRequest, breach_id: UUID) -> HttpResponse:
    """One breach: whom it touched, who was told, what is still to do."""
    one, form = _found(breach_id), AffectedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            added = _add(one.pk, form.cleaned_data)
            messages.success(
                request,
                ngettext("%(count)s orang ditambahkan.", "%(count)s orang ditambahkan.", added) % {"count": added},
            )
            return redirect("siap_pak_rt:breach", breach_id=one.pk)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    counts = queries.told_counts(one)
    context = {
        "breach": one, "form": form,
        "people": queries.people_in(one), "counts": counts, "clock": rules.clock(one.discovered_at, clock.now()),
        "notice": services.notice(one), "letters": range(1, counts["letter"] + 1, LETTERS),
    }  # fmt: skip
    return render(request, "siap_pak_rt/breach.html", context, status=422 if form.errors else 200)


@require_POST
@_for_the_city
def act(request: HttpRequest, breach_id: UUID, verb: str) -> HttpResponse:
    """Tell the people, note that the authority was told, or close."""
    one = _found(breach_id)
    try:
        if verb == "beritahu":
            start_notifying(one.pk)
            messages.success(
                request, _("Pemberitahuan sedang dikirim. Muat ulang halaman ini untuk melihat jumlahnya.")
            )
        elif verb in ACTS:
            ACTS[verb](one.pk)
        else:
            raise Http404
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("siap_pak_rt:breach", breach_id=one.pk)


@require_safe
@_for_the_city
def letters(request: HttpRequest, breach_id: UUID, first: int) -> HttpResponse:
    """Letters for those without an account, from the `first` of them on, as one file to print."""
    one = _found(breach_id)
    rows = queries.subjects(one).filter(told="letter")[first - 1 : first - 1 + LETTERS]
    with scoped(everyone(_city_code(), services.PURPOSE)):
        people = register.names_of([row.person_id for row in rows], purpose=services.PURPOSE)
        lines = [
            {"name": p.name, "address": places.label(p.rt_code)} for row in rows if (p := people.get(row.person_id))
        ]
    if not lines:
        raise Http404
    body = rights_pdf.letters_pdf(lines, _("Pemberitahuan: data Anda terungkap"), services.notice(one), _city_name())
    return _pdf(body, "surat-pemberitahuan")


@require_safe
@_for_the_city
def report(request: HttpRequest, breach_id: UUID) -> HttpResponse:
    """The notice to the authority as a paper."""
    one = _found(breach_id)
    counted = _("Jumlah orang yang terdampak: %(count)s.") % {"count": queries.people_in(one)}
    to = [{"name": _("Lembaga Pelindungan Data Pribadi"), "address": ""}]
    body = rights_pdf.letters_pdf(to, one.title, f"{services.notice(one)}\n\n{counted}", _city_name())
    return _pdf(body, "laporan-kegagalan")


def _add(breach_id: UUID, given: dict[str, Any]) -> int:
    added = 0
    if given["username"]:
        added += services.add_seen_by(breach_id, given["username"])
    if given["action"]:
        added += services.add_seen_in(breach_id, given["action"])
    if given["niks"]:
        added += services.add_numbers(breach_id, given["niks"].split())
    return added


def _found(breach_id: UUID) -> Breach:
    try:
        return queries.breach(breach_id)
    except NotFound:
        raise Http404 from None


def _city_code() -> str:
    found = places.city()
    return found.code if found else ""


def _city_name() -> str:
    found = places.city()
    return found.name if found else ""


def _pdf(body: bytes, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response
