"""The wallet's scripts, judged by programs of others: what they show verifies, and what is forged they do not take."""

from __future__ import annotations

import base64
import datetime as dt
import json
import subprocess
import time
import zlib
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS
from sd_jwt.common import SDObj
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier

from pasti.identity.rules import jws, oid4vp, x5c
from tests.foreign_clients.node import PROGRAM, environment

ISSUER, LIST = "https://kota.example", "https://kota.example/id/status/1"
ISSUER_KEY, HOLDER, STRANGER = (JWK.generate(kty="EC", crv="P-256", kid=name) for name in ("kota", "warga", "asing"))
DESK, OTHER = (jws.LocalKey(name, ec.generate_private_key(ec.SECP256R1())) for name in ("loket", "lain"))
SCRIPT = Path(__file__).with_name("wallet_scripts.mjs")


def run(act: str, **words: Any) -> dict[str, Any]:
    done = subprocess.run(
        [str(PROGRAM), str(SCRIPT)],
        input=json.dumps({"act": act, **words}),
        capture_output=True,
        text=True,
        env=environment(),
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(json.loads(done.stdout))


def public(key: JWK) -> dict[str, Any]:
    return dict(key.export_public(as_dict=True))


def credential(**changes: Any) -> str:
    claims = {SDObj("nik"): "3575010101900001", SDObj("name"): "Siti", SDObj("address"): {SDObj("street"): "Jl. Mawar", "rt": "003"},
              "iss": ISSUER, "vct": f"{ISSUER}/id/vct/warga/1", "exp": int(time.time()) + 900} | changes  # fmt: skip
    made = SDJWTIssuer(
        claims, ISSUER_KEY, HOLDER, sign_alg="ES256", extra_header_parameters={"typ": "dc+sd-jwt", "kid": "kota"}
    )
    return str(made.sd_jwt_issuance)


def shown(text: str, claims: list[str], key: JWK = ISSUER_KEY) -> dict[str, Any]:
    return run("present", credential=text, holder=HOLDER.export(as_dict=True), claims=claims, audience="loket",
               nonce="sekali", issuer=ISSUER, keys=[public(key)])  # fmt: skip


def test_another_programs_verifier_sees_only_what_the_wallet_let_go() -> None:
    said = shown(credential(), ["name", "address.street"])
    judged = SDJWTVerifier(said["shown"], lambda *_: ISSUER_KEY, "loket", "sekali").get_verified_payload()
    assert said["trusted"]
    assert sorted(said["claims"]) == ["address", "address.street", "name", "nik"]
    assert (judged["name"], judged["address"]) == ("Siti", {"street": "Jl. Mawar", "rt": "003"})
    assert "nik" not in judged


@pytest.mark.parametrize(
    ("text", "key"),
    [(credential(), STRANGER), (credential(exp=1), ISSUER_KEY), (credential(iss="https://lain.example"), ISSUER_KEY)],
    ids=["not the city's key", "expired", "another issuer"],
)
def test_the_wallet_takes_only_a_card_of_the_city(text: str, key: JWK) -> None:
    assert shown(text, [], key)["trusted"] is False


def status_token(key: JWK = ISSUER_KEY, *, sub: str = LIST, exp: float = 900, typ: str = "statuslist+jwt") -> str:
    packed = base64.urlsafe_b64encode(zlib.compress(bytes([0b00_10_01_00, 0b01_00_00_00]))).rstrip(b"=").decode()
    token = JWS(json.dumps({"sub": sub, "exp": int(time.time() + exp), "status_list": {"bits": 2, "lst": packed}}))
    token.add_signature(key, None, json.dumps({"alg": "ES256", "kid": "kota", "typ": typ}))
    return str(token.serialize(compact=True))


def looked(token: str) -> Any:
    return run("look", uri=LIST, indexes=[0, 1, 2, 3, 7], keys=[public(ISSUER_KEY)], token=token)["states"]


def test_each_copys_state_is_read_from_the_list() -> None:
    assert looked(status_token()) == ["valid", "revoked", "suspended", "valid", "revoked"]


@pytest.mark.parametrize(
    "token",
    [status_token(STRANGER), status_token(sub=f"{LIST}0"), status_token(exp=-5), status_token(typ="JWT")],
    ids=["forged", "another list", "run out", "another kind"],
)
def test_a_list_that_is_not_the_citys_says_nothing(token: str) -> None:
    assert looked(token) is None


REQUEST = {"dcql_query": {"credentials": [{
    "id": "warga", "format": "dc+sd-jwt", "meta": {"vct_values": ["kartu"]},
    "claims": [{"id": "a", "path": ["name"]}, {"id": "b", "path": ["birth_date"]}, {"id": "c", "path": ["phone"]}],
    "claim_sets": [["a", "b", "c"], ["a", "b"], ["a"]],
}]}}  # fmt: skip


def test_what_is_required_follows_from_the_sets_the_verifier_takes() -> None:
    card = {"vct": "kartu", "claims": ["name", "birth_date", "nik"]}
    said = run("ask", request=REQUEST, card=card, given=[["a"], ["a", "b"], ["b"], []])
    assert [(one["name"], one["required"]) for one in said["asked"]] == [("name", True), ("birth_date", False)]
    assert said["enough"] == [True, True, False, False]
    assert run("ask", request=REQUEST, card={"vct": "lain", "claims": ["name"]}, given=[])["asked"] is None


def test_only_a_request_by_reference_is_a_request() -> None:
    said = run(
        "link",
        texts=["openid4vp://?client_id=loket&request_uri=https%3A%2F%2Fk%2Fr", "openid4vp://?client_id=loket", "halo"],
    )
    assert said["links"] == [{"uri": "https://k/r", "client": "loket"}, None, None]


CITY = "https://kota.example"


def certificate(key: jws.LocalKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Loket")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.private.public_key())
    moment = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    made = made.serial_number(1).not_valid_before(moment).not_valid_after(moment + dt.timedelta(days=9000))
    return made.sign(key.private, hashes.SHA256())


def question(signer: jws.LocalKey, **changes: Any) -> dict[str, Any]:
    """The wallet's answer to a request that names the certificate of DESK and is signed by `signer`."""
    leaf = certificate(DESK)
    client = f"x509_hash:{x5c.hash_of(leaf)}"
    payload = {"client_id": client, "response_type": "vp_token", "response_mode": "direct_post", "nonce": "n", "state": "s",
               "response_uri": f"{CITY}/id/oid4vp/response/1", "exp": int(time.time()) + 60, **REQUEST,
               "verifier_info": [{"format": "pasti-verifier", "data": {"name": "Loket"}}]} | changes  # fmt: skip
    token = oid4vp.request_object(payload, x5c.text_of(leaf), signer)
    return run("fetch", client=client, uri=f"{CITY}/id/oid4vp/request/1", token=token, origin=CITY)


def test_a_request_says_who_asks_when_its_own_certificate_signed_it() -> None:
    assert question(DESK)["who"]["name"] == "Loket"


@pytest.mark.parametrize(
    ("signer", "changes", "why"),
    [(OTHER, {}, "permintaan_salah"), (DESK, {"client_id": "x509_hash:lain"}, "permintaan_salah"),
     (DESK, {"exp": 1}, "permintaan_salah"), (DESK, {"response_uri": "https://lain.example/"}, "asing"),
     (DESK, {"response_mode": "fragment"}, "permintaan_salah")],
    ids=["another key", "another client", "run out", "answers elsewhere", "not posted"],
)  # fmt: skip
def test_other_requests_are_not_shown_to_the_holder(signer: jws.LocalKey, changes: dict[str, Any], why: str) -> None:
    assert question(signer, **changes) == {"refused": why}


def published(keys: Any) -> list[dict[str, Any]]:
    return [jws.jwk_of(one.private.public_key()) | {"kid": one.kid} for one in keys]


SUBJECT, NONCE = "pasti-desk:rsud/daftar", "A" * 22


def desk(signer: jws.LocalKey = DESK, keys: Any = (DESK,), latest: Any = None, **changes: Any) -> dict[str, Any]:
    """A desk without a network asks for the name, and the street when the holder likes.

    `keys` are those the wallet kept, `latest` those it can fetch; None without a network.
    """
    told = {"sub": SUBJECT, "exp": int(time.time()) + 60, "name": "Loket", "claims": ["name", "street"], "required": ["name"],
            "agency": "RSUD", "purpose": "Mendaftar", "legal_basis": "UU 17/2023"} | changes  # fmt: skip
    text = f"PASTI-TANYA1:{jws.sign({'typ': 'pasti-desk+jwt'}, told, signer)}:{NONCE}"
    return run(
        "desk",
        text=text,
        keys=published(keys),
        latest=None if latest is None else published(latest),
        credential=credential(),
        holder=HOLDER.export(as_dict=True),
        names=["name", "address.street"],
    )


def test_a_desk_without_a_network_is_answered_for_this_question_alone() -> None:
    said = desk()
    judged = SDJWTVerifier(said["shown"], lambda *_: ISSUER_KEY, SUBJECT, NONCE).get_verified_payload()
    assert (judged["name"], judged["address"]["street"]) == ("Siti", "Jl. Mawar")
    assert "nik" not in judged
    assert [(one["name"], one["required"]) for one in said["picked"]] == [("name", True), ("address.street", False)]


def test_a_desk_of_a_key_the_wallet_has_not_seen_is_looked_up() -> None:
    assert desk(keys=[], latest=[OTHER, DESK])["who"]["name"] == "Loket"


@pytest.mark.parametrize(
    ("changes", "why"),
    [({"keys": []}, "belum_diperiksa"), ({"keys": [], "latest": [OTHER]}, "permintaan_salah"),
     ({"signer": jws.LocalKey("loket", OTHER.private)}, "permintaan_salah"),
     ({"signer": jws.LocalKey("loket", OTHER.private), "keys": [], "latest": [DESK]}, "permintaan_salah"),
     ({"exp": 1}, "permintaan_salah")],
    ids=["not to be looked up", "not the city's", "forged", "forged, looked up", "run out"],
)  # fmt: skip
def test_a_desk_the_city_did_not_sign_for_is_not_shown_to_the_holder(changes: dict[str, Any], why: str) -> None:
    assert desk(**changes) == {"refused": why}
