"""Messages of many agencies and one for each rule: every file gets the verdict its index says it deserves."""

from __future__ import annotations

import pytest

from pasti.ews import schemas
from pasti.ews.rules import cap_check, cap_guard, cap_read, cap_write
from pasti.ews.rules.cap_fault import CapRefused
from tests.ews import cap_cases

CASES = cap_cases.index()
OURS = [case for case in CASES if case["label"] != "upstream"]
THEIRS = [case for case in CASES if case["label"] == "upstream"]
# What an agency may get wrong and still be understood; the file and how we name it.
UNDERSTOOD = {
    "sent-Z": "tulisan-waktu", "sent-space-instead-of-T": "tulisan-waktu", "bad-certainty": "kode", "element-order": "urutan",
    "unknown-element": "tak-dikenal", "resource-without-mimetype": "jenis-berkas", "restriction-with-public": "pembatasan",
    "private-without-addresses": "alamat", "relative-uri-without-derefuri": "alamat-relatif",
}  # fmt: skip


def _name(case: dict[str, str]) -> str:
    return case["file"].rsplit("/", 1)[-1]


@pytest.mark.parametrize("case", OURS, ids=_name)
def test_each_file_gets_the_verdict_of_the_index(case: dict[str, str]) -> None:
    verdict = cap_check.strict(cap_cases.content(case["file"]), schemas.cap12())
    assert verdict.valid == (case["label"] != "invalid"), verdict
    if case["label"] == "warn":
        assert verdict.warnings
    for fault in (*verdict.faults, *verdict.warnings):
        assert fault.id
        assert fault.en
        assert fault.section
        assert fault.id != fault.en


@pytest.mark.parametrize("case", OURS, ids=_name)
def test_the_schema_alone_says_what_the_index_says(case: dict[str, str]) -> None:
    if case["layer_or_namespace"] == "security":
        with pytest.raises(CapRefused, match="doctype"):
            cap_guard.document(cap_cases.content(case["file"]))
        return
    root = cap_guard.document(cap_cases.content(case["file"]))
    assert schemas.cap12().validate(root.getroottree()) == (case["xsd_verdict"] == "xsd-valid")


@pytest.mark.parametrize("case", [case for case in OURS if case["label"] == "invalid"], ids=_name)
def test_of_others_only_what_needs_no_guessing_is_understood(case: dict[str, str]) -> None:
    verdict = cap_check.patient(cap_cases.content(case["file"]))
    stem = _name(case).removesuffix(".cap")
    assert verdict.valid == (stem in UNDERSTOOD)
    if verdict.valid:
        assert UNDERSTOOD[stem] in {one.code for one in verdict.warnings}


@pytest.mark.parametrize("case", THEIRS, ids=_name)
def test_alerts_of_real_agencies_are_understood(case: dict[str, str]) -> None:
    verdict = cap_check.patient(cap_cases.content(case["file"]))
    assert verdict.valid, verdict.faults
    assert verdict.alert is not None
    assert verdict.alert.sender


@pytest.mark.parametrize("case", [case for case in CASES if case["label"] in ("valid", "warn", "upstream")], ids=_name)
def test_what_was_read_and_written_again_says_the_same_and_fits_the_schema(case: dict[str, str]) -> None:
    alert = cap_read.read(cap_cases.content(case["file"])).alert
    written = cap_write.write(alert)
    assert cap_read.read(written).alert == alert
    root = cap_guard.document(written)
    assert schemas.cap12().validate(root.getroottree()), schemas.cap12().error_log


def test_bmkgs_nowcast_is_understood_without_a_fault() -> None:
    content = cap_cases.CORPUS.with_name("bmkg").joinpath("cap_banten_20260216.xml").read_bytes()
    verdict = cap_check.strict(content, schemas.cap12())
    assert verdict.valid
    assert verdict.alert is not None
    assert verdict.alert.infos[0].headline == "Hujan Lebat disertai Petir di Banten"
    assert len(verdict.alert.infos[0].areas[0].polygons) == 2
