"""The messages of OpenID for Verifiable Presentations 1.0: request objects and what a wallet answers.

`parse_...` raise Invalid with the error code of the specification. A wallet needs the first half, a verifier the
second; this city is both.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from msgspec import Meta, Struct

from pasti.identity.rules import dcql, jws, x5c
from pasti.identity.rules.invalid import Invalid
from pasti.identity.rules.jws import Json
from pasti.identity.rules.messages import Text, Texts, need, once, query, read, read_json, secure

REQUEST_TYPE = "oauth-authz-req+jwt"
REQUEST_MEDIA = "application/oauth-authz-req+jwt"
SCHEME = "openid4vp://"
SELF_ISSUED = "https://self-issued.me/v2"
PREFIXES = frozenset(
    {
        "redirect_uri",
        "openid_federation",
        "decentralized_identifier",
        "verifier_attestation",
        "x509_san_dns",
        "x509_hash",
        "origin",
    }
)
_DIRECT = ("direct_post", "direct_post.jwt")
_DC_API = ("dc_api", "dc_api.jwt")
_ERROR = "invalid_request"
_NONCE = re.compile(r"[A-Za-z0-9._~-]+")


class ClientMetadata(Struct):
    """What a verifier can do (5.1). `vp_formats_supported` by format."""

    vp_formats_supported: Annotated[dict[str, dict[str, Any]], Meta(min_length=1)] | None = None
    jwks: dict[str, Any] | None = None
    encrypted_response_enc_values_supported: Texts | None = None
    client_name: str | None = None


class AuthorizationRequest(Struct, kw_only=True):
    """A request for presentations (5.1)."""

    response_type: Literal["vp_token"]
    nonce: Text
    client_id: Text | None = None
    response_mode: Text = "fragment"
    dcql_query: dict[str, Any] | None = None
    scope: Text | None = None
    client_metadata: ClientMetadata | None = None
    response_uri: Text | None = None
    redirect_uri: Text | None = None
    state: Text | None = None
    expected_origins: Texts | None = None
    transaction_data: Texts | None = None
    verifier_info: Annotated[list[dict[str, Any]], Meta(min_length=1)] | None = None
    aud: str | None = None

    @property
    def query(self) -> dcql.Query:
        """What is asked. Raises Invalid("invalid_request")."""
        return dcql.parse(self.dcql_query)


def parse_request(raw: object, *, signed: bool) -> AuthorizationRequest:
    """The request in a request object's payload.

    Raises Invalid: invalid_request; vp_formats_not_supported where ours is not among them;
    invalid_transaction_data, since we understand none.
    """
    asked = read(AuthorizationRequest, raw, _ERROR)
    need(_NONCE.fullmatch(asked.nonce) is not None, _ERROR, "a nonce has URL-safe characters")
    need((asked.dcql_query is None) != (asked.scope is None), _ERROR, "either dcql_query or scope")
    if asked.dcql_query is not None:
        dcql.parse(asked.dcql_query)
    if asked.client_metadata is not None:
        check_metadata(asked.client_metadata)
    need(asked.transaction_data is None, "invalid_transaction_data", "no type of transaction data is known here")
    _check_return(asked, signed)
    _check_client(asked, signed)
    return asked


def _check_return(asked: AuthorizationRequest, signed: bool) -> None:
    mode = asked.response_mode
    if mode in _DIRECT:
        need(asked.response_uri is not None and asked.redirect_uri is None, _ERROR, "direct_post has a response_uri")
        need(secure(str(asked.response_uri)), _ERROR, "response_uri is an https address")
    elif mode in _DC_API:
        need(asked.expected_origins is not None or not signed, _ERROR, "a signed request names expected_origins")
    else:
        need(mode in ("fragment", "query"), _ERROR, "unknown response_mode")
        need(asked.redirect_uri is not None and asked.response_uri is None, _ERROR, "redirect_uri is missing")


def _check_client(asked: AuthorizationRequest, signed: bool) -> None:
    if asked.client_id is None:
        need(asked.response_mode in _DC_API, _ERROR, "client_id is missing")
        return
    prefix, _, rest = asked.client_id.partition(":")
    need(prefix in PREFIXES and bool(rest), _ERROR, "a client_id prefix nobody here knows")
    need(prefix != "origin", _ERROR, "origin is for the browser to say")
    if prefix == "redirect_uri":
        need(not signed, _ERROR, "redirect_uri clients have no key to sign with")
        need(rest in (asked.response_uri, asked.redirect_uri), _ERROR, "client_id is not where the answer goes")
    else:
        need(signed, _ERROR, f"{prefix} clients sign their requests")


def parse_signed_request(text: str) -> AuthorizationRequest:
    """A request object signed by the certificate that is its client_id (x509_hash). Raises Invalid as above."""
    token = x5c.verified(text, REQUEST_TYPE)
    asked = parse_request(token.payload, signed=True)
    name = f"x509_hash:{x5c.hash_of(x5c.leaf(token))}"
    need(asked.client_id == name, _ERROR, "signed by another certificate than client_id says")
    return asked


def check_header(header: Mapping[str, Any]) -> None:
    """Whether a request object's header says what it is (5.8). Raises Invalid("invalid_request")."""
    need(header.get("typ") == REQUEST_TYPE, _ERROR, f"typ must be {REQUEST_TYPE}")
    alg = header.get("alg")
    need(isinstance(alg, str) and alg.lower() != "none", _ERROR, "the request is not signed")


def check_metadata(metadata: ClientMetadata) -> None:
    """Raises Invalid("vp_formats_not_supported") when a verifier names formats or algorithms and ours is not there."""
    formats = metadata.vp_formats_supported
    if formats is None:
        return
    ours = formats.get(dcql.SD_JWT)
    need(ours is not None, "vp_formats_not_supported", "dc+sd-jwt is not among them")
    for name in ("sd-jwt_alg_values", "kb-jwt_alg_values"):
        need(jws.ALGORITHM in (ours or {}).get(name, [jws.ALGORITHM]), "vp_formats_not_supported", f"{name}: no ES256")


def request_link(client_id: str, request_uri: str) -> str:
    """What a verifier's QR carries: a link to the request object by reference (5.7)."""
    return f"{SCHEME}?{urlencode({'client_id': client_id, 'request_uri': request_uri})}"


def parse_request_link(link: str) -> tuple[str, str]:
    """client_id and request_uri of a link. Raises Invalid("invalid_request")."""
    given = query(link, _ERROR)
    need("client_id" in given and "request_uri" in given, _ERROR, "client_id and request_uri are missing")
    need(secure(given["request_uri"]), _ERROR, "request_uri is an https address")
    return given["client_id"], given["request_uri"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a wallet sends to response_uri (8.2): presentations by the id of the query, or an error (8.5)."""

    state: str | None
    presentations: Mapping[str, tuple[Any, ...]]
    error: str | None = None
    words: str = ""


def parse_answer(form: Mapping[str, Sequence[str]]) -> Answer:
    """The answer. Raises Invalid("invalid_request") for what is neither, for both, and for encrypted ones."""
    given = once(form, _ERROR)
    state, error = given.get("state"), given.get("error")
    need("response" not in given, _ERROR, "encrypted answers were not asked for")
    need(("vp_token" in given) != (error is not None), _ERROR, "either vp_token or error")
    if error is not None:
        return Answer(state, {}, error, given.get("error_description", ""))
    return Answer(state, parse_vp_token(read_json(given["vp_token"], _ERROR)))


def parse_vp_token(raw: object) -> dict[str, tuple[Any, ...]]:
    """The presentations by query id (8.1): a list for each, of texts or objects. Raises Invalid("invalid_request")."""
    token = read(dict[str, list[Text | dict[str, Any]]], raw, _ERROR)
    need(bool(token) and all(token.values()), _ERROR, "presentations are missing")
    return {name: tuple(found) for name, found in token.items()}


class ErrorResponse(Struct):
    """An error of a wallet or an issuer."""

    error: Text
    error_description: str | None = None
    state: str | None = None


def parse_error(raw: object) -> ErrorResponse:
    """An error in JSON. Raises Invalid("invalid_request")."""
    return read(ErrorResponse, raw, _ERROR)


def texts(answer: Answer, query_id: str) -> tuple[str, ...]:
    """The presentations for a query of dc+sd-jwt: texts. Raises Invalid("invalid_request")."""
    found = answer.presentations.get(query_id, ())
    if not all(isinstance(one, str) for one in found):
        raise Invalid(_ERROR, "presentations of dc+sd-jwt are texts")
    return found


def request_object(payload: Json, certificate: str, key: jws.SigningKey) -> str:
    """The signed request object; `certificate` is that of `key`, as x5c carries it."""
    return jws.sign({"typ": REQUEST_TYPE, "x5c": [certificate], "kid": key.kid}, payload, key)
