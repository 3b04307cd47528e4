"""Everything that must hold for a presentation, one function a check (RFC 9901 7.1 and 7.3; SD-JWT VC 3).

The libraries leave many of these out; each has a test that fails when the check is taken from `CHECKS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from pasti.identity.rules import disclosures, jws
from pasti.identity.rules.disclosures import Disclosure, Folding
from pasti.identity.rules.invalid import Invalid
from pasti.identity.rules.jws import Json, PublicKey, Token

CREDENTIAL_TYPE, BINDING_TYPE = "dc+sd-jwt", "kb+jwt"
PROTECTED = frozenset({"iss", "iat", "nbf", "exp", "cnf", "vct", "status"})  # a holder may never keep these back
SKEW = 60  # seconds by which an issuer's clock may be ahead of ours
BINDING_WINDOW = 300  # seconds a holder's signature may be old, or ahead of our clock


class Expected(msgspec.Struct, frozen=True):
    """What the verifier knows: whom it trusts, who it is, what it asked, what time it is."""

    issuer_key: Callable[[Json], PublicKey | None]
    audience: str
    nonce: str
    now: int


@dataclass
class Presented:
    """A presentation taken apart. `open_part` is what the holder's signature covers: up to the last tilde."""

    issued: Token
    given: list[Disclosure]
    binding: Token | None
    open_part: str

    _folding: Folding | None = None

    @property
    def folding(self) -> Folding:
        """The payload with what was disclosed in its places. Only asked for after the issuer's signature held."""
        if self._folding is None:
            self._folding = disclosures.fold(self.issued.payload, self.given, PROTECTED)
        return self._folding


def _seconds(payload: Json, name: str) -> float | None:
    value: Any = payload.get(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise Invalid(name, "not a time")
    return value


def credential_type(presented: Presented, _: Expected) -> None:
    """Only a digital credential: a token signed for something else by the same key is none."""
    if presented.issued.header.get("typ") != CREDENTIAL_TYPE:
        raise Invalid("typ", f"typ must be {CREDENTIAL_TYPE}")


def credential_algorithm(presented: Presented, _: Expected) -> None:
    """ES256 and no extension we would have to understand."""
    if presented.issued.header.get("alg") != jws.ALGORITHM or "crit" in presented.issued.header:
        raise Invalid("alg", f"alg must be {jws.ALGORITHM}")


def issuer_signature(presented: Presented, expected: Expected) -> None:
    """Signed by an issuer the verifier trusts."""
    key = expected.issuer_key(presented.issued.header)
    if key is None:
        raise Invalid("issuer-key", "no trusted issuer has this key")
    if not jws.signed_by(presented.issued, key):
        raise Invalid("issuer-signature")


def digest_algorithm(presented: Presented, _: Expected) -> None:
    """Digests are SHA-256, said or unsaid."""
    if presented.issued.payload.get(disclosures.HASH, "sha-256") != "sha-256":
        raise Invalid("digest-algorithm")


def named_type(presented: Presented, _: Expected) -> None:
    """The credential says of which type it is."""
    if not isinstance(presented.issued.payload.get("vct"), str):
        raise Invalid("vct", "vct is missing")


def not_expired(presented: Presented, expected: Expected) -> None:
    """Before `exp`."""
    exp = _seconds(presented.issued.payload, "exp")
    if exp is not None and expected.now >= exp:
        raise Invalid("expired")


def already_valid(presented: Presented, expected: Expected) -> None:
    """Not before `nbf`."""
    nbf = _seconds(presented.issued.payload, "nbf")
    if nbf is not None and nbf > expected.now + SKEW:
        raise Invalid("not-yet-valid")


def issued_before(presented: Presented, expected: Expected) -> None:
    """Not issued in the future."""
    iat = _seconds(presented.issued.payload, "iat")
    if iat is not None and iat > expected.now + SKEW:
        raise Invalid("issued-in-future")


def disclosed_once(presented: Presented, _: Expected) -> None:
    """No disclosure given twice."""
    if len({one.text for one in presented.given}) != len(presented.given):
        raise Invalid("disclosure-repeated")


def digests_once(presented: Presented, _: Expected) -> None:
    """No digest stands in two places, in the payload or inside disclosures."""
    if presented.folding.twice:
        raise Invalid("digest-repeated")


def disclosures_used(presented: Presented, _: Expected) -> None:
    """Every disclosure has its digest somewhere."""
    if len(presented.folding.used) != len(presented.folding.given):
        raise Invalid("disclosure-unused")


def names_free(presented: Presented, _: Expected) -> None:
    """A disclosed claim overwrites none, and stands as member or element as it was made."""
    if presented.folding.clash:
        raise Invalid("claim-clash")


def protected_open(presented: Presented, _: Expected) -> None:
    """What makes a credential valid cannot be kept back at will."""
    if not PROTECTED.isdisjoint(presented.folding.names):
        raise Invalid("protected-disclosed")


def holder_bound(presented: Presented, _: Expected) -> None:
    """The holder signed too, and the credential names the holder's key."""
    if presented.binding is None:
        raise Invalid("binding-missing")


def binding_type(presented: Presented, _: Expected) -> None:
    """The holder's signature was made for a presentation, nothing else."""
    if presented.binding and presented.binding.header.get("typ") != BINDING_TYPE:
        raise Invalid("binding-typ", f"typ must be {BINDING_TYPE}")


def binding_algorithm(presented: Presented, _: Expected) -> None:
    """ES256 for the holder as well."""
    header = presented.binding.header if presented.binding else None
    if header is not None and (header.get("alg") != jws.ALGORITHM or "crit" in header):
        raise Invalid("binding-alg", f"alg must be {jws.ALGORITHM}")


def binding_audience(presented: Presented, expected: Expected) -> None:
    """Made for this verifier: exactly one, as a string."""
    if presented.binding and presented.binding.payload.get("aud") != expected.audience:
        raise Invalid("audience")


def binding_nonce(presented: Presented, expected: Expected) -> None:
    """Made for this question."""
    if presented.binding and presented.binding.payload.get("nonce") != expected.nonce:
        raise Invalid("nonce")


def binding_recent(presented: Presented, expected: Expected) -> None:
    """Made within five minutes of now, either way."""
    if presented.binding is None:
        return
    iat = _seconds(presented.binding.payload, "iat")
    if iat is None or abs(expected.now - iat) > BINDING_WINDOW:
        raise Invalid("binding-time")


def binding_covers(presented: Presented, _: Expected) -> None:
    """Made over exactly this credential with exactly these disclosures."""
    if presented.binding and presented.binding.payload.get("sd_hash") != disclosures.digest(presented.open_part):
        raise Invalid("sd-hash")


def binding_signature(presented: Presented, _: Expected) -> None:
    """Made by the key the issuer saw in the holder's hands."""
    if presented.binding is None:
        return
    cnf = presented.issued.payload.get("cnf")
    if not isinstance(cnf, dict) or "jwk" not in cnf:
        raise Invalid("holder-key", "the credential names no holder's key")
    if not jws.signed_by(presented.binding, jws.public_key(cnf["jwk"])):
        raise Invalid("binding-signature")


CHECKS: tuple[Callable[[Presented, Expected], None], ...] = (
    credential_type,
    credential_algorithm,
    issuer_signature,
    digest_algorithm,
    named_type,
    not_expired,
    already_valid,
    issued_before,
    disclosed_once,
    digests_once,
    disclosures_used,
    names_free,
    protected_open,
    holder_bound,
    binding_type,
    binding_algorithm,
    binding_audience,
    binding_nonce,
    binding_recent,
    binding_covers,
    binding_signature,
)
