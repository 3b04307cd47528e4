"""Every check of a presentation refuses its own fault, and without that check the fault would pass."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pasti.identity.rules import disclosures, jws, sd_jwt, sd_jwt_checks
from pasti.identity.rules.invalid import Invalid
from tests.identity.cards import (
    AUDIENCE,
    ENVELOPE,
    HOLDER,
    ISSUER,
    NOW,
    PERSON,
    STRANGER,
    bound,
    issued,
    jwk,
    presentation,
    said,
    verify,
)

NAME = said("name", "Siti")
MOVED = disclosures.digest(NAME.text)


def tampered() -> str:
    """The holder signed over two claims and one was taken out on the way."""
    whole = presentation(given=[NAME, said("nik", "3575")])
    token, first, _, binding = whole.split("~")
    return "~".join([token, first, binding])


FAULTS: dict[str, tuple[str, Callable[[], str]]] = {
    "credential_type": ("typ", lambda: presentation(header={"typ": "jwt"})),
    "credential_algorithm": ("alg", lambda: presentation(header={"alg": "ES384"})),
    "issuer_signature": ("issuer-signature", lambda: presentation(issuer=STRANGER, header={"kid": ISSUER.kid})),
    "digest_algorithm": ("digest-algorithm", lambda: presentation(payload={"_sd_alg": "sha-512"})),
    "named_type": ("vct", lambda: presentation(payload={"vct": None})),
    "not_expired": ("expired", lambda: presentation(payload={"exp": NOW})),
    "already_valid": ("not-yet-valid", lambda: presentation(payload={"nbf": NOW + 61})),
    "issued_before": ("issued-in-future", lambda: presentation(payload={"iat": NOW + 61})),
    "disclosed_once": ("disclosure-repeated", lambda: presentation(given=[NAME, NAME], payload={"_sd": [MOVED]})),
    "digests_once": ("digest-repeated", lambda: presentation(given=[NAME], payload={"_sd": [MOVED, MOVED]})),
    "disclosures_used": ("disclosure-unused", lambda: presentation(given=[NAME], payload={"_sd": []})),
    "names_free": ("claim-clash", lambda: presentation(given=[NAME], payload={"name": "Budi"})),
    "protected_open": ("protected-disclosed", lambda: presentation(given=[said("nbf", 1)])),
    "holder_bound": ("binding-missing", lambda: presentation(given=[NAME]).rpartition("~")[0] + "~"),
    "binding_type": ("binding-typ", lambda: presentation(binding_header={"typ": "jwt"})),
    "binding_algorithm": ("binding-alg", lambda: presentation(binding_header={"alg": "none"})),
    "binding_audience": ("audience", lambda: presentation(binding={"aud": "x509_hash:lain"})),
    "binding_nonce": ("nonce", lambda: presentation(binding={"nonce": "pertanyaan-lama"})),
    "binding_recent": ("binding-time", lambda: presentation(binding={"iat": NOW - 301})),
    "binding_covers": ("sd-hash", tampered),
    "binding_signature": ("binding-signature", lambda: presentation(holder=STRANGER)),
}


def test_every_check_has_its_fault() -> None:
    assert [check.__name__ for check in sd_jwt_checks.CHECKS] == list(FAULTS)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_refused_by_its_check_and_by_no_other(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    code, fault = FAULTS[name]
    with pytest.raises(Invalid) as refused:
        verify(fault())
    assert refused.value.code == code

    monkeypatch.setattr(sd_jwt_checks, "CHECKS", [one for one in sd_jwt_checks.CHECKS if one.__name__ != name])
    verify(fault())


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("binding-time", lambda: presentation(binding={"iat": NOW + 301})),
        ("binding-time", lambda: presentation(binding={"iat": None})),
        ("iat", lambda: presentation(binding={"iat": True})),
        ("exp", lambda: presentation(payload={"exp": "besok"})),
        ("audience", lambda: presentation(binding={"aud": [AUDIENCE]})),
        ("alg", lambda: presentation(header={"alg": "none"})),
        ("alg", lambda: presentation(header={"crit": ["b64"], "b64": True})),
        ("issuer-key", lambda: presentation(header={"kid": "tidak-dikenal"})),
        ("holder-key", lambda: presentation(payload={"cnf": None})),
        ("key", lambda: presentation(payload={"cnf": {"jwk": jwk(HOLDER) | {"x": jwk(HOLDER)["y"]}}})),
        ("status", lambda: presentation(payload={"status": {"status_list": {"uri": "https://a", "idx": -1}}})),
        ("digests", lambda: presentation(payload={"_sd": "x"})),
        ("digests", lambda: presentation(payload={"list": [{"...": MOVED, "lain": 1}]})),
        ("claim-clash", lambda: presentation(given=[NAME], payload={"_sd": [], "list": [{"...": MOVED}]})),
        ("disclosure", lambda: presentation(given=[said("_sd", [])])),
        ("disclosure", lambda: bound(issued() + "bukan-apa~")),
        ("encoding", lambda: "x.y.z"),
        ("encoding", lambda: presentation() + "." + "a" * jws.LONGEST),
        ("encoding", lambda: presentation().replace(".", ".+", 1)),
    ],
)
def test_other_broken_presentations_are_refused(code: str, fault: Callable[[], str]) -> None:
    with pytest.raises(Invalid) as refused:
        verify(fault())
    assert refused.value.code == code


def test_a_sound_presentation_shows_what_the_holder_shows_and_nothing_else() -> None:
    shown = sd_jwt.present(issued(), ["name", "age_over_17"], audience=AUDIENCE, nonce="n", iat=NOW, key=HOLDER)

    verified = verify(shown, nonce="n")

    assert verified.claims == {"name": "Siti", "age_over_17": True}
    assert PERSON["nik"] not in str(verified.payload)
    assert verified.status == sd_jwt.StatusRef("https://kota.example/id/status/1", 7)
    assert verified.holder == jwk(HOLDER)


def test_members_of_an_object_are_shown_one_by_one() -> None:
    card = issued(person={"address": {"street": "Jl. Balai Kota", "number": "12"}})
    shown = sd_jwt.present(card, ["street"], audience=AUDIENCE, nonce="n", iat=NOW, key=HOLDER)

    assert verify(shown, nonce="n").claims == {"address": {"street": "Jl. Balai Kota"}}


@pytest.mark.parametrize("name", sorted(sd_jwt_checks.PROTECTED))
def test_what_makes_a_credential_valid_is_never_issued_as_disclosable(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_claims = {other: value for other, value in ENVELOPE.items() if other != name}
    make = lambda: sd_jwt.issue(open_claims, {name: 1}, holder_jwk=jwk(HOLDER), key=ISSUER)  # noqa: E731
    with pytest.raises(Invalid) as refused:
        make()
    assert refused.value.code == "protected"

    monkeypatch.setattr(sd_jwt, "PROTECTED", frozenset())
    make()


def test_salts_differ_between_copies_so_that_verifiers_cannot_link_them() -> None:
    first, second = (set(issued().split("~")[1:-1]) for _ in range(2))
    assert first.isdisjoint(second)
    assert len(first) == len(PERSON)


def test_a_private_key_is_not_taken_for_a_holders_key() -> None:
    with pytest.raises(Invalid, match="public"):
        sd_jwt.issue(ENVELOPE, PERSON, holder_jwk=jwk(HOLDER) | {"d": "rahasia"}, key=ISSUER)
