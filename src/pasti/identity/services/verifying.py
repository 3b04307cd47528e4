"""Asking at a desk and judging the answer: a question is asked once, answered once, within five minutes.

What the holder shows is kept for the desk's screen and forgotten in minutes. Who the holder is, is not looked up: the city
learns no more than the desk that asked.
"""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from pasti.identity.models import PresentationRequest, Shown, Verifier
from pasti.identity.queries import issuing as issuer
from pasti.identity.queries import verifying as queries
from pasti.identity.rules import dcql, oid4vp, sd_jwt, status_list, verifying, x5c
from pasti.identity.rules.invalid import Invalid
from pasti.identity.rules.jws import Json
from pasti.identity.rules.sd_jwt import Verified
from pasti.identity.services import verifying_keys as keys
from pasti.kernel.accounts.models import User
from pasti.kernel.audit.services import record_change
from pasti.kernel.clock import now
from pasti.kernel.errors import Refused

State = PresentationRequest.State
LIFE = dt.timedelta(minutes=5)
SHOWN_FOR = dt.timedelta(minutes=5)
PURPOSE = "identity.periksa"


@dataclass(frozen=True)
class Judged:
    """What became of an answer: the code of what is wrong, empty when the presentation holds, and what was asked."""

    cause: str
    claims: Mapping[str, Any]


@transaction.atomic
def ask(user: User, purpose_key: str) -> PresentationRequest:
    """A new question at the user's desk. Raises Refused: not this user's desk, stopped, or beyond what is approved."""
    desk = queries.desk_of(user, purpose_key)
    if desk is None:
        raise Refused("bukan-meja-anda", _("Tujuan ini tidak ada di meja Anda"), status=404, field="tujuan")
    purpose = desk.purpose
    if not set(purpose.claims) <= set(purpose.verifier.approved_claims):
        raise Refused(
            "di-luar-izin", _("Tujuan ini meminta data yang tidak disetujui untuk pemeriksa ini"), field="tujuan"
        )
    moment = now()
    return PresentationRequest.objects.create(
        purpose=purpose, claims=purpose.claims, required=purpose.required, client_id=keys.client_id(),
        nonce=secrets.token_urlsafe(24), handle=secrets.token_urlsafe(24), asked_by=user.pk, unit_code=desk.unit_code,
        unit_name=desk.unit_name, place=desk.place, asked_at=moment, expires_at=moment + LIFE,
    )  # fmt: skip


def request_object(request_id: UUID) -> str:
    """The signed request object of an open question. Raises Invalid("not_found") for one that is over or was none."""
    asked = _open(request_id)
    purpose = asked.purpose
    verifier = purpose.verifier
    key, certificate = keys.signing()
    told = {
        "name": verifier.name, "agency": verifier.agency, "contact": verifier.contact, "purpose": purpose.name,
        "legal_basis": purpose.legal_basis, "required": asked.required,
    }  # fmt: skip
    payload: Json = {
        "client_id": asked.client_id, "response_type": "vp_token", "response_mode": "direct_post",
        "response_uri": f"{settings.PASTI_BASE_URL}/id/oid4vp/response/{asked.pk}",
        "aud": oid4vp.SELF_ISSUED, "nonce": asked.nonce, "state": asked.handle,
        "iat": int(now().timestamp()), "exp": int(asked.expires_at.timestamp()),
        "dcql_query": verifying.query_for(asked.claims, asked.required, issuer.type_address()),
        "client_metadata": {
            "client_name": verifier.name,
            "vp_formats_supported": {"dc+sd-jwt": {"sd-jwt_alg_values": ["ES256"], "kb-jwt_alg_values": ["ES256"]}},
        },
        "verifier_info": [{"format": "pasti-verifier", "data": told}],
    }  # fmt: skip
    return oid4vp.request_object(payload, x5c.text_of(certificate), key)


def answer(request_id: UUID, form: Mapping[str, Sequence[str]]) -> Judged:
    """Judge a wallet's answer and close the question. Raises Invalid: not_found once it is closed, and what is malformed.

    A presentation that does not hold closes it too: the desk shows red and asks anew.
    """
    asked = _open(request_id)
    given = oid4vp.parse_answer(form)
    if not hmac.compare_digest((given.state or "").encode(), asked.handle.encode()):
        raise Invalid("invalid_request", "state is not that of the request")
    if given.error:
        _close(asked, State.DECLINED)
        return Judged("declined", {})
    judged = _judge(asked, given)
    _close(asked, State.FAILED if judged.cause else State.PASSED, judged)
    return judged


def _judge(asked: PresentationRequest, given: oid4vp.Answer) -> Judged:
    query = dcql.parse(verifying.query_for(asked.claims, asked.required, issuer.type_address()))
    try:
        texts = oid4vp.texts(given, verifying.QUERY)
        if not query.answered(set(given.presentations)) or len(texts) != 1:
            raise Invalid("presentation-count", "one presentation expected")
        found = sd_jwt.verify_presentation(
            texts[0],
            issuer_key=issuer.issuer_key,
            audience=asked.client_id,
            nonce=asked.nonce,
            now=int(now().timestamp()),
        )
        _check_status(found)
        return Judged("", verifying.answered(query.credentials[0], found.payload))
    except Invalid as wrong:
        return Judged(wrong.code, {})


def _check_status(found: Verified) -> None:
    ref = found.status
    status = issuer.status_of(ref.uri, ref.idx) if ref else None
    if status != status_list.VALID:
        codes = {status_list.INVALID: "revoked", status_list.SUSPENDED: "suspended"}
        raise Invalid(codes.get(status, "status-unknown") if status is not None else "status-unknown")


@transaction.atomic
def _close(asked: PresentationRequest, state: str, judged: Judged | None = None) -> None:
    """Whoever closes the question first has answered it; a second answer at the same moment is refused."""
    moment = now()
    still = PresentationRequest.objects.filter(pk=asked.pk, state=State.OPEN, expires_at__gt=moment)
    cause = judged.cause if judged else ""
    if not still.update(state=state, cause=cause[:40], answered_at=moment):
        raise Invalid("not_found", "this request is over")
    if judged and not cause:
        Shown.objects.create(request=asked, claims=dict(judged.claims), until=moment + SHOWN_FOR)
    record_change(
        None, "identity.presentation.answered", purpose=PURPOSE, object_type="presentation", object_id=asked.pk,
        object_label=asked.purpose_id, changes={"state": state, "cause": cause},
    )  # fmt: skip


def done(user: User, request_id: UUID) -> None:
    """The desk has seen enough: what was shown is gone. Twice is once."""
    Shown.objects.filter(request_id=request_id, request__asked_by=user.pk).delete()


def forget() -> int:
    """Drop what nobody may look at any more; returns how many."""
    return Shown.objects.filter(until__lte=now()).delete()[0]


def _open(request_id: UUID) -> PresentationRequest:
    found = (
        PresentationRequest.objects.select_related("purpose__verifier")
        .filter(pk=request_id, state=State.OPEN, expires_at__gt=now(), purpose__verifier__state=Verifier.State.APPROVED)
        .first()
    )
    if found is None:
        raise Invalid("not_found", "this request is over")
    return found
