"""Metadata of OpenID for Verifiable Credential Issuance 1.0: what an issuer and a wallet's maker say (12.2, E)."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from pasti.identity.rules import jws, x5c
from pasti.identity.rules.messages import Text, Texts, Whole, need, read, secure, unique
from pasti.identity.rules.oid4vci import ClaimsDescription

METADATA_TYPE = "openidvci-issuer-metadata+jwt"
ATTESTATION_TYPE = "oauth-client-attestation+jwt"
_METADATA = "invalid_metadata"


class ProofTypeMetadata(Struct):
    """Which algorithms a kind of proof may use."""

    proof_signing_alg_values_supported: Texts
    key_attestations_required: dict[str, Texts] | None = None


class CredentialMetadata(Struct):
    """How a credential is shown."""

    display: Annotated[list[dict[str, Any]], Meta(min_length=1)] | None = None
    claims: Annotated[list[ClaimsDescription], Meta(min_length=1)] | None = None


class Configuration(Struct):
    """One kind of credential an issuer issues (12.2.4, Appendix A)."""

    format: Text
    scope: Text | None = None
    credential_signing_alg_values_supported: Annotated[list[str | int], Meta(min_length=1)] | None = None
    cryptographic_binding_methods_supported: Texts | None = None
    proof_types_supported: Annotated[dict[str, ProofTypeMetadata], Meta(min_length=1)] | None = None
    credential_metadata: CredentialMetadata | None = None
    vct: Text | None = None
    doctype: Text | None = None
    credential_definition: dict[str, Any] | None = None


class Encryption(Struct):
    """Which encryption an issuer takes or gives."""

    enc_values_supported: Texts
    encryption_required: bool
    alg_values_supported: Texts | None = None
    zip_values_supported: Texts | None = None
    jwks: dict[str, Any] | None = None


class Batch(Struct):
    """How many copies an issuer issues at once."""

    batch_size: Annotated[int, Meta(ge=2)]


class IssuerMetadata(Struct):
    """What an issuer says of itself (12.2.4)."""

    credential_issuer: Text
    credential_endpoint: Text
    credential_configurations_supported: dict[str, Configuration]
    authorization_servers: Texts | None = None
    nonce_endpoint: Text | None = None
    deferred_credential_endpoint: Text | None = None
    notification_endpoint: Text | None = None
    credential_request_encryption: Encryption | None = None
    credential_response_encryption: Encryption | None = None
    batch_credential_issuance: Batch | None = None
    display: Annotated[list[dict[str, Any]], Meta(min_length=1)] | None = None


_NEEDS = {
    "dc+sd-jwt": "vct",
    "mso_mdoc": "doctype",
    "jwt_vc_json": "credential_definition",
    "ldp_vc": "credential_definition",
}


def parse_configurations(raw: object) -> dict[str, Configuration]:
    """The configurations of an issuer's metadata. Raises Invalid("invalid_metadata")."""
    found = read(dict[str, Configuration], raw, _METADATA)
    for name, one in found.items():
        needed = _NEEDS.get(one.format)
        need(needed is None or getattr(one, needed) is not None, _METADATA, f"{name}: {needed} is missing")
        bound, proven = one.cryptographic_binding_methods_supported, one.proof_types_supported
        need((bound is None) == (proven is None), _METADATA, f"{name}: binding methods and proof types go together")
    return found


def parse_metadata(raw: object) -> IssuerMetadata:
    """The metadata of an issuer. Raises Invalid("invalid_metadata")."""
    metadata = read(IssuerMetadata, raw, _METADATA)
    parse_configurations(msgspec.to_builtins(metadata.credential_configurations_supported))
    addresses = (
        metadata.credential_issuer,
        metadata.credential_endpoint,
        metadata.nonce_endpoint,
        metadata.deferred_credential_endpoint,
        metadata.notification_endpoint,
        *(metadata.authorization_servers or ()),
    )
    need(all(one is None or secure(one) for one in addresses), _METADATA, "addresses are https")
    given, taken = metadata.credential_response_encryption, metadata.credential_request_encryption
    need(given is None or given.alg_values_supported is not None, _METADATA, "alg_values_supported is missing")
    need(taken is None or taken.jwks is not None, _METADATA, "jwks to encrypt to are missing")
    return metadata


def parse_signed_metadata(text: str) -> IssuerMetadata:
    """The metadata in a JWT (12.2.3), signed by the certificate it carries; whom to trust is the caller's question.

    Raises Invalid: "invalid_metadata", or what is wrong with the token.
    """
    token = x5c.verified(text, METADATA_TYPE)
    payload = token.payload
    need(isinstance(payload.get("iat"), int), _METADATA, "iat is missing")
    need(payload.get("sub") == payload.get("credential_issuer"), _METADATA, "sub is the credential issuer")
    return parse_metadata(payload)


class WalletAttestation(Struct):
    """What a wallet's maker says of it (Appendix E)."""

    iss: Text
    sub: Text
    exp: Whole
    cnf: dict[str, Any]
    nbf: Whole | None = None
    wallet_name: str | None = None
    wallet_link: str | None = None


def parse_wallet_attestation(text: str, now: int) -> WalletAttestation:
    """The attestation, signed by the certificate it carries. Raises Invalid: "invalid_client", or what is wrong."""
    said = read(WalletAttestation, x5c.verified(text, ATTESTATION_TYPE).payload, "invalid_client")
    need(now < said.exp and (said.nbf is None or said.nbf <= now), "invalid_client", "not valid now")
    jws.public_key({name: value for name, value in said.cnf.get("jwk", {}).items() if name != "use"})
    return said


def parse_jwks(raw: object) -> dict[str, jws.PublicKey]:
    """The P-256 keys of a JWK set, by kid; others are not for us. Raises Invalid("invalid_metadata")."""
    listed = read(dict[str, Any], raw, _METADATA).get("keys")
    keys = read(list[dict[str, Any]], listed, _METADATA)
    usable = [one for one in keys if one.get("kty") == "EC" and one.get("crv") == "P-256" and one.get("use") != "enc"]
    need(unique(one.get("kid") for one in usable), _METADATA, "a kid stands twice")
    return {str(one.get("kid")): jws.public_key(one) for one in usable}
