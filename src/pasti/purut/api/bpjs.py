"""BPJS Kesehatan "WS Antrean RS" as Mobile JKN calls it: who calls, the envelope, and the answer to every failure.

The caller reads nothing but HTTP 200 and the code in `metadata`: 200 done, 201 refused, 202 a new patient. Its token comes
in a header, so nothing here needs a session or protection against forged forms.
"""

from __future__ import annotations

import json
import logging
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from pasti.kernel.accounts.access import actor_for, can
from pasti.kernel.accounts.addresses import address_of
from pasti.kernel.accounts.services import user_of_token
from pasti.kernel.api.limits import spend
from pasti.kernel.api.problems import Problem
from pasti.kernel.context import become
from pasti.kernel.errors import Refused
from pasti.purut.api.bpjs_fields import Fields
from pasti.purut.api.bpjs_services import NEW, SERVICES, Reply
from pasti.purut.services import bpjs

log = logging.getLogger(__name__)
OK, REFUSED = 200, 201
CLIENT = "client:"  # how user names of programs begin


@csrf_exempt
def antrean_rs(request: HttpRequest, service: str = "") -> HttpResponse:
    """Any path under `/antrean/`."""
    with translation.override("id"):
        try:
            return _answer(_served(request, service.strip("/")))
        except Refused as refusal:
            return _refused(refusal.message)
        except Problem as problem:
            return _refused(problem.detail)
        except Exception:
            log.exception("unexpected error in %s", request.path)
            return _refused(_("Terjadi kesalahan pada sistem rumah sakit, silakan coba lagi"))


def _served(request: HttpRequest, service: str) -> Reply:
    if service == "token":
        return _token(request)
    if service not in SERVICES:
        raise Refused("layanan-tidak-dikenal", _("Layanan tidak dikenal"))
    if request.method != "POST":
        raise Refused("metode", _("Gunakan metode POST"))
    _let_in(request)
    return SERVICES[service](Fields(request.body))


def _token(request: HttpRequest) -> Reply:
    """A token for BPJS's login. GET, as it is specified; who sends POST means the same."""
    if request.method not in ("GET", "POST"):
        raise Refused("metode", _("Gunakan metode GET"))
    spend(f"antrean-token:{address_of(request)}")
    username, password = (request.headers.get(name, "") for name in ("x-username", "x-password"))
    if not username or not password or "\x00" in username:
        raise Refused("masuk-kosong", _("Header x-username dan x-password tidak boleh kosong"))
    return Reply({"token": bpjs.token_for(username[:80], password[:200])})


def _let_in(request: HttpRequest) -> None:
    """Let in a live token of the login that is named beside it. Tokens are found by their digest, which takes the same
    time for every text. Raises Refused.
    """
    token, username = request.headers.get("x-token", ""), request.headers.get("x-username", "")
    if not token or not username:
        raise Refused("tanpa-token", _("Header x-token dan x-username tidak boleh kosong"))
    user = user_of_token(token)
    if user is None or user.username != f"{CLIENT}{username}":
        raise Refused("token", _("Token tidak sah atau sudah kedaluwarsa"))
    spend(f"user:{user.pk}")
    if not can(user, bpjs.SCOPE):
        raise Refused("tidak-berwenang", _("Pengguna ini tidak berwenang atas layanan antrean"))
    become(actor_for(user))


def _answer(reply: Reply) -> HttpResponse:
    return _said(reply.response, NEW if reply.new_patient else OK, reply.message or "Ok")


def _refused(message: str) -> HttpResponse:
    return _said({}, REFUSED, message)


def _said(response: dict[str, Any], code: int, message: str) -> HttpResponse:
    body = {"response": response, "metadata": {"code": code, "message": message}}
    return HttpResponse(json.dumps(body, ensure_ascii=False), content_type="application/json")
