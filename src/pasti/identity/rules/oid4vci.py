"""The messages of OpenID for Verifiable Credential Issuance 1.0: offers, tokens, requests, proofs.

Each `parse_...` takes parsed JSON (or a form) and raises Invalid with the error code of the specification.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from msgspec import Meta, Struct, field

from pasti.identity.rules import jws
from pasti.identity.rules.invalid import Invalid
from pasti.identity.rules.jws import Json
from pasti.identity.rules.messages import Path, Text, Texts, need, once, query, read, read_json, secure, unique

PRE_AUTHORIZED = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
OFFER_SCHEME = "openid-credential-offer://"
PROOF_TYPE = "openid4vci-proof+jwt"
PROOF_WINDOW = 300  # seconds a proof may be old, or ahead of our clock
MOST_PROOFS = 10  # credentials issued at once
_REQUEST, _PROOF = "invalid_credential_request", "invalid_proof"


class TxCode(Struct):
    """The transaction code the holder types, told by another channel (4.1.1)."""

    input_mode: Literal["numeric", "text"] = "numeric"
    length: Annotated[int, Meta(gt=0)] | None = None
    description: Annotated[str, Meta(max_length=300)] | None = None


class PreAuthorizedGrant(Struct):
    """A code that stands for a consent already given at the counter."""

    code: Text = field(name="pre-authorized_code")
    tx_code: TxCode | None = None
    authorization_server: str | None = None


class AuthorizationGrant(Struct):
    """The holder signs in at the authorization server."""

    issuer_state: str | None = None
    authorization_server: str | None = None


class Grants(Struct):
    """The ways the issuer offers."""

    authorization_code: AuthorizationGrant | None = None
    pre_authorized: PreAuthorizedGrant | None = field(default=None, name=PRE_AUTHORIZED)


class Offer(Struct):
    """A credential offer (4.1.1)."""

    credential_issuer: Text
    credential_configuration_ids: Texts
    grants: Grants | None = None


def parse_offer(raw: object) -> Offer:
    """The offer. Raises Invalid("invalid_request")."""
    offer = read(Offer, raw, "invalid_request")
    need(secure(offer.credential_issuer), "invalid_request", "credential_issuer is an https address")
    need(unique(offer.credential_configuration_ids), "invalid_request", "a configuration is offered twice")
    return offer


def offer_link(uri: str) -> str:
    """What the offer's QR carries: a link to the offer by reference (4.1.3)."""
    return f"{OFFER_SCHEME}?{urlencode({'credential_offer_uri': uri})}"


def parse_offer_link(link: str) -> Offer | str:
    """The offer in a link, or the address it is fetched from. Raises Invalid("invalid_request")."""
    given = query(link, "invalid_request")
    value, uri = given.get("credential_offer"), given.get("credential_offer_uri")
    need((value is None) != (uri is None), "invalid_request", "either credential_offer or credential_offer_uri")
    if value is not None:
        return parse_offer(read_json(value, "invalid_request"))
    need(secure(str(uri)), "invalid_request", "credential_offer_uri is an https address")
    return str(uri)


class AuthorizationDetail(Struct):
    """One credential asked for in authorization_details (5.1.1)."""

    type: Literal["openid_credential"]
    credential_configuration_id: Text
    locations: Texts | None = None
    claims: list[ClaimsDescription] | None = None


class ClaimsDescription(Struct):
    """A claim by its path (Appendix B.1)."""

    path: Path
    mandatory: bool = False
    display: list[dict[str, Any]] | None = None


def parse_authorization_details(raw: object) -> list[AuthorizationDetail]:
    """The details. Raises Invalid("invalid_authorization_details") (RFC 9396)."""
    details = read(list[AuthorizationDetail], raw, "invalid_authorization_details")
    need(bool(details), "invalid_authorization_details", "nothing is asked for")
    return details


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A pre-authorized code shown at the token endpoint (6.1)."""

    code: str
    tx_code: str | None
    client_id: str | None


def parse_token_request(form: Mapping[str, Sequence[str]]) -> TokenRequest:
    """The request. Raises Invalid: unsupported_grant_type, invalid_request."""
    given = once(form, "invalid_request")
    need("grant_type" in given, "invalid_request", "grant_type is missing")
    need(given["grant_type"] == PRE_AUTHORIZED, "unsupported_grant_type", "only the pre-authorized code")
    need("pre-authorized_code" in given, "invalid_request", "pre-authorized_code is missing")
    return TokenRequest(given["pre-authorized_code"], given.get("tx_code"), given.get("client_id"))


@dataclass(frozen=True, slots=True)
class CredentialRequest:
    """A credential asked for, by its configuration or by an identifier from the token response (8.2)."""

    configuration: str | None
    identifier: str | None
    proofs: tuple[str, ...]


class _CredentialRequest(Struct):
    credential_configuration_id: Text | None = None
    credential_identifier: Text | None = None
    proofs: dict[str, Any] | None = None
    credential_response_encryption: dict[str, Any] | None = None


def parse_credential_request(raw: object) -> CredentialRequest:
    """The request, with its proofs of type jwt. Raises Invalid: invalid_credential_request, invalid_proof,
    invalid_encryption_parameters (we offer none)."""
    asked = read(_CredentialRequest, raw, _REQUEST)
    one = (asked.credential_configuration_id is None) != (asked.credential_identifier is None)
    need(one, _REQUEST, "either credential_configuration_id or credential_identifier")
    plain = asked.credential_response_encryption is None
    need(plain, "invalid_encryption_parameters", "responses are not encrypted")
    proofs = _proofs(asked.proofs)
    return CredentialRequest(asked.credential_configuration_id, asked.credential_identifier, proofs)


def _proofs(raw: dict[str, Any] | None) -> tuple[str, ...]:
    if raw is None:
        return ()
    need(list(raw) == ["jwt"], _PROOF, "proofs has exactly one member, jwt")
    proofs = read(Texts, raw["jwt"], _PROOF)
    need(len(proofs) <= MOST_PROOFS and unique(proofs), _PROOF, f"at most {MOST_PROOFS} proofs, none twice")
    return tuple(proofs)


@dataclass(frozen=True, slots=True)
class Proof:
    """That the wallet holds this key: `nonce` is for the issuer to use up."""

    jwk: Json
    nonce: str
    iat: int


def check_proof(text: str, *, audience: str, now: int) -> Proof:
    """The key proof of a wallet (Appendix F.1), its signature checked by the key it carries.

    Raises Invalid("invalid_proof"), or "invalid_nonce" where the nonce is missing.
    """
    try:
        token = jws.parse(text)
        jws.expect(token, PROOF_TYPE)
        need(token.header.keys().isdisjoint({"kid", "x5c", "trust_chain"}), _PROOF, "the key comes as jwk alone")
        signed = jws.signed_by(token, jws.public_key(token.header.get("jwk")))
    except Invalid as wrong:
        raise Invalid(_PROOF, wrong.description) from wrong
    need(signed, _PROOF, "signature")
    aud, iat, nonce = (token.payload.get(name) for name in ("aud", "iat", "nonce"))
    need(aud in (audience, [audience]), _PROOF, "aud is the credential issuer")
    need(type(iat) is int and abs(now - iat) <= PROOF_WINDOW, _PROOF, "iat is not within five minutes")
    need(isinstance(nonce, str) and bool(nonce), "invalid_nonce", "nonce is missing")
    jwk = token.header["jwk"]
    return Proof({name: jwk[name] for name in ("kty", "crv", "x", "y")}, str(nonce), int(str(iat)))


class IssuedCredential(Struct):
    """One issued credential; a text in most formats."""

    credential: Text | dict[str, Any]


class CredentialResponse(Struct, omit_defaults=True):
    """What the credential endpoint answers (8.3): credentials, or a transaction to come back for."""

    credentials: Annotated[list[IssuedCredential], Meta(min_length=1)] | None = None
    notification_id: Text | None = None
    transaction_id: Text | None = None
    interval: Annotated[int, Meta(gt=0)] | None = None


def credential_response(credentials: Sequence[str]) -> Json:
    """The response that hands over these credentials."""
    return {"credentials": [{"credential": one} for one in credentials]}


def parse_credential_response(raw: object) -> CredentialResponse:
    """The response. Raises Invalid("invalid_response")."""
    answer = read(CredentialResponse, raw, "invalid_response")
    deferred = answer.transaction_id is not None
    need((answer.credentials is not None) != deferred, "invalid_response", "either credentials or transaction_id")
    need((answer.interval is not None) == deferred, "invalid_response", "interval goes with transaction_id")
    need(answer.notification_id is None or not deferred, "invalid_response", "notification_id goes with credentials")
    return answer
