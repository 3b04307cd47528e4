"""What a wallet does: show the offer's code for a token, show proofs of its keys for copies of the card."""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from pasti.identity.models import Activation, Card, CardStep, Credential, UsedNonce
from pasti.identity.models.issuing import TRIES
from pasti.identity.rules import claims as card_rules
from pasti.identity.rules import jws, oid4vci, sd_jwt
from pasti.identity.rules.invalid import Invalid
from pasti.identity.rules.oid4vci import CredentialRequest, Proof, TokenRequest
from pasti.identity.services import issuing_cards as cards
from pasti.identity.services import issuing_codes as codes
from pasti.identity.services import issuing_status as status
from pasti.identity.services import keys
from pasti.identity.services.issuing_desk import TWO_OFFICERS
from pasti.identity.services.issuing_facts import PURPOSE, Told, told
from pasti.kernel.accounts.scope import everyone, scoped
from pasti.kernel.audit.services import record_change
from pasti.kernel.clock import now
from pasti.kernel.context import SYSTEM, acting_as

State = Activation.State
CONFIGURATION = "KartuWargaDigital"
COPIES = 5  # at once, each with salts, a key and a place of its own: verifiers cannot link them
TOKEN_LIFE = dt.timedelta(minutes=5)
ANSWERS = 3  # times a wallet may ask while the token lives: an answer can be lost on the way


def issuer() -> str:
    """The credential issuer identifier."""
    return str(settings.PASTI_BASE_URL)


def offered(code: str) -> str:
    """The pre-authorized code of the offer in the QR. Raises Invalid("not_found"): unknown, over, or taken already."""
    found = codes.read(codes.OFFER, code)
    with _city():
        if found is None or not _live(*found).exists():
            raise Invalid("not_found", "this offer is over")
    return codes.code(codes.GRANT, *found)


def redeem(asked: TokenRequest) -> str:
    """The access token for the right transaction code, once. Raises Invalid: invalid_request, invalid_grant.

    Each wrong code counts, and three end the offer. A code shown late, again, or beside another gets the same answer.
    """
    if asked.tx_code is None:
        raise Invalid("invalid_request", "tx_code is missing")
    found = codes.read(codes.GRANT, asked.code)
    if found is None:
        raise Invalid("invalid_grant", "unknown code")
    with _city(), transaction.atomic():
        right = hmac.compare_digest(codes.tx_code(*found).encode(), asked.tx_code.encode())
        token = _taken(*found) if right else ""
        if not right:
            _count_wrong(*found)
    if not token:
        raise Invalid("invalid_grant", "wrong transaction code, or the offer is over")
    return token


def issue(token: str, asked: CredentialRequest) -> list[str]:
    """Copies of the card, one for each proof. Raises Invalid with the code of the specification, or "invalid_token"."""
    with _city():
        found = Activation.objects.filter(token_digest=codes.digest(token), token_expires_at__gt=now()).first()
        if found is None:
            raise Invalid("invalid_token", "unknown or expired token")
        _check_kind(asked)
        proofs = _checked_proofs(asked.proofs)
        with transaction.atomic(), acting_as(SYSTEM):
            return _issued(found.pk, proofs)


def forget_nonces() -> int:
    """Nonces that nobody may use any more need not be remembered; returns how many went."""
    long_ago = now() - dt.timedelta(seconds=2 * codes.NONCE_LIFE)
    return UsedNonce.objects.filter(used_at__lt=long_ago).delete()[0]


@contextmanager
def _city() -> Iterator[None]:
    """A wallet has no account: the code it shows says which row is meant."""
    with scoped(everyone(settings.PASTI_CITY.get("code", ""), PURPOSE)):
        yield


def _live(activation: UUID, number: int) -> Any:
    return Activation.objects.filter(
        pk=activation, round=number, state=State.OFFERED, expires_at__gt=now(), attempts__lt=TRIES
    )


def _taken(activation: UUID, number: int) -> str:
    """A token, for the first who comes while the offer lives; empty for all others."""
    token = secrets.token_urlsafe(32)
    took = _live(activation, number).update(
        state=State.TAKEN, token_digest=codes.digest(token), token_expires_at=now() + TOKEN_LIFE
    )
    return token if took else ""


def _count_wrong(activation: UUID, number: int) -> None:
    if not _live(activation, number).update(attempts=F("attempts") + 1):
        return
    Activation.objects.filter(pk=activation, state=State.OFFERED, attempts__gte=TRIES).update(state=State.DEAD)
    person = Activation.objects.values_list("person_id", flat=True).get(pk=activation)
    record_change(
        person, "identity.activation.wrong_code", purpose=PURPOSE, object_type="activation", object_id=activation
    )


def _check_kind(asked: CredentialRequest) -> None:
    if asked.identifier is not None:
        raise Invalid("unknown_credential_identifier")
    if asked.configuration != CONFIGURATION:
        raise Invalid("unknown_credential_configuration")


def _checked_proofs(texts: tuple[str, ...]) -> list[Proof]:
    if not 1 <= len(texts) <= COPIES:
        raise Invalid("invalid_proof", f"1 to {COPIES} proofs")
    moment = int(now().timestamp())
    proofs = [oid4vci.check_proof(one, audience=issuer(), now=moment) for one in texts]
    if len({jws.thumbprint(one.jwk) for one in proofs}) != len(proofs):
        raise Invalid("invalid_proof", "each proof is for a key of its own")
    nonces = {one.nonce for one in proofs}
    if len(nonces) != 1 or not codes.nonce_is_ours(nonces.pop()):
        raise Invalid("invalid_nonce", "ask the nonce endpoint for a fresh one")
    return proofs


def _issued(activation: UUID, proofs: list[Proof]) -> list[str]:
    """In one transaction: the nonce is used up, the person's cards are in order, the copies exist."""
    _use_nonce(proofs[0].nonce)
    found = Activation.objects.select_for_update().get(pk=activation)
    with connection.cursor() as cursor:  # two counters at once for one person: one after the other
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 21))", [str(found.person_id)])
    facts = told(found.person_id)
    if facts is None or found.answers >= ANSWERS or _needs_second(found):
        raise Invalid("credential_request_denied", "ask at the counter")
    card = _card_of(found, facts)
    Activation.objects.filter(pk=activation).update(
        state=State.ISSUED, issued_at=found.issued_at or now(), answers=F("answers") + 1
    )
    return _copies(card, facts, proofs)


def _use_nonce(nonce: str) -> None:
    try:
        with transaction.atomic():
            UsedNonce.objects.create(digest=jws.b64(codes.digest(nonce)), used_at=now())
    except IntegrityError as error:
        raise Invalid("invalid_nonce", "used already") from error


def _needs_second(found: Activation) -> bool:
    """Whether another counter issued a card meanwhile, so that this one takes two officers."""
    others = Activation.objects.filter(person_id=found.person_id, issued_at__gt=now() - TWO_OFFICERS)
    return found.second_id is None and others.exclude(pk=found.pk).exists()


def _card_of(found: Activation, facts: Told) -> Card:
    """The card of this activation: made now, or with its copies so far revoked when the wallet asks once more."""
    card = Card.objects.filter(activation=found).first()
    if card is not None:
        if card.state != Card.State.VALID:
            raise Invalid("credential_request_denied", "this card was stopped")
        status.mark(list(Credential.objects.filter(card=card).values_list("entry_id", flat=True)), 1)
        return card
    moment = now()
    _iat, exp = card_rules.period(moment)
    card = Card.objects.create(
        activation=found, person_id=found.person_id, rt_code=facts.rt_code, device=found.device, issued_at=moment,
        expires_at=dt.datetime.fromtimestamp(exp, dt.UTC), facts_digest=facts.digest,
    )  # fmt: skip
    if found.mode == Activation.Mode.INSTEAD:
        cards.revoke_all(found.person_id, Card.Why.REPLACED, besides=str(card.pk))
    cards.keep_step(card, CardStep.Step.ISSUED)
    return card


def _copies(card: Card, facts: Told, proofs: list[Proof]) -> list[str]:
    iat, exp = card_rules.period(now())
    key, entries = keys.current(), status.allocate(len(proofs))
    rows, texts = [], []
    for proof, entry in zip(proofs, entries, strict=True):
        place = {"idx": entry.idx, "uri": status.address_of(entry.list_id)}
        shown = {"iss": issuer(), "iat": iat, "exp": exp, "vct": f"{issuer()}/id/vct/{card_rules.TYPE}",
                 "status": {"status_list": place}}  # fmt: skip
        texts.append(sd_jwt.issue(shown, facts.claims, holder_jwk=proof.jwk, key=key))
        rows.append(Credential(card=card, person_id=card.person_id, rt_code=card.rt_code, entry=entry, issued_at=now(),
                               holder=jws.thumbprint(proof.jwk)))  # fmt: skip
    try:
        with transaction.atomic():
            Credential.objects.bulk_create(rows)
    except IntegrityError as error:
        raise Invalid("invalid_proof", "a key that was used before") from error
    return texts
