"""SD-JWT VC with ES256: issued, presented, verified (RFC 9901; draft-ietf-oauth-sd-jwt-vc).

There is no way to verify without key binding: a presentation that no holder signed proves nothing about who stands
there. Every check is one function of `sd_jwt_checks.CHECKS`, in order: signatures before anything is believed.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping
from typing import Any

import msgspec

from pasti.identity.rules import disclosures, jws, sd_jwt_checks
from pasti.identity.rules.invalid import Invalid
from pasti.identity.rules.jws import Json, PublicKey, SigningKey
from pasti.identity.rules.sd_jwt_checks import BINDING_TYPE, CREDENTIAL_TYPE, PROTECTED, Expected, Presented

ENVELOPE = PROTECTED | {"sub", "jti", "vct#integrity"}  # what is said of the credential, not of the person
SALT_BYTES = 16  # RFC 9901 9.3: 128 bits


class StatusRef(msgspec.Struct, frozen=True):
    """Where the status of a credential stands: the list's address and the index in it."""

    uri: str
    idx: int


class Verified(msgspec.Struct, frozen=True):
    """A presentation that holds. `claims` is what the holder let be seen, `payload` that and the envelope."""

    claims: Json
    payload: Json
    header: Json
    holder: Json
    status: StatusRef | None
    presented_at: int  # seconds since 1970, by the holder's clock


def fresh_salt() -> str:
    """128 bits that nobody guesses."""
    return secrets.token_urlsafe(SALT_BYTES)


def issue(
    claims: Mapping[str, Any],
    disclosable: Mapping[str, Any],
    *,
    holder_jwk: Mapping[str, Any],
    key: SigningKey,
    headers: Mapping[str, Any] | None = None,
    salt: Callable[[], str] = fresh_salt,
) -> str:
    """The credential with all its disclosures, bound to the holder's key, ready to be handed over.

    `claims` stand open (iss, iat, exp, vct, status); each of `disclosable` may be shown or kept back by itself, and
    so may each member of one that is an object. Raises Invalid("protected") for one that may never be kept back,
    Invalid("clash") for one that stands open too, Invalid("key") for a holder's key that is none.
    """
    if not PROTECTED.isdisjoint(disclosable):
        raise Invalid("protected", f"never disclosable: {', '.join(sorted(PROTECTED & disclosable.keys()))}")
    if not disclosable.keys().isdisjoint(claims):
        raise Invalid("clash", "open and disclosable at once")
    jws.public_key(dict(holder_jwk))
    hidden, made = disclosures.hide(disclosable, salt)
    holder = {name: holder_jwk[name] for name in ("kty", "crv", "x", "y")}
    payload = {**claims, **hidden, disclosures.HASH: "sha-256", "cnf": {"jwk": holder}}
    token = jws.sign({"typ": CREDENTIAL_TYPE, **(headers or {})}, payload, key)
    return "~".join([token, *(one.text for one in made), ""])


def present(credential: str, names: Collection[str], *, audience: str, nonce: str, iat: int, key: SigningKey) -> str:
    """What a holder's wallet answers: the credential with the disclosures of `names` and its own signature."""
    token, *texts, _ = credential.split("~")
    shown = [text for text in texts if disclosures.parse(text).name in names]
    open_part = "~".join([token, *shown, ""])
    payload = {"iat": iat, "aud": audience, "nonce": nonce, "sd_hash": disclosures.digest(open_part)}
    header = {"typ": BINDING_TYPE, "alg": jws.ALGORITHM}
    signed = f"{jws.b64(jws.dump(header))}.{jws.b64(jws.dump(payload))}"
    return f"{open_part}{signed}.{jws.b64(key.sign(signed.encode()))}"


def verify_presentation(
    text: str,
    *,
    issuer_key: Callable[[Json], PublicKey | None],
    audience: str,
    nonce: str,
    now: int,
) -> Verified:
    """What the holder proved to `audience` in answer to `nonce`, at `now` (seconds since 1970).

    `issuer_key` finds the key of a trusted issuer by the token's header. Raises Invalid with the code of the check
    that failed. Status, and what the verifier may ask for, are for the caller to decide.
    """
    presented = parse(text)
    expected = Expected(issuer_key, audience, nonce, now)
    for check in sd_jwt_checks.CHECKS:
        check(presented, expected)
    payload = presented.folding.folded
    claims = {name: value for name, value in payload.items() if name not in ENVELOPE}
    cnf, binding = payload.get("cnf") or {}, presented.binding
    iat = binding.payload.get("iat", 0) if binding else 0
    return Verified(claims, payload, presented.issued.header, cnf.get("jwk", {}), status_of(payload), iat)


def parse(text: str) -> Presented:
    """The parts of a presentation, nothing believed yet. Raises Invalid("encoding" | "disclosure")."""
    if len(text) > jws.LONGEST:
        raise Invalid("encoding", "too long")
    open_part, tilde, binding = text.rpartition("~")
    if not tilde:
        raise Invalid("encoding", "not an SD-JWT")
    issued, *texts = open_part.split("~")
    given = [disclosures.parse(one) for one in texts]
    return Presented(jws.parse(issued), given, jws.parse(binding) if binding else None, f"{open_part}~")


def status_of(payload: Mapping[str, Any]) -> StatusRef | None:
    """Where the credential's status stands, None if it has none. Raises Invalid("status") when unreadable."""
    status = payload.get("status")
    if status is None:
        return None
    place = status.get("status_list") if isinstance(status, dict) else None
    if not isinstance(place, dict):
        raise Invalid("status", "no status_list")
    uri, idx = place.get("uri"), place.get("idx")
    if not isinstance(uri, str) or not isinstance(idx, int) or isinstance(idx, bool) or idx < 0:
        raise Invalid("status", "uri and idx expected")
    return StatusRef(uri, idx)
