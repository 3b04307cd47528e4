"""Pages of those who decide: one letter, what waits, the counter, standing in for one another."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pasti.civil import queries as register
from pasti.identity.queries import wallet as cards
from pasti.kernel.accounts.access import can, permission_required, signed_in
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import scoped
from pasti.kernel.api.paging import page_of
from pasti.kernel.errors import NotFound, Refused
from pasti.siap_pak_rt.models import Letter
from pasti.siap_pak_rt.queries import attachments, letters_access, papers
from pasti.siap_pak_rt.queries import letters as queries
from pasti.siap_pak_rt.queries.letters_facts import facts, person_lines
from pasti.siap_pak_rt.queries.letters_words import kind_name, state_words
from pasti.siap_pak_rt.rules.letter_states import OPEN, State, Verdict, allowed, issues
from pasti.siap_pak_rt.services import letters
from pasti.siap_pak_rt.web.letters_forms import ReasonForm
from pasti.siap_pak_rt.web.letters_shown import left_words, told, typed, with_whom

PAGE = 12
CARD = ("kelurahan/layanan", "ketua-rt/surat")  # the question a resident's card is asked at the counter


@require_safe
@signed_in
def letter(request: HttpRequest, letter_id: UUID) -> HttpResponse:
    """One letter: where it stands and who has it; the buttons for who may decide now."""
    user = cast(User, request.user)
    with scoped(letters_access.scope_for(user)):
        return render(request, "siap_pak_rt/letters_letter.html", _shown(user, _found(letter_id)))


@require_POST
@signed_in
def decide(request: HttpRequest, letter_id: UUID) -> HttpResponse:
    """A verdict. Refused, the letter is shown again with what was typed and what happened meanwhile."""
    given, user = request.POST, cast(User, request.user)
    key, version, reason = given.get("idempotency_key", "")[:80], given.get("version", ""), given.get("reason", "")
    try:
        done = letters.decide(
            letter_id, given.get("verdict", ""), reason=reason, client_id=f"form:{key}" if key else None,
            seen_version=int(version) if version.isdecimal() and len(version) < 9 else 0,
        )  # fmt: skip
    except NotFound:
        raise Http404 from None
    except Refused as refusal:
        return _again(request, user, letter_id, refusal, reason)
    messages.success(request, _("%(name)s, %(kind)s. Sekarang: %(state)s.") % {
        "name": done.subject_name, "kind": kind_name(done.kind), "state": state_words(done.state)})  # fmt: skip
    if given.get("next") == "kerja":
        return redirect("siap_pak_rt:letters_work")
    return redirect("siap_pak_rt:letters_letter", letter_id=letter_id)


@require_safe
@permission_required(letters_access.DECIDE)
def work(request: HttpRequest) -> HttpResponse:
    """All letters that wait for me, the most urgent first."""
    user, kind_code = cast(User, request.user), request.GET.get("jenis", "")[:40]
    late = request.GET.get("terlambat") == "1"
    with scoped(letters_access.scope_for(user)):
        held, own = letters_access.authorities(user), letters_access.own_people(user)
        rows = queries.pending(held, kind_code=kind_code, late=late)
        page = page_of(rows, request.GET.get("sesudah"), PAGE, ("step_due_at", "id"))
        left = queries.time_left(queries.listed(page["items"]))
        proofs = queries.proof_counts([one.pk for one in page["items"]])
        cards = [
            _card(one, left_words(left.get(one.pk)), left[one.pk].late, proofs.get(one.pk, 0), own)
            for one in page["items"]
        ]
        waiting = rows.count()
    base = f"jenis={kind_code}&terlambat={int(late)}"
    context = {
        "cards": cards, "waiting": waiting, "kinds": [(k.pk, kind_name(k)) for k in queries.kinds()], "kind_code": kind_code,
        "late": late, "next_url": f"?{base}&sesudah={page['next']}" if page["next"] else "",
        "prev_url": f"?{base}" if request.GET.get("sesudah") else "", "asks_for": can(user, letters_access.ASK_FOR),
    }  # fmt: skip
    return render(request, "siap_pak_rt/letters_work.html", context)


@require_safe
@permission_required(letters_access.ASK_FOR)
def counter(request: HttpRequest) -> HttpResponse:
    """Ask on behalf of a resident who came: find the resident, choose the kind."""
    user, words, code = (
        cast(User, request.user),
        request.GET.get("q", "")[:80].strip(),
        request.GET.get("jenis", "")[:40],
    )
    shown = cards.handed_over(user, request.GET.get("kartu", ""), CARD)
    words = words or str(shown.get("nik", ""))
    people: list[Any] = []
    if words:
        with scoped(letters_access.scope_for(user)):
            people = register.search(words, limit=20, purpose=letters_access.PURPOSE)
    kinds = [(k.pk, kind_name(k)) for k in queries.kinds()]
    chosen = code if code in dict(kinds) else ""
    card = cards.asked_at(user, CARD, request.path, shown)
    context = {"query": words, "people": people, "kinds": kinds, "kind_code": chosen, "card": card}
    return render(request, "siap_pak_rt/letters_counter.html", context)


@require_http_methods(["GET", "POST"])
@permission_required(letters_access.REVOKE)
def revoke(request: HttpRequest, letter_id: UUID) -> HttpResponse:
    """Withdraw an issued letter, with the reason."""
    user, form = cast(User, request.user), ReasonForm(request.POST or None)
    with scoped(letters_access.scope_for(user)):
        one = _found(letter_id)
        if request.method == "POST" and form.is_valid():
            try:
                letters.revoke(letter_id, form.cleaned_data["reason"])
                messages.success(request, _("Surat dicabut."))
                return redirect("siap_pak_rt:letters_letter", letter_id=letter_id)
            except Refused as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        context = {"letter": one, "form": form, "kind_name": kind_name(one.kind)}
        return render(request, "siap_pak_rt/letters_revoke.html", context, status=422 if form.errors else 200)


def _again(request: HttpRequest, user: User, letter_id: UUID, refusal: Refused, reason: str) -> HttpResponse:
    with scoped(letters_access.scope_for(user)):
        context = _shown(user, _found(letter_id)) | {"refusal": refusal, "reason": reason[:600]}
        return render(request, "siap_pak_rt/letters_letter.html", context, status=refusal.status)


def _found(letter_id: UUID) -> Letter:
    try:
        return queries.letter(letter_id)
    except NotFound:
        raise Http404 from None


def _shown(user: User, one: Letter) -> dict[str, Any]:
    own = letters_access.is_own(user, one)
    by = letters_access.acting_on(one, letters_access.authorities(user)) if can(user, letters_access.DECIDE) else None
    left = queries.time_left([one]).get(one.pk)
    verdicts = allowed(State(one.state)) if by and not own else ()
    paper = queries.paper_of(one)
    return {
        "letter": one, "kind_name": kind_name(one.kind), "state": state_words(one.state), "whom": with_whom(one),
        "steps": [told(step) for step in queries.steps_of(one)], "typed": typed(one), "left": left_words(left),
        "late": bool(left and left.late), "open": one.state in OPEN, "own": own and by is not None,
        "may_cancel": one.state in OPEN and (own or one.asked_by == user.pk), "for_whom": by.for_whom if by else "",
        "can_decide": bool(verdicts), "can_meet": Verdict.MEET in verdicts, "proofs": attachments.of(f"letter:{one.pk}"),
        "signs": bool(verdicts) and issues(State(one.state), one.route), "checks": one.state == State.AT_KELURAHAN,
        "lines": _lines(one) if verdicts else (), "paper": paper,
        "may_download": paper is not None and papers.may_read(paper, user),
        "can_revoke": one.state == State.ISSUED and can(user, letters_access.REVOKE) and not own,
    }  # fmt: skip


def _lines(one: Letter) -> tuple[tuple[str, str], ...]:
    """What the register says of the resident, for who decides; nothing when the person is no longer in the scope."""
    try:
        return person_lines(facts(one.subject_id))
    except NotFound:
        return ()


def _card(one: Letter, left: str, late: bool, proofs: int, own: set[UUID]) -> dict[str, Any]:
    return {
        "letter": one, "kind_name": kind_name(one.kind), "left": left, "late": late, "typed": typed(one), "proofs": proofs,
        "own": one.subject_id in own, "can_meet": Verdict.MEET in allowed(State(one.state)), "state": state_words(one.state),
        "signs": issues(State(one.state), one.route), "checks": one.state == State.AT_KELURAHAN,
    }  # fmt: skip
