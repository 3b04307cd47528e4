"""The offline desk judges as the server does: sound presentations pass, each fault is refused by the same code."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

from pasti.identity.rules import sd_jwt, status_list
from pasti.identity.rules.status_list import StatusList
from tests.foreign_clients.node import PROGRAM, environment
from tests.identity import cards
from tests.identity.cards import AUDIENCE, ENVELOPE, HOLDER, ISSUER, NONCE, NOW, STRANGER, jwk, presentation, said
from tests.identity.test_sd_jwt_checks import FAULTS

SCRIPT = Path(__file__).with_name("desk_scripts.mjs")
URI = ENVELOPE["status"]["status_list"]["uri"]  # type: ignore[index]


def judged(*cases: str) -> dict[str, Any]:
    entries = status_list.pack({3: status_list.INVALID, 4: status_list.SUSPENDED}, 2, 1000)
    listed = StatusList(URI, 2, entries, NOW, NOW + 600, 300)
    paths = {"name": ["name"], "street": ["address", "street"], "age_over_17": ["age_over_17"]}
    desk = {"sub": AUDIENCE, "claims": list(paths), "required": ["name"], "paths": paths}
    city = {"issuer": ENVELOPE["iss"], "vct": ENVELOPE["vct"], "keys": [jwk(ISSUER) | {"kid": ISSUER.kid}]}
    asked = {"cases": cases, "desk": desk, "nonce": NONCE, "city": city, "now": NOW, "uri": URI}
    asked["list"] = status_list.token(listed, ISSUER)
    done = subprocess.run(
        [str(PROGRAM), str(SCRIPT)], input=json.dumps(asked), capture_output=True, text=True, env=environment()
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def shown(*names: str) -> str:
    person = {"name": "Siti", "nik": "3575", "age_over_17": False, "address": {"street": "Gang 1", "city": "Pasuruan"}}
    return sd_jwt.present(cards.issued(person=person), names, audience=AUDIENCE, nonce=NONCE, iat=NOW, key=HOLDER)


def test_sound_presentations_show_what_was_asked_and_fit_a_code() -> None:
    answer = judged(shown("name", "street", "nik", "age_over_17"), shown("name"))

    assert answer["judged"] == [
        {"shown": {"name": "Siti", "street": "Gang 1", "age_over_17": False}},
        {"shown": {"name": "Siti"}},
    ]
    assert answer["same"]
    assert all(answer["damaged"])
    assert re.fullmatch(r"PASTI-JAWAB1:[0-9A-Z $%*+./:-]+", answer["packed"])
    # 4,296 characters fit the alphanumeric mode of the largest code; half of that is read by a cheap camera.
    assert len(answer["packed"]) < 2148


def test_every_fault_is_refused_by_the_code_the_server_gives() -> None:
    answer = judged(*(fault() for _code, fault in FAULTS.values()))

    assert [one.get("cause") for one in answer["judged"]] == [code for code, _fault in FAULTS.values()]


def test_stopped_cards_foreign_cards_and_unasked_answers_are_refused() -> None:
    def at(idx: int, uri: str = URI) -> str:
        return presentation(payload={"status": {"status_list": {"uri": uri, "idx": idx}}}, given=[said("name", "Siti")])

    answer = judged(
        at(3), at(4), at(1000), at(7, "https://lain.example/1"), shown("street"), presentation(payload={"status": None}),
        presentation(issuer=STRANGER, header={"kid": "lain"}), presentation(payload={"iss": "https://lain.example"}),
        presentation(payload={"vct": "lain"}), presentation(given=[said("__proto__", {"name": "x"})]), "x~y", "",
    )  # fmt: skip

    assert [one.get("cause") for one in answer["judged"]] == [
        "revoked", "suspended", "status-unknown", "status-unknown", "claims-missing", "status-unknown", "issuer-key", "vct",
        "vct", "disclosure", "encoding", "encoding",
    ]  # fmt: skip
