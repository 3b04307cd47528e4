"""Checking a paper, for anyone: no account, no cookie, no script."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from pasti.kernel.api.limits import TokenBucket
from pasti.siap_pak_rt.queries.papers import KnownPaper, known
from pasti.siap_pak_rt.rules import papers as rules
from pasti.siap_pak_rt.services import papers_verify as verify
from pasti.siap_pak_rt.web import papers_words as words
from pasti.siap_pak_rt.web.papers_forms import CodeForm, FactsForm, FileForm

# Per address and process; wrong facts are counted per paper in the database besides.
LOOKS, PROOFS = TokenBucket(rate=1, burst=60), TokenBucket(rate=1 / 10, burst=20)
PER_CODE = TokenBucket(rate=1 / 5, burst=30)
LARGEST_BODY = verify.LARGEST + 100_000  # bytes, with what a form adds
LOCAL = ("127.0.0.1", "::1", "")


def public(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page that is found by no search engine and kept by no cache.

    Nothing here changes anything for whoever is signed in, so no token against forged requests is asked for: the page
    sets no cookie, and a body too large is refused before it is read.
    """

    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = _limited(request, kwargs.get("code", "")) or view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        return response

    return guarded


@public
def verification(request: HttpRequest) -> HttpResponse:
    """Type a code, or upload a file: the two ways to a paper."""
    code_form = CodeForm(request.GET) if "kode" in request.GET else CodeForm()
    if request.method == "POST":
        form, checked = _by_file(request, "")
        if checked is not None and checked.paper is not None:
            return _paper_page(request, checked.paper, form=form, checked=checked)
        return _entrance(request, CodeForm(), form, 422)
    if code_form.is_bound and code_form.is_valid():
        return redirect("siap_pak_rt:papers_code", code=rules.grouped(code_form.cleaned_data["kode"]))
    return _entrance(request, code_form, FileForm(), 422 if code_form.errors else 200)


@public
def by_code(request: HttpRequest, code: str) -> HttpResponse:
    """Where the QR code leads: what anyone may know of the paper, and the two ways to read all of it."""
    plain = rules.read_code(code)
    if request.method == "POST" and plain:
        return _proving(request, plain)
    paper = verify.look_up(plain) if plain else None
    if paper is None:
        return render(request, "siap_pak_rt/papers_unknown.html", {"form": CodeForm()}, status=404)
    return _paper_page(request, paper)


def _proving(request: HttpRequest, code: str) -> HttpResponse:
    by_file = "berkas" in request.FILES or request.POST.get("cara") == "berkas"
    form, checked = _by_file(request, code) if by_file else _by_facts(request, code)
    paper = checked.paper if checked else known(code=code)
    if paper is None:
        return render(request, "siap_pak_rt/papers_unknown.html", {"form": CodeForm()}, status=404)
    return _paper_page(request, paper, form=form, checked=checked)


def _by_file(request: HttpRequest, code: str) -> tuple[FileForm, verify.Checked | None]:
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return form, None
    checked = verify.compare_file(form.cleaned_data["berkas"].chunks(), code)
    if checked.verdict != verify.SAME:
        form.add_error("berkas", words.verdict(checked.verdict))
    return form, checked


def _by_facts(request: HttpRequest, code: str) -> tuple[FactsForm, verify.Checked | None]:
    form = FactsForm(request.POST)
    if not form.is_valid():
        return form, None
    checked = verify.compare_facts(code, form.cleaned_data["nik_akhir"], form.cleaned_data["lahir"])
    if checked.verdict == "limited":
        form.add_error(None, _("Sudah terlalu banyak percobaan yang salah untuk surat ini. Coba lagi satu jam lagi, atau "
                               "unggah berkasnya."))  # fmt: skip
    elif checked.verdict != verify.SAME:
        form.add_error(
            None, _("Data ini tidak cocok dengan surat. Periksa empat angka terakhir NIK dan tanggal lahir.")
        )
    return form, checked


def _paper_page(
    request: HttpRequest, paper: KnownPaper, *, form: Any = None, checked: verify.Checked | None = None
) -> HttpResponse:
    label, tone = words.state(paper)
    context = {
        "paper": paper, "state": label, "tone": tone, "signature": words.signature(paper), "ended": words.ended(paper),
        "content": checked.content if checked else None, "seal": checked.signature if checked else None,
        "compared": isinstance(form, FileForm) and checked is not None and checked.content is not None,
        "file_form": form if isinstance(form, FileForm) and form.errors else FileForm(),
        "facts_form": form if isinstance(form, FactsForm) and form.errors else FactsForm(),
    }  # fmt: skip
    status = 429 if checked and checked.verdict == "limited" else 422 if form is not None and form.errors else 200
    return render(request, "siap_pak_rt/papers_code.html", context, status=status)


def _entrance(request: HttpRequest, code_form: CodeForm, file_form: FileForm, status: int) -> HttpResponse:
    context = {"code_form": code_form, "file_form": file_form}
    return render(request, "siap_pak_rt/papers_verify.html", context, status=status)


def _limited(request: HttpRequest, code: str) -> HttpResponse | None:
    """The refusal of a request too many or a body too large; None when it may pass."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BODY:
        return render(request, "siap_pak_rt/papers_stopped.html", {"text": words.verdict(verify.TOO_LARGE)}, status=413)
    posted, moment = request.method == "POST", time.monotonic()
    wait = (PROOFS if posted else LOOKS).take(_address(request), moment)
    if posted and not wait:
        wait = PER_CODE.take(rules.read_code(code), moment) if code else 0
    if not wait:
        return None
    text = _("Terlalu banyak pemeriksaan dari sini. Tunggu sebentar lalu coba lagi.")
    response = render(request, "siap_pak_rt/papers_stopped.html", {"text": text}, status=429)
    response["Retry-After"] = str(max(1, round(wait)))
    return response


def _address(request: HttpRequest) -> str:
    """Whose request it is: behind a proxy on this machine, the address the proxy says it has from."""
    direct = str(request.META.get("REMOTE_ADDR", ""))
    told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return told[:64] if told and direct in LOCAL else direct
