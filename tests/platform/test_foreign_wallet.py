"""A wallet that nobody here wrote takes a card in and shows it, on the running platform; and is refused where it must be."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.foreign_clients.node import Node
from tests.platform_process import ROOT, Platform, clean

pytestmark = pytest.mark.platform
Said = Callable[..., dict[str, Any]]


def _talk(process: subprocess.Popen[str]) -> Said:
    assert process.stdin is not None
    assert process.stdout is not None
    into, out = process.stdin, process.stdout

    def say(act: str, **words: Any) -> dict[str, Any]:
        into.write(json.dumps({"do": act, **words}) + "\n")
        into.flush()
        return dict(json.loads(out.readline()))

    return say


@pytest.fixture(scope="module")
def counter(platform: Platform) -> Iterator[Said]:
    command = [sys.executable, "-m", "tests.platform.counter", str(platform.folder)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=clean()
    ) as process:
        yield _talk(process)
        process.terminate()


@pytest.fixture
def wallet(platform: Platform, foreign_node: Node) -> Iterator[Said]:
    with foreign_node.start("wallet.mjs", platform.base) as process:
        yield _talk(process)
        process.terminate()


@pytest.fixture
def offered(counter: Said) -> dict[str, Any]:
    return counter("offer")


def take(wallet: Said, offered: dict[str, Any], **more: Any) -> dict[str, Any]:
    return wallet("accept", offer=offered["offer"], tx_code=offered["tx_code"], **more)


def test_it_takes_a_card_in_and_holds_it_for_genuine(wallet: Said, offered: dict[str, Any]) -> None:
    taken = take(wallet, offered, count=5)
    assert taken["ok"], taken
    assert len(set(taken["copies"])) == 5
    assert {"nik", "name", "kelurahan", "age_over_17", "address"} <= set(taken["claims"])
    judged = wallet("verify")
    assert judged["ok"], judged
    assert judged["name"] == offered["name"]


def test_a_wrong_transaction_code_is_refused(wallet: Said, offered: dict[str, Any]) -> None:
    wrong = f"{(int(offered['tx_code']) + 1) % 1000000:06d}"
    assert take(wallet, offered | {"tx_code": wrong})["error"] == "invalid_grant"
    assert take(wallet, offered)["ok"]


def test_an_offer_is_used_once(wallet: Said, offered: dict[str, Any]) -> None:
    assert take(wallet, offered)["ok"]
    assert wallet("redeem", tx_code=offered["tx_code"])["error"] == "invalid_grant"
    assert not wallet("resolve", offer=offered["offer"])["ok"]


def test_an_offer_ends_after_its_time(wallet: Said, counter: Said, offered: dict[str, Any]) -> None:
    assert wallet("resolve", offer=offered["offer"])["ok"]
    counter("let_expire", activation=offered["activation"])
    assert wallet("redeem", tx_code=offered["tx_code"])["error"] == "invalid_grant"


def test_a_proof_is_used_once(wallet: Said, offered: dict[str, Any]) -> None:
    assert take(wallet, offered)["ok"]
    assert wallet("replay")["error"] == "invalid_nonce"


def test_it_shows_a_desk_what_was_asked_and_nothing_else(wallet: Said, counter: Said, offered: dict[str, Any]) -> None:
    take(wallet, offered)
    asked = counter("ask")
    sent = wallet("present", request=asked["request"])
    assert (sent["status"], sent["client"]) == (200, "x509_hash")
    seen = counter("outcome", id=asked["id"])
    assert (seen["state"], sorted(seen["shown"])) == ("passed", ["birth_date", "name", "nik", "sex"])
    assert seen["shown"]["nik"] == offered["nik"]
    assert not wallet("present", request=asked["request"])["ok"], "a question is answered once"


def test_a_desk_gets_no_claim_beyond_its_registered_set(wallet: Said, counter: Said, offered: dict[str, Any]) -> None:
    assert counter("ask_beyond")["refused"] == "di-luar-izin"
    take(wallet, offered)
    asked = counter("ask")
    assert (
        wallet("present", request=asked["request"], claims=["nik", "name", "birth_date", "birth_place"])["status"]
        == 200
    )
    assert sorted(counter("outcome", id=asked["id"])["shown"]) == ["birth_date", "name", "nik"]


def test_less_than_required_is_refused(wallet: Said, counter: Said, offered: dict[str, Any]) -> None:
    take(wallet, offered)
    asked = counter("ask")
    assert wallet("present", request=asked["request"], claims=["name"])["status"] == 400
    assert counter("outcome", id=asked["id"])["cause"] == "claims-missing"


def test_a_suspended_and_a_revoked_card_do_not_hold(wallet: Said, counter: Said, offered: dict[str, Any]) -> None:
    take(wallet, offered)
    for act, cause in (("suspend", "suspended"), ("resume", ""), ("revoke", "revoked")):
        counter(act, person=offered["person"])
        judged, asked = wallet("verify"), counter("ask")
        assert judged["ok"] or "Status is not valid" in judged["message"]
        assert judged["ok"] is (cause == "")
        assert wallet("present", request=asked["request"])["status"] == (400 if cause else 200)
        assert counter("outcome", id=asked["id"])["cause"] == cause
