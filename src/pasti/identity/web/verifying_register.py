"""The register of verifiers: anyone may read who may ask what; units propose, the civil registry approves and stops."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pasti.identity.queries import verifying as queries
from pasti.identity.rules import verifying as rules
from pasti.identity.services import verifying_register as services
from pasti.identity.web import verifying_words as words
from pasti.kernel.accounts.access import can, permission_required
from pasti.kernel.api.paging import page_of
from pasti.kernel.api.problems import Problem
from pasti.kernel.api.retries import done_before, remember
from pasti.kernel.errors import NotFound, Refused

PAGE = 20
DECIDE, PROPOSE = "identity.verifiers", "identity.propose_verifier"
CHOICES = forms.CheckboxSelectMultiple


class ProposalForm(forms.Form):
    """A desk an officer asks for."""

    name = forms.CharField(label=_later("Nama meja"), max_length=200, help_text=_later("Seperti yang dikenal warga."))
    code = forms.SlugField(label=_later("Kode"), max_length=58, help_text=_later("Huruf kecil, angka, tanda hubung."))
    agency = forms.CharField(label=_later("Perangkat daerah atau lembaga"), max_length=200)
    contact = forms.EmailField(label=_later("Surel penanggung jawab"), max_length=254)
    purpose = forms.CharField(
        label=_later("Untuk apa"), max_length=200, help_text=_later("Satu kalimat, dibaca warga sebelum menunjukkan.")
    )
    legal_basis = forms.CharField(label=_later("Dasar hukum"), max_length=300)
    claims = forms.MultipleChoiceField(
        label=_later("Data yang diminta"), widget=CHOICES, help_text=_later("Hanya yang sungguh perlu.")
    )
    required = forms.MultipleChoiceField(
        label=_later("Di antaranya, yang wajib"), widget=CHOICES, required=False,
        help_text=_later("Yang lain boleh ditolak pemegang kartu satu per satu."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name in ("claims", "required"):
            self.fields[name].choices = rules.labelled(rules.PATHS, words.english())  # type: ignore[attr-defined]


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """All verifiers by name."""
    cursor = request.GET.get("setelah")
    try:
        page = page_of(queries.register(), cursor, PAGE, ("name", "code"))
    except Problem:
        raise Http404 from None
    context = {
        "rows": page["items"], "next_url": f"?setelah={page['next']}" if page["next"] else "", "prev_url": "?" if cursor else "",
        "may_propose": can(request.user, PROPOSE),
    }  # fmt: skip
    return render(request, "identity/verifying_register.html", context)


@require_safe
def verifier(request: HttpRequest, code: str) -> HttpResponse:
    """One verifier: what it may ask, why, and who answers for it."""
    try:
        found = queries.verifier(code)
    except NotFound:
        raise Http404 from None
    asked = [(one, words.claims(one.claims), words.claims(one.required)) for one in found.purposes.all()]
    context = {"verifier": found, "asked": asked, "may_decide": can(request.user, DECIDE)}
    return render(request, "identity/verifying_verifier.html", context)


@require_http_methods(["GET", "POST"])
@permission_required(PROPOSE)
def propose(request: HttpRequest) -> HttpResponse:
    """Ask for a desk at one's own unit."""
    form, key = ProposalForm(request.POST or None), request.POST.get("idempotency_key", "")
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("identity:verifying_verifier", code=_proposed(request, form, key))
        except Refused as refusal:
            form.add_error(refusal.field, refusal.message)
    status = 422 if form.errors else 200
    return render(request, "identity/verifying_propose.html", {"form": form, "key": key}, status=status)


@transaction.atomic
def _proposed(request: HttpRequest, form: ProposalForm, key: str) -> str:
    user: Any = request.user
    if before := done_before(user.pk, key, "identity.verifier.propose"):
        return before
    made = services.propose(user, services.Wanted(**form.cleaned_data))
    remember(user.pk, key, made.code)
    messages.success(request, _("Diajukan. Meja ini dapat dipakai setelah disetujui Dispendukcapil."))
    return made.code


@require_POST
@permission_required(DECIDE)
def act(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    """Approve or stop a verifier."""
    user: Any = request.user
    acts = {"setujui": services.approve, "hentikan": services.stop}
    if verb not in acts:
        raise Http404
    try:
        acts[verb](user, code)
    except Refused as refusal:
        if refusal.status == 404:
            raise Http404 from None
        messages.error(request, refusal.message)
    return redirect("identity:verifying_verifier", code=code)
