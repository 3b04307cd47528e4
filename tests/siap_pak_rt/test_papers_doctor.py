"""`pasti doctor` says how letters are signed, and warns where a city would take a test for the real thing."""

from __future__ import annotations

import dataclasses

import pytest

from pasti import doctor
from pasti.platform import environment


@pytest.mark.parametrize(
    ("signature", "demo", "login", "well"),
    [
        ("local", True, "", True), ("none", True, "", True), ("local", False, "", False), ("none", False, "", False),
        ("bsre", False, "x", True), ("bsre", False, "", False), ("lain", True, "x", False),
    ],
)  # fmt: skip
def test_the_driver_is_named_and_warned_of(signature: str, demo: bool, login: str, well: bool) -> None:
    env = dataclasses.replace(
        environment.read(), signature=signature, demo=demo, bsre_url=login, bsre_user=login, bsre_password=login
    )
    found = doctor._signature(env)
    assert (found.well, bool(found.advice)) == (well, not well)
    assert "x" not in found.text.split(), "the password is never told"
