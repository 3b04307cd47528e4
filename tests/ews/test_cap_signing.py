"""Signatures on our messages, and what an attacker may try with them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from lxml import etree

from pasti.ews import schemas
from pasti.ews.rules import cap_check, cap_compose, cap_read, cap_signature
from pasti.ews.rules.cap_fault import CapRefused
from pasti.ews.rules.cap_message import SIGNATURE
from pasti.ews.services import cap_signing
from pasti.kernel.errors import Refused
from tests.ews import cap_cases
from tests.ews.cap_cases import SENT

# Another program, which knows nothing of ours: the message, the certificate, and the library.
STRANGER = """
import sys
from signxml import XMLVerifier
message, certificate = (open(name, "rb").read() for name in sys.argv[1:])
found = XMLVerifier().verify(message, x509_cert=certificate.decode()).signed_xml
print(found.findtext("{urn:oasis:names:tc:emergency:cap:1.2}identifier"))
"""


@pytest.fixture
def own_folder(tmp_path: Path, settings: Any) -> Path:
    """A data folder of this test's own, so that keys are made anew."""
    settings.PASTI_DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def signed(own_folder: Path) -> bytes:
    """A message as it goes out."""
    return cap_signing.issue(cap_compose.compose(cap_cases.draft(), cap_cases.ISSUER))


def _refusal(content: bytes) -> str:
    with pytest.raises(CapRefused) as refusal:
        cap_signature.verify(content, cap_signing.signing()[1], _valid())
    return refusal.value.faults[0].code


def _valid() -> Any:
    return cap_signing.signing()[1].not_valid_before_utc


def test_a_stranger_can_verify_what_we_sign(signed: bytes, own_folder: Path) -> None:
    (own_folder / "message.xml").write_bytes(signed)
    (own_folder / "certificate.pem").write_bytes(cap_signing.certificate_pem())
    files = [str(own_folder / name) for name in ("message.xml", "certificate.pem")]
    told = subprocess.run([sys.executable, "-c", STRANGER, *files], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == cap_cases.draft().identifier


def test_a_signed_message_is_still_valid_and_ends_with_its_signature(signed: bytes) -> None:
    assert cap_check.strict(signed, schemas.cap12()).valid
    assert etree.fromstring(signed)[-1].tag == f"{{{SIGNATURE}}}Signature"
    assert cap_signing.check_own(signed, _valid())
    assert cap_read.read(signed).alert == cap_compose.compose(cap_cases.draft(), cap_cases.ISSUER)


def test_the_key_is_made_once_and_only_we_can_read_it(own_folder: Path) -> None:
    first = cap_signing.certificate_pem()
    assert cap_signing.certificate_pem() == first
    key = own_folder / "kunci" / "cap" / "kunci.pem"
    assert key.stat().st_mode & 0o077 == 0
    assert serialization.load_pem_private_key(key.read_bytes(), None).curve.name == "secp256r1"  # type: ignore[union-attr]


@pytest.mark.parametrize("place", range(0, 100, 7))
def test_one_changed_letter_anywhere_is_noticed(signed: bytes, place: int) -> None:
    body = signed[: signed.index(b"<ds:Signature")]
    letters = [at for at in range(body.index(b"<identifier>"), len(body)) if chr(body[at]).isdigit()]
    at = letters[place * len(letters) // 100]
    changed = signed[:at] + (b"0" if body[at] != ord("0") else b"1") + signed[at + 1 :]
    assert _refusal(changed) == "tanda-tangan"


def test_another_key_is_refused_even_with_its_own_certificate(signed: bytes, tmp_path: Path, settings: Any) -> None:
    ours = cap_signing.signing()[1]
    settings.PASTI_DATA_DIR = tmp_path / "forger"
    forged = cap_signing.issue(cap_compose.compose(cap_cases.draft(stage=3), cap_cases.ISSUER))
    with pytest.raises(CapRefused, match="tanda-tangan"):
        cap_signature.verify(forged, ours, ours.not_valid_before_utc)


def test_unsigned_and_twice_signed_messages_are_refused(signed: bytes) -> None:
    assert _refusal(cap_cases.content()) == "letak-tanda-tangan"
    root = etree.fromstring(signed)
    root.append(etree.fromstring(etree.tostring(root[-1])))
    assert _refusal(etree.tostring(root)) == "letak-tanda-tangan"


def test_a_signed_message_wrapped_in_a_false_one_is_refused(signed: bytes) -> None:
    """The classic wrapping: what was signed is carried along, what is read is the attacker's."""
    false = etree.fromstring(cap_cases.content())
    false.append(etree.fromstring(signed))
    assert _refusal(etree.tostring(false)) == "letak-tanda-tangan"
    moved = etree.fromstring(cap_cases.content())
    moved.append(etree.fromstring(signed)[-1])
    assert _refusal(etree.tostring(moved)) == "tanda-tangan"


@pytest.mark.parametrize("uri", ["#asli", "http://127.0.0.1/elsewhere.xml", None])
def test_a_signature_over_something_else_is_refused(signed: bytes, uri: str | None) -> None:
    root = etree.fromstring(signed)
    reference = next(root.iter(f"{{{SIGNATURE}}}Reference"))
    reference.attrib.pop("URI")
    if uri is not None:
        reference.set("URI", uri)
    assert _refusal(etree.tostring(root)) == "cakupan-tanda-tangan"


def test_a_part_signed_by_its_name_is_refused(signed: bytes) -> None:
    """The signed alert hidden in the signature's Object, pointed at by an id, under a false alert."""
    false, true = etree.fromstring(cap_cases.content()), etree.fromstring(signed)
    signature = true[-1]
    hidden = etree.SubElement(signature, f"{{{SIGNATURE}}}Object")
    true.remove(signature)
    true.set("Id", "asli")
    hidden.append(true)
    next(signature.iter(f"{{{SIGNATURE}}}Reference")).set("URI", "#asli")
    false.append(signature)
    assert _refusal(etree.tostring(false)) == "cakupan-tanda-tangan"
    next(signature.iter(f"{{{SIGNATURE}}}Reference")).set("URI", "")
    assert _refusal(etree.tostring(false)) == "cakupan-tanda-tangan"


@pytest.mark.parametrize(
    "transform",
    ["http://www.w3.org/TR/1999/REC-xslt-19991116", "http://www.w3.org/TR/1999/REC-xpath-19991116"],
)
def test_a_transform_that_could_drop_content_is_refused(signed: bytes, transform: str) -> None:
    root = etree.fromstring(signed)
    list(root.iter(f"{{{SIGNATURE}}}Transform"))[-1].set("Algorithm", transform)
    assert _refusal(etree.tostring(root)) == "cakupan-tanda-tangan"


def test_weak_algorithms_and_other_keys_in_the_message_do_not_count(signed: bytes) -> None:
    sha1 = signed.replace(b"2001/04/xmlenc#sha256", b"2000/09/xmldsig#sha1")
    assert _refusal(sha1) == "tanda-tangan"
    root = etree.fromstring(signed)
    keys = next(root.iter(f"{{{SIGNATURE}}}KeyInfo"))
    key = etree.SubElement(keys, "{http://www.w3.org/2009/xmldsig11#}DEREncodedKeyValue")
    key.text = "AAAA"
    assert _refusal(etree.tostring(root)) == "tanda-tangan"


def test_a_certificate_that_was_not_valid_yet_is_refused(signed: bytes) -> None:
    certificate = cap_signing.signing()[1]
    with pytest.raises(CapRefused, match="sertifikat-lewat"):
        cap_signature.verify(signed, certificate, SENT.replace(year=2020))


def test_nothing_invalid_is_ever_signed(own_folder: Path) -> None:
    from dataclasses import replace

    bad = replace(cap_compose.compose(cap_cases.draft(), cap_cases.ISSUER), msg_type="Update")
    with pytest.raises(Refused, match="harus menyebut pesan yang dirujuk"):
        cap_signing.issue(bad)
