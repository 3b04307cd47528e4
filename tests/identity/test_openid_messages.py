"""Every example message of OpenID4VCI 1.0 and OpenID4VP 1.0 is read, or refused as its specification says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric import ec

from pasti.identity.rules import dcql, jws, messages, oid4vci, oid4vci_metadata, oid4vp, sd_jwt
from pasti.identity.rules.invalid import Invalid
from pasti.identity.rules.jws import LocalKey
from tests.identity import cards
from tests.identity.cards import HOLDER, ISSUER, NOW, VECTORS, jwk

VCI, VP = VECTORS / "oid4vci/1.0/examples", VECTORS / "oid4vp/1.0/examples"
QUERIES = sorted([*VP.glob("query_lang/*.json"), *VP.glob("request/dcql_*.json")])
METADATA = sorted(VP.glob("client_metadata/*.json"))
ASKED = json.loads((VP / "query_lang/simple.json").read_text())


def body(path: Path) -> Any:
    """The JSON of an example: without the HTTP lines before it, and with long texts joined that the print broke."""
    text = path.read_text()
    text = text[text.index("{") :] if text.strip().startswith("HTTP/") else text
    joined = re.sub(r'"[^"]*"', lambda found: re.sub(r"\s*\n\s*", "", found.group()), text)
    return json.loads(joined.replace("{ ... }", json.dumps(ASKED)).replace("{...}", json.dumps(ASKED)))


def refused(code: str, read: Any, *arguments: Any, **named: Any) -> None:
    with pytest.raises(Invalid) as wrong:
        read(*arguments, **named)
    assert wrong.value.code == code


@pytest.mark.parametrize("path", sorted(VCI.glob("credential_offer_*")), ids=lambda path: path.name)
def test_offers(path: Path) -> None:
    offer = oid4vci.parse_offer(body(path))
    assert offer.credential_issuer == "https://credential-issuer.example.com"
    assert offer.grants is not None
    if "authz" in path.name and "pre" not in path.name:
        assert offer.grants.authorization_code.issuer_state  # type: ignore[union-attr]
    else:
        assert offer.grants.pre_authorized.tx_code.input_mode == "numeric"  # type: ignore[union-attr]


def test_offers_that_break_the_rules_are_refused() -> None:
    sound = body(VCI / "credential_offer_authz_code.txt")
    wrong: list[dict[str, Any]] = [
        {"credential_issuer": "http://credential-issuer.example.com"},
        {"credential_configuration_ids": []},
        {"credential_configuration_ids": ["a", "a"]},
        {"grants": {oid4vci.PRE_AUTHORIZED: {}}},
        {"grants": {oid4vci.PRE_AUTHORIZED: {"pre-authorized_code": "x", "tx_code": {"input_mode": "hex"}}}},
    ]
    for change in wrong:
        refused("invalid_request", oid4vci.parse_offer, sound | change)
    uri = "https://kota.example/id/oid4vci/offer/x?a=b"
    assert oid4vci.parse_offer_link(oid4vci.offer_link(uri)) == uri
    for link in ("?", "?credential_offer=%7B%7D&credential_offer_uri=https://a", "?credential_offer_uri=file:///etc"):
        refused("invalid_request", oid4vci.parse_offer_link, oid4vci.OFFER_SCHEME + link)


@pytest.mark.parametrize("path", sorted(VCI.glob("authorization_details*")), ids=lambda path: path.name)
def test_authorization_details(path: Path) -> None:
    raw = body(path)
    assert [one.credential_configuration_id for one in oid4vci.parse_authorization_details(raw)] == [
        one["credential_configuration_id"] for one in raw
    ]
    refused("invalid_authorization_details", oid4vci.parse_authorization_details, [raw[0] | {"type": "lain"}])


@pytest.mark.parametrize("path", sorted(VCI.glob("credential_metadata_*.json")), ids=lambda path: path.name)
def test_credential_configurations(path: Path) -> None:
    """Two examples name binding methods without the proof types that 12.2.4 says MUST go with them."""
    raw = body(path)["credential_configurations_supported"]
    name, one = next(iter(raw.items()))
    if "proof_types_supported" not in one:
        assert path.stem in ("credential_metadata_ldp_vc", "credential_metadata_mso_mdoc")
        refused("invalid_metadata", oid4vci_metadata.parse_configurations, raw)
        one["proof_types_supported"] = {"jwt": {"proof_signing_alg_values_supported": ["ES256"]}}
    assert oid4vci_metadata.parse_configurations(raw)[name].format == one["format"]


def test_issuer_metadata_plain_and_signed() -> None:
    raw = body(VCI / "credential_issuer_metadata_sd_jwt_long.json")
    read = oid4vci_metadata.parse_metadata(raw)
    assert read.batch_credential_issuance.batch_size == 10  # type: ignore[union-attr]
    refused(
        "invalid_metadata", oid4vci_metadata.parse_metadata, raw | {"credential_endpoint": "http://elsewhere.example"}
    )
    refused("invalid_metadata", oid4vci_metadata.parse_metadata, raw | {"batch_credential_issuance": {"batch_size": 1}})

    text = cards.unwrapped(VCI / "credential_issuer_metadata_sd_jwt_jwt.txt")
    assert oid4vci_metadata.parse_signed_metadata(text).credential_issuer == raw["credential_issuer"]
    head, payload, signature = text.split(".")
    refused("signature", oid4vci_metadata.parse_signed_metadata, f"{head}.{payload}.{signature[::-1]}")


def test_the_wallet_attestation_holds_in_its_time_only() -> None:
    text = cards.unwrapped(VCI / "wallet_attestation.jwt.txt")
    assert oid4vci_metadata.parse_wallet_attestation(text, 1755023547).sub == "https://wallet.example.com"
    refused("invalid_client", oid4vci_metadata.parse_wallet_attestation, text, 1755102745)


def test_the_issuers_keys_are_read_and_the_encryption_key_is_not_one_of_them() -> None:
    raw = body(VCI / "issuer_jwks.json")["jwks"]
    kid = "urn:ietf:params:oauth:jwk-thumbprint:sha-256:mlUpog7vEewFBem6Ul09c2dtTwc8dFzVpIDX3sqGWW0"
    assert list(oid4vci_metadata.parse_jwks(raw)) == [kid]
    assert kid.endswith(jws.thumbprint(raw["keys"][0]))
    encryption = body(VP / "digital_credentials_api/signed_request_payload.json")["client_metadata"]["jwks"]
    assert oid4vci_metadata.parse_jwks(encryption) == {}


@pytest.mark.parametrize("path", sorted(VCI.glob("credential_response_*.txt")), ids=lambda path: path.name)
def test_credential_responses(path: Path) -> None:
    read = oid4vci.parse_credential_response(body(path))
    assert len(read.credentials or []) == 1
    if "sd_jwt" in path.name:
        text = read.credentials[0].credential  # type: ignore[index]
        presented = sd_jwt.parse(str(text))
        assert len(presented.folding.used) == 9
        assert presented.folding.folded["address"]["locality"] == "Anytown"
        refused("issuer-key", cards.verify, text)


def test_credential_requests() -> None:
    """The mdoc example is in the form of the drafts, which 1.0 refuses: it names no configuration."""
    refused(
        "invalid_credential_request", oid4vci.parse_credential_request, body(VCI / "credential_request_iso_mdl.json")
    )
    sound = {"credential_configuration_id": "warga", "proofs": {"jwt": ["a", "b"]}}
    assert oid4vci.parse_credential_request(sound) == oid4vci.CredentialRequest("warga", None, ("a", "b"))
    for code, change in [
        ("invalid_credential_request", {"credential_identifier": "x"}),
        ("invalid_proof", {"proofs": {}}),
        ("invalid_proof", {"proofs": {"jwt": []}}),
        ("invalid_proof", {"proofs": {"jwt": ["a", "a"]}}),
        ("invalid_proof", {"proofs": {"jwt": ["a"], "di_vp": [{}]}}),
        ("invalid_encryption_parameters", {"credential_response_encryption": {}}),
    ]:
        refused(code, oid4vci.parse_credential_request, sound | change)


def test_token_requests() -> None:
    sound = {"grant_type": [oid4vci.PRE_AUTHORIZED], "pre-authorized_code": ["kode"], "tx_code": ["493536"]}
    assert oid4vci.parse_token_request(sound) == oid4vci.TokenRequest("kode", "493536", None)
    refused("invalid_request", oid4vci.parse_token_request, sound | {"pre-authorized_code": ["a", "b"]})
    refused("invalid_request", oid4vci.parse_token_request, sound | {"pre-authorized_code": [""]})
    refused("unsupported_grant_type", oid4vci.parse_token_request, sound | {"grant_type": ["password"]})


def proof(key: LocalKey = HOLDER, header: dict[str, Any] | None = None, **claims: Any) -> str:
    said = {"aud": "https://kota.example", "iat": NOW, "nonce": "n"} | claims
    return jws.sign({"typ": "openid4vci-proof+jwt", "jwk": jwk(HOLDER), **(header or {})}, said, key)


def test_key_proofs() -> None:
    def check(text: str) -> oid4vci.Proof:
        return oid4vci.check_proof(text, audience="https://kota.example", now=NOW)

    assert check(proof()) == oid4vci.Proof(jwk(HOLDER), "n", NOW)
    for wrong in (
        proof(key=cards.STRANGER),
        proof(header={"typ": "JWT"}),
        proof(header={"kid": "did:example:1"}),
        proof(header={"jwk": jwk(HOLDER) | {"d": "x"}}),
        proof(aud="https://lain.example"),
        proof(iat=NOW - 301),
        proof(iat=True),
        "bukan",
    ):
        refused("invalid_proof", check, wrong)
    refused("invalid_nonce", check, proof(nonce=""))


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.name)
def test_queries(path: Path) -> None:
    raw = body(path)
    read = dcql.parse(raw)
    assert [one.id for one in read.credentials] == [one["id"] for one in raw["credentials"]]
    assert len(read.sets) == len(raw.get("credential_sets", []))


def one_query(**changes: Any) -> dict[str, Any]:
    sound = {"id": "a", "format": "dc+sd-jwt", "meta": {"vct_values": ["x"]}, "claims": [{"path": ["name"]}]}
    return {"credentials": [sound | changes]}


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"credentials": []},
        {"credentials": one_query()["credentials"] * 2},
        one_query() | {"credential_sets": [{"options": [["b"]]}]},
        one_query() | {"credential_sets": []},
        one_query(id="a b"),
        one_query(format=None),
        one_query(meta={}),
        one_query(meta=None),
        one_query(format="mso_mdoc", meta={"doctype_value": "d"}),
        one_query(claims=[]),
        one_query(claims=[{"path": []}]),
        one_query(claims=[{"path": [-1]}]),
        one_query(claims=[{"path": [True]}]),
        one_query(claims=[{"path": ["a"], "values": [1.5]}]),
        one_query(claims=[{"path": ["a"], "id": "x"}, {"path": ["b"], "id": "x"}]),
        one_query(claim_sets=[["x"]]),
        one_query(multiple="ya"),
        one_query(trusted_authorities=[{"type": "aki"}]),
    ],
)
def test_queries_that_break_the_rules_are_refused(query: dict[str, Any]) -> None:
    refused("invalid_request", dcql.parse, query)


def query_of(name: str) -> dcql.CredentialQuery:
    return dcql.parse(body(VP / f"query_lang/{name}.json")).credentials[0]


def test_queries_choose_the_claims_that_answer_them() -> None:
    john = body(VP / "credentials/sd_jwt_vc_unsecured.json")
    assert dcql.match(query_of("simple"), john) is None
    address = {"address": {"street_address": "Main 1"}, "postal_code": "90210"}
    assert dcql.match(query_of("simple"), john | address) == (
        ("family_name",),
        ("given_name",),
        ("address", "street_address"),
    )
    assert dcql.match(query_of("value_matching_simple"), john | address) is not None
    assert dcql.match(query_of("value_matching_simple"), john | address | {"postal_code": "1"}) is None
    assert dcql.match(query_of("simple_mdoc"), john | address) is None
    choices = {"postal_code": "1", "date_of_birth": "x"}
    assert dcql.match(query_of("claims_alternatives"), john | choices) == (
        ("family_name",),
        ("postal_code",),
        ("date_of_birth",),
    )
    nested = {"degrees": [{"type": "A"}, {"type": "B"}]}
    assert dcql.select(nested, ("degrees", None, "type")) == ["A", "B"]
    assert dcql.select(nested, ("degrees", 1, "type")) == ["B"]
    assert dcql.select(nested, ("degrees", "type")) == dcql.select(nested, ("degrees", 7)) == []


def test_an_answer_needs_one_of_the_required_sets() -> None:
    asked = dcql.parse(body(VP / "query_lang/credentials_alternatives.json"))
    assert asked.answered({"pid"})
    assert asked.answered({"pid_reduced_cred_1", "pid_reduced_cred_2", "nice_to_have"})
    assert not asked.answered({"pid_reduced_cred_1"})
    assert not asked.answered({"pid", "unknown"})
    assert not dcql.parse(body(VP / "query_lang/multi_credentials.json")).answered({"pid"})


@pytest.mark.parametrize("path", METADATA, ids=lambda path: path.name)
def test_verifiers_that_take_other_formats_only_are_told_so(path: Path) -> None:
    metadata = messages.read(oid4vp.ClientMetadata, body(path), "invalid_request")
    if path.name.startswith("sd_jwt"):
        oid4vp.check_metadata(metadata)
    else:
        refused("vp_formats_not_supported", oid4vp.check_metadata, metadata)


def test_request_objects() -> None:
    """As printed, with an ellipsis for the query, they are no JSON; with a query in its place they are read."""
    request = VP / "request/request_object_client_id_did.json"
    refused("invalid_request", messages.read_json, request.read_text(), "invalid_request")
    asked = oid4vp.parse_request(body(request), signed=True)
    assert asked.query.credentials[0].id == "my_credential"
    refused("invalid_request", oid4vp.parse_request, body(request), signed=False)
    oid4vp.check_header(body(VP / "request/request_header_client_id_did.json"))

    for name in ("signed_request_payload", "signed_request_payload_compact"):
        raw = body(VP / f"digital_credentials_api/{name}.json")
        assert oid4vp.parse_request(raw, signed=True).response_mode == "dc_api"
        refused("invalid_request", oid4vp.parse_request, raw | {"expected_origins": None}, signed=True)
    assert (
        oid4vp.parse_error(body(VP / "digital_credentials_api/error_invalid_request.json")).error == "invalid_request"
    )


DIRECT = {
    "client_id": "x509_hash:abc",
    "response_type": "vp_token",
    "response_mode": "direct_post",
    "response_uri": "https://kota.example/id/oid4vp/response/1",
    "nonce": "n",
    "dcql_query": ASKED,
}


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("invalid_request", {"response_uri": None}),
        ("invalid_request", {"redirect_uri": "https://kota.example"}),
        ("invalid_request", {"response_uri": "http://kota.example"}),
        ("invalid_request", {"client_id": None}),
        ("invalid_request", {"client_id": "kota"}),
        ("invalid_request", {"client_id": "origin:https://kota.example"}),
        ("invalid_request", {"client_id": "redirect_uri:https://kota.example"}),
        ("invalid_request", {"response_type": "code"}),
        ("invalid_request", {"response_mode": "post"}),
        ("invalid_request", {"nonce": "dua kata"}),
        ("invalid_request", {"scope": "warga"}),
        ("invalid_request", {"dcql_query": {}}),
        ("invalid_transaction_data", {"transaction_data": ["x"]}),
        ("vp_formats_not_supported", {"client_metadata": {"vp_formats_supported": {"mso_mdoc": {}}}}),
    ],
)
def test_request_objects_that_break_the_rules_are_refused(code: str, change: dict[str, Any]) -> None:
    assert oid4vp.parse_request(DIRECT, signed=True).state is None
    refused(code, oid4vp.parse_request, DIRECT | change, signed=True)


def test_answers() -> None:
    token = json.dumps({"warga": ["kredensial"]})
    read = oid4vp.parse_answer({"vp_token": [token], "state": ["s"]})
    assert (read.state, oid4vp.texts(read, "warga"), oid4vp.texts(read, "lain")) == ("s", ("kredensial",), ())
    assert oid4vp.parse_answer({"error": ["access_denied"], "state": ["s"]}).error == "access_denied"
    for form in (
        {},
        {"vp_token": [token], "error": ["x"]},
        {"vp_token": [token, token]},
        {"vp_token": ['"kredensial"']},
        {"vp_token": ["{}"]},
        {"vp_token": ['{"warga": []}']},
        {"response": ["eyJ"]},
    ):
        refused("invalid_request", oid4vp.parse_answer, form)


def test_presentations_in_other_formats_are_refused() -> None:
    linked = oid4vp.Answer("s", oid4vp.parse_vp_token({"x": [body(VP / "response/ldp_vc.json")]}))
    refused("invalid_request", oid4vp.texts, linked, "x")
    for name in ("response/jwt_vc.json", "credentials/jwt_vc.json", "credentials/ldp_vc.json"):
        refused("encoding", cards.verify, jws.sign({"typ": "JWT"}, body(VP / name), HOLDER))


def test_the_example_credential_and_key_binding_hold_when_signed() -> None:
    """Both are printed unsigned; the holder's key is that of the signed example."""
    payload = body(VP / "credentials/sd_jwt_vc.json")
    said = body(VP / "response/kb_jwt_unsecured.json")
    settings = yaml.safe_load((VP / "sd_jwt_vcld/settings.yml").read_text())["key_settings"]["holder_key"]
    secret = int.from_bytes(jws.unb64(settings["d"]), "big")
    holder = LocalKey("", ec.derive_private_key(secret, ec.SECP256R1()))
    open_part = jws.sign({"typ": "dc+sd-jwt"}, payload, ISSUER) + "~"

    def verify(text: str) -> sd_jwt.Verified:
        return cards.verify(text, audience=said["aud"], nonce=said["nonce"], now=said["iat"])

    assert verify(cards.bound(open_part, said | {"sd_hash": sd_hash(open_part)}, None, holder)).claims == {}
    refused("sd-hash", verify, cards.bound(open_part, said, None, holder))


def sd_hash(open_part: str) -> str:
    return jws.parse(cards.bound(open_part).rpartition("~")[2]).payload["sd_hash"]
