"""Pages of the resident: find a kind of letter, ask for it, see where it stands, take it back."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pasti.civil import queries as register
from pasti.kernel.accounts.access import can, level_required, signed_in
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import scoped
from pasti.kernel.api.paging import page_of
from pasti.kernel.errors import NotFound, Refused
from pasti.siap_pak_rt.models import Letter, LetterKind
from pasti.siap_pak_rt.queries import letters as queries
from pasti.siap_pak_rt.queries import letters_access as access
from pasti.siap_pak_rt.queries.letters_facts import facts, person_lines
from pasti.siap_pak_rt.queries.letters_words import kind_name, state_words
from pasti.siap_pak_rt.services import attachments, letters
from pasti.siap_pak_rt.services.letters_steps import promised_day
from pasti.siap_pak_rt.web.letters_forms import AskForm
from pasti.siap_pak_rt.web.letters_shown import local, shown_kind

PAGE = 20


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """All kinds of letters, or those that fit the words typed."""
    words = request.GET.get("q", "")[:80].strip()
    rows = [(one, kind_name(one), local(one, "purpose")) for one in queries.kinds(words)]
    user = request.user
    context = {"rows": rows, "query": words, "works": can(user, access.DECIDE), "asks": can(user, access.ASK)}
    return render(request, "siap_pak_rt/letters_home.html", context)


@require_safe
def kind(request: HttpRequest, code: str) -> HttpResponse:
    """One kind: what is needed, who acts, how long it takes, and whether the law still wants it."""
    one = _kind(code)
    context = shown_kind(one) | {"ready": promised_day(sum(one.days)), "asks_for": can(request.user, access.ASK_FOR)}
    return render(request, "siap_pak_rt/letters_kind.html", context)


@require_http_methods(["GET", "POST"])
@level_required(2)
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """The few things the register does not know, and the proofs. Sending the form again shows the same letter."""
    user, one = cast(User, request.user), _kind(code)
    with scoped(access.scope_for(user)):
        people = _people(request, user)
        form = AskForm(request.POST or None, request.FILES or None, kind=one, people=people)
        attached = _attached(request)
        if request.method == "POST" and form.is_valid():
            made = _ask(request, user, one, form, attached)
            if made is not None:
                return redirect("siap_pak_rt:letters_letter", letter_id=made.pk)
        context = shown_kind(one) | {
            "form": form, "attached": attached, "key": request.POST.get("idempotency_key", ""),
            "known": person_lines(facts(people[0][0])) if people else (), "alone": len(people) == 1,
            "name": people[0][1] if people else "", "ready": promised_day(sum(one.days)),
        }  # fmt: skip
    return render(request, "siap_pak_rt/letters_ask.html", context, status=422 if form.errors else 200)


@require_safe
@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    """My letters, my family's, and those I asked for others, newest first."""
    user = cast(User, request.user)
    with scoped(access.scope_for(user)):
        page = page_of(queries.mine(user), request.GET.get("sesudah"), PAGE, ("-recorded_at", "-id"))
        rows = [(one, kind_name(one.kind), state_words(one.state)) for one in page["items"]]
    context = {"rows": rows, "next_url": f"?sesudah={page['next']}" if page["next"] else "",
               "prev_url": "?" if request.GET.get("sesudah") else ""}  # fmt: skip
    return render(request, "siap_pak_rt/letters_mine.html", context)


@require_POST
@signed_in
def cancel(request: HttpRequest, letter_id: UUID) -> HttpResponse:
    """Take a letter back."""
    try:
        letters.cancel(letter_id)
        messages.success(request, _("Permintaan surat dibatalkan."))
    except NotFound:
        raise Http404 from None
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("siap_pak_rt:letters_letter", letter_id=letter_id)


def _ask(
    request: HttpRequest, user: User, one: LetterKind, form: AskForm, attached: list[tuple[UUID, str]]
) -> Letter | None:
    """The letter, the same for the same form; None when refused, with the reason at its field."""
    person_id, key = UUID(form.cleaned_data["person"]), request.POST.get("idempotency_key", "")[:80]
    try:
        # What was sent is kept first: a wrong field must not cost the resident the upload.
        attached += _keep(user, person_id, form.cleaned_data.get("files") or [])
        wanted = letters.LetterAsked(
            kind=one.pk, subject_id=person_id, fields=form.typed(), attachments=tuple(pk for pk, _name in attached)
        )
        return letters.request_letter(wanted, client_id=f"form:{key}" if key else None)
    except NotFound:
        raise Http404 from None
    except Refused as refusal:
        form.blame(refusal.field, refusal.message, refusal.extra.get("faults", {}))
        return None


def _keep(user: User, person_id: UUID, files: list[Any]) -> list[tuple[UUID, str]]:
    place = register.person(person_id, purpose=access.PURPOSE).rt_code if files else ""
    made = [
        attachments.attach(f, owner=user, rt_code=place, subject_id=person_id, purpose=access.PURPOSE) for f in files
    ]
    return [(one.pk, one.document.name) for one in made]


def _attached(request: HttpRequest) -> list[tuple[UUID, str]]:
    """The proofs kept by an earlier sending of this form, as "id name"."""
    found = []
    for text in request.POST.getlist("attached")[:10]:
        number, _space, name = text.partition(" ")
        try:
            found.append((UUID(number), name[:150]))
        except ValueError:
            continue
    return found


def _people(request: HttpRequest, user: User) -> list[tuple[UUID, str]]:
    """Whom the letter may be for: the one chosen at the counter, else the own family. Raises Http404."""
    chosen = request.GET.get("untuk", "")
    if not chosen:
        return queries.family_of(user)
    if not can(user, access.ASK_FOR):
        raise Http404
    try:
        person = register.person(UUID(chosen), purpose=access.PURPOSE)
        return [(person.pk, person.name)]
    except (ValueError, NotFound):
        raise Http404 from None


def _kind(code: str) -> LetterKind:
    try:
        return queries.kind(code)
    except NotFound:
        raise Http404 from None
