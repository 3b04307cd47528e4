"""Credentials and presentations as the tests need them: sound ones, and ones with exactly one thing wrong."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from pasti.identity.rules import disclosures, jws, sd_jwt
from pasti.identity.rules.jws import LocalKey

VECTORS = Path(__file__).parent / "vectors"
NOW = 1_800_000_000
AUDIENCE, NONCE = "x509_hash:verifier", "pertanyaan-1"


def key(kid: str) -> LocalKey:
    return LocalKey(kid, ec.generate_private_key(ec.SECP256R1()))


ISSUER, HOLDER, STRANGER = key("kunci-kota"), key("kunci-warga"), key("orang-lain")
ENVELOPE = {
    "iss": "https://kota.example",
    "iat": NOW - 1000,
    "exp": NOW + 1000,
    "vct": "https://kota.example/id/vct/warga/1",
    "status": {"status_list": {"uri": "https://kota.example/id/status/1", "idx": 7}},
}
PERSON = {"nik": "3575010101900001", "name": "Siti", "kelurahan": "Purutrejo", "age_over_17": True}


def jwk(of: LocalKey) -> dict[str, str]:
    return jws.jwk_of(of.private.public_key())


def issued(claims: dict[str, Any] | None = None, person: dict[str, Any] | None = None) -> str:
    return sd_jwt.issue(ENVELOPE | (claims or {}), person or PERSON, holder_jwk=jwk(HOLDER), key=ISSUER)


def presentation(
    *,
    payload: dict[str, Any] | None = None,
    header: dict[str, Any] | None = None,
    given: Sequence[disclosures.Disclosure] = (),
    hidden: Sequence[disclosures.Disclosure] = (),
    binding: dict[str, Any] | None = None,
    binding_header: dict[str, Any] | None = None,
    issuer: LocalKey = ISSUER,
    holder: LocalKey = HOLDER,
) -> str:
    """A presentation put together by hand: `given` are shown, `hidden` only signed; None in a dict takes a claim out."""
    digests = sorted(disclosures.digest(one.text) for one in [*given, *hidden])
    whole = _without_none({**ENVELOPE, "cnf": {"jwk": jwk(HOLDER)}, "_sd": digests, **(payload or {})})
    token = jws.sign({"typ": "dc+sd-jwt", **(header or {})}, whole, issuer)
    return bound("~".join([token, *(one.text for one in given), ""]), binding, binding_header, holder)


def bound(
    open_part: str,
    binding: dict[str, Any] | None = None,
    header: dict[str, Any] | None = None,
    holder: LocalKey = HOLDER,
) -> str:
    said = {"iat": NOW, "aud": AUDIENCE, "nonce": NONCE, "sd_hash": disclosures.digest(open_part)}
    return open_part + jws.sign({"typ": "kb+jwt", **(header or {})}, _without_none(said | (binding or {})), holder)


def said(name: str, value: object, salt: str = "garam") -> disclosures.Disclosure:
    return disclosures.make(salt, name, value)


def verify(text: str, **changes: Any) -> sd_jwt.Verified:
    asked = {"issuer_key": trusted, "audience": AUDIENCE, "nonce": NONCE, "now": NOW} | changes
    return sd_jwt.verify_presentation(text, **asked)


def trusted(header: dict[str, Any]) -> jws.PublicKey | None:
    return ISSUER.private.public_key() if header.get("kid") == ISSUER.kid else None


def unwrapped(path: Path) -> str:
    """A text that its standard printed on lines of limited length."""
    return "".join(line.strip() for line in path.read_text().splitlines())


def _without_none(claims: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in claims.items() if value is not None}
