"""Credentials of others verified by us and ours by others: the sd-jwt library and the published presentation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jwcrypto.jwk import JWK
from sd_jwt.holder import SDJWTHolder
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.utils.yaml_specification import load_yaml_specification, remove_sdobj_wrappers
from sd_jwt.verifier import SDJWTVerifier

from pasti.identity.rules import jws, sd_jwt
from tests.identity import cards
from tests.identity.cards import AUDIENCE, HOLDER, ISSUER, NOW, PERSON, VECTORS, verify

SPECIFICATIONS = sorted(VECTORS.glob("sd-jwt/*/*/specification.yml"))
SIGNED = VECTORS / "oid4vp/1.0/examples/sd_jwt_vcld"


def foreign(key: jws.LocalKey) -> JWK:
    return JWK.from_pyca(key.private)


@pytest.mark.parametrize("path", SPECIFICATIONS, ids=lambda path: path.parent.name)
def test_published_inputs_issued_by_the_library_are_verified_by_us(path: Path) -> None:
    example = load_yaml_specification(path)
    claims = {"vct": "https://kota.example/x", **example["user_claims"]}
    header = {"typ": "dc+sd-jwt", "kid": ISSUER.kid}
    card = SDJWTIssuer(claims, foreign(ISSUER), foreign(HOLDER), add_decoy_claims=True, extra_header_parameters=header)
    holder = SDJWTHolder(card.sd_jwt_issuance)
    holder.create_presentation(example["holder_disclosed_claims"], "n", AUDIENCE, foreign(HOLDER))
    theirs = SDJWTVerifier(holder.sd_jwt_presentation, lambda *_: foreign(ISSUER), AUDIENCE, "n")
    expected = theirs.get_verified_payload()
    iat = jws.parse(holder.sd_jwt_presentation.rpartition("~")[2]).payload["iat"]

    assert verify(holder.sd_jwt_presentation, nonce="n", now=iat).payload == expected

    holder.create_presentation(everything(claims), "n", AUDIENCE, foreign(HOLDER))
    assert verify(holder.sd_jwt_presentation, nonce="n", now=iat).payload | {"cnf": 0} == {
        **remove_sdobj_wrappers(claims),
        "cnf": 0,
    }


def everything(claims: Any) -> Any:
    plain = remove_sdobj_wrappers(claims)
    if isinstance(plain, dict):
        return {name: everything(value) for name, value in plain.items()} or True
    return [everything(one) for one in plain] if isinstance(plain, list) else True


@given(st.sets(st.sampled_from(sorted(PERSON))))
@settings(max_examples=15, deadline=None)
def test_whatever_we_issue_and_present_the_library_verifies_alike(names: set[str]) -> None:
    shown = sd_jwt.present(cards.issued(), names, audience=AUDIENCE, nonce="n", iat=NOW, key=HOLDER)

    theirs = SDJWTVerifier(shown, lambda *_: foreign(ISSUER), AUDIENCE, "n").get_verified_payload()

    ours = verify(shown, nonce="n")
    assert ours.payload == theirs
    assert ours.claims == {name: PERSON[name] for name in names}


def published_key() -> jws.PublicKey:
    key = yaml.safe_load((SIGNED / "settings.yml").read_text())["key_settings"]["issuer_keys"][0]
    return jws.public_key({name: value for name, value in key.items() if name != "d"})


def test_the_signed_presentation_of_openid4vp_verifies_to_its_published_contents() -> None:
    text = cards.unwrapped(SIGNED / "01/sd_jwt_presentation.txt")

    verified = sd_jwt.verify_presentation(
        text,
        issuer_key=lambda _: published_key(),
        audience="https://verifier.example.org",
        nonce="1234567890",
        now=1744743394,
    )

    contents = json.loads((SIGNED / "01/verified_contents.json").read_text())
    assert verified.payload == contents
    assert verified.claims == {"ld": contents["ld"]}
