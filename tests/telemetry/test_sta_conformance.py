"""The landing page claims what the table of `docs/sensorthings.md` says, and a test shows each claim."""

from __future__ import annotations

import re
from pathlib import Path

from pasti.telemetry.rules.sta_conformance import BY_MQTT, CONFORMANCE, SPEC

ROOT = Path(__file__).resolve().parents[2]
_ROW = re.compile(r"^\| …/(\S+) \| (yes|no) \| (.+) \|$", re.MULTILINE)


def test_every_claim_of_the_landing_page_is_in_the_table_and_has_its_test() -> None:
    rows = _ROW.findall((ROOT / "docs" / "sensorthings.md").read_text())
    held = {f"{SPEC}/{name}" for name, holds, _ in rows if holds == "yes"}
    assert held == {*CONFORMANCE, BY_MQTT}
    assert len(CONFORMANCE) + 1 == len(held)
    for _, holds, shown in rows:
        if holds == "yes":
            file, _, name = shown.strip("`").partition("::")
            assert f"\ndef {name}(" in (Path(__file__).parent / file).read_text(), shown
