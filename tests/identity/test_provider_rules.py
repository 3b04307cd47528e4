"""What a provider reckons with, without a database: claims, names, methods, keys, addresses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasti.identity.rules import provider as rules

MOMENTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=8, unique=True)


@given(
    st.binary(min_size=32, max_size=32), st.text(max_size=20), st.text(max_size=20), st.text(min_size=1, max_size=20)
)
def test_two_sectors_or_two_people_never_share_a_name(secret: bytes, one: str, other: str, user: str) -> None:
    assert rules.subject(secret, one, user) == rules.subject(secret, one, user)
    assert (rules.subject(secret, one, user) == rules.subject(secret, other, user)) is (one == other)
    assert user not in rules.subject(secret, one, user) or len(user) < 4


@given(MOMENTS, st.integers(0, 2 * 10**6))
def test_the_key_that_signs_was_published_long_enough_or_is_the_first(made: list[int], now: int) -> None:
    at = rules.signing_key(made, now, ahead=100)
    assert at in made
    assert at + 100 <= now or at == min(made)
    assert not [one for one in made if at < one and one + 100 <= now]


@given(MOMENTS, st.integers(0, 2 * 10**6), st.integers(0, 10**5))
def test_the_signing_key_and_its_followers_stay_published(made: list[int], now: int, keep: int) -> None:
    kept = rules.kept_keys(made, now, ahead=100, keep=keep)
    signing = rules.signing_key(made, now, ahead=100)
    assert signing is not None
    assert {one for one in made if one >= signing} <= set(kept)
    for gone in set(made) - set(kept):
        followers = [one for one in made if one > gone]
        assert min(followers) + 100 + keep <= now


@given(st.sets(st.sampled_from(rules.CLAIMS)))
def test_a_client_may_use_just_the_scopes_its_claims_need(approved: set[str]) -> None:
    scopes = rules.scopes_of(approved)
    assert "openid" in scopes
    assert approved <= set(rules.claims_of(scopes))


def test_methods_are_told_in_the_words_of_the_standard() -> None:
    records = [{"method": "password", "at": 5.0}, {"method": "mfa", "type": "totp", "at": 9.5}]
    assert rules.signed_in(records, 1) == rules.SignedIn(9.5, ("pwd", "otp", "mfa"))
    assert rules.signed_in([{"method": "mfa", "type": "webauthn", "at": 3}], 1).amr == ("hwk",)
    assert rules.signed_in([], 7.0) == rules.SignedIn(7.0, ())


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("https://app.example/kembali?x=1", ""), ("http://127.0.0.1:8000/k", ""), ("http://localhost/k", ""),
        ("http://[::1]/k", ""), ("http://app.example/k", "scheme"), ("javascript:alert(1)", "host"), ("/kembali", "host"),
        ("https://*.example/k", "host"), ("https://a@b.example/k", "host"), ("https://b.example/k#x", "fragment"),
        ("ftp://b.example/", "scheme"), ("https://b.example:x/", "host"), ("", "host"),
    ],
)  # fmt: skip
def test_an_address_is_https_and_whole(address: str, fault: str) -> None:
    assert rules.address_fault(address) == fault
