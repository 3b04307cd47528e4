"""OpenID for Verifiable Presentations 1.0: the request by reference, and the wallet's answer (direct_post)."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse

from pasti.identity.rules import jws, oid4vp
from pasti.identity.rules.invalid import Invalid
from pasti.identity.services import verifying
from pasti.identity.web.issuing_edges import endpoint

LARGEST = 3 * jws.LONGEST  # bytes of an answer: one presentation, its JSON and the form around it


@endpoint("GET", "HEAD", "POST")
def request_object(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The signed request object (5.7); a wallet may fetch it by POST as well (5.10)."""
    return HttpResponse(verifying.request_object(pk), content_type=oid4vp.REQUEST_MEDIA)


@endpoint("POST")
def response(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The answer (8.2). A presentation that does not hold is refused with the reason."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        raise Invalid("invalid_request", "too long")
    judged = verifying.answer(pk, dict(request.POST.lists()))
    if judged.cause and judged.cause != "declined":
        raise Invalid("invalid_request", judged.cause)
    return JsonResponse({})
