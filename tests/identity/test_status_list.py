"""Status lists: the published vectors to the bit, and what must be refused."""

from __future__ import annotations

import contextlib
import json
import re
import zlib

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasti.identity.rules import cose, jws, status_list
from pasti.identity.rules.invalid import Invalid
from pasti.identity.rules.status_list import StatusList
from tests.identity.cards import ISSUER, NOW, STRANGER, VECTORS, trusted, unwrapped

LISTS = VECTORS / "status_list"
URI = "https://example.com/statuslists/1"
# The key of the draft's examples, from its src/util.py.
EXAMPLE_KEY = jws.public_key(
    {
        "kty": "EC",
        "crv": "P-256",
        "x": "I3HWm_0Ds1dPMI-IWmf4mBmH-YaeAVbPVu7vB27CxXo",
        "y": "6N_d5Elj9bs1htgV3okJKIdbHEpkgTmAluYKJemzn1M",
    }
)
SHORT_BYTES, ONE_BIT_BYTES = bytes([0xC9, 0x44, 0xF9]), bytes([0xB9, 0xA3])
# The entries that the draft sets in its long examples (its section "Test vectors for Status List encoding").
LONG = {
    1: {0: 1, 1993: 1, 25460: 1, 159495: 1, 495669: 1, 554353: 1, 645645: 1, 723232: 1, 854545: 1, 934534: 1,
        1000345: 1},
    2: {0: 1, 1993: 2, 25460: 1, 159495: 3, 495669: 1, 554353: 1, 645645: 2, 723232: 1, 854545: 1, 934534: 2,
        1000345: 3},
}  # fmt: skip


def key_of(_: object) -> jws.PublicKey:
    return EXAMPLE_KEY


def from_json(name: str) -> tuple[int, bytes]:
    text = re.sub(r"\n\s*", "", (LISTS / name).read_text())
    listed = json.loads(text[text.index("{") :])
    return listed["bits"], status_list.decode(listed["lst"])


def from_cbor(name: str) -> tuple[int, bytes]:
    text = (LISTS / name).read_text()
    raw = bytes.fromhex(re.sub(r"\s", "", text.split("encoded:")[-1]))
    listed = cose.loads(raw)
    assert listed == cbor2.loads(raw)
    return listed["bits"], status_list.unpack(listed["lst"])


def test_short_lists_decode_to_the_published_bytes() -> None:
    assert from_json("status_list_encoding2_json.md") == (2, SHORT_BYTES)
    assert from_cbor("status_list_encoding2_cbor.md") == (2, SHORT_BYTES)
    assert [status_list.status_at(SHORT_BYTES, 2, idx) for idx in range(12)] == [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]


@pytest.mark.parametrize("bits", [1, 2])
def test_long_lists_have_the_published_entries_and_no_other(bits: int) -> None:
    read = from_json(f"status_list_encoding{bits}_long_json.md")
    assert read == from_cbor(f"status_list_encoding{bits}_long_cbor.md")
    assert read == (bits, status_list.pack(LONG[bits], bits, 1 << 20))


@pytest.mark.parametrize("name", sorted(path.name for path in LISTS.glob("*_diag.md")))
def test_cbor_diagnostics_are_what_the_messages_hold(name: str) -> None:
    rows = (line.split("#")[0] for line in (LISTS / name).read_text().splitlines())
    raw = bytes.fromhex("".join("".join(rows).split()))
    theirs = cbor2.loads(raw)
    ours = cose.loads(raw)
    assert ours == ((theirs.tag, theirs.value) if isinstance(theirs, cbor2.CBORTag) else theirs)
    plain = LISTS / name.replace("_diag", "")
    assert raw.hex() in re.sub(r"\s", "", plain.read_text())


def test_the_published_jwt_and_cwt_tokens_verify() -> None:
    token = unwrapped(LISTS / "status_list_jwt_raw.md")
    raw = bytes.fromhex(unwrapped(LISTS / "status_list_cwt.md"))
    read = status_list.parse_jwt(token, issuer_key=key_of, uri=URI, now=NOW)
    assert read == status_list.parse_cwt(raw, issuer_key=key_of, uri=URI, now=NOW)
    assert (read.bits, read.entries, read.iat, read.exp, read.ttl) == (1, ONE_BIT_BYTES, 1686920170, 2291720170, 43200)
    printed = [json.loads(part) for part in (LISTS / "status_list_jwt.md").read_text().split("\n.\n")]
    parsed = jws.parse(token)
    assert [parsed.header, parsed.payload | {"iss": None}] == [printed[0], printed[1] | {"iss": None}]


def test_the_published_referenced_cwt_is_signed_and_names_its_entry() -> None:
    message = cose.parse_sign1(bytes.fromhex(unwrapped(LISTS / "referenced_token_cwt.md")))
    assert cose.signed_by(message, EXAMPLE_KEY)
    assert message.claims[65535] == {"status_list": {"idx": 0, "uri": URI}}


@given(st.dictionaries(st.integers(0, 999), st.integers(0, 3)))
def test_what_is_put_in_comes_out(statuses: dict[int, int]) -> None:
    entries = status_list.decode(status_list.encode(status_list.pack(statuses, 2, 1000)))
    assert [status_list.status_at(entries, 2, idx) for idx in range(1000)] == [statuses.get(i, 0) for i in range(1000)]


def ours(**changes: object) -> str:
    listed = {"uri": URI, "bits": 2, "entries": bytes(8), "iat": NOW, "exp": NOW + 600, "ttl": 300} | changes
    return status_list.token(StatusList(**listed), ISSUER)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "token"),
    [
        ("signature", lambda: status_list.token(StatusList(URI, 2, b"\0", NOW, None, None), STRANGER)),
        ("expired", lambda: ours(exp=NOW)),
        ("issued-in-future", lambda: ours(iat=NOW + 61)),
        ("status-subject", lambda: ours(uri="https://example.com/statuslists/2")),
        ("bits", lambda: ours(bits=3)),
        ("status", lambda: ours(ttl=0)),
        ("typ", lambda: jws.sign({"typ": "JWT"}, {}, ISSUER)),
        ("encoding", lambda: "bukan token"),
    ],
)
def test_a_list_nobody_may_rely_on_is_refused(code: str, token: object) -> None:
    with pytest.raises(Invalid) as refused:
        status_list.parse_jwt(token(), issuer_key=trusted, uri=URI, now=NOW)  # type: ignore[operator]
    assert refused.value.code == code


def test_an_entry_beyond_the_end_is_not_valid() -> None:
    with pytest.raises(Invalid, match="no such entry"):
        status_list.parse_jwt(ours(), issuer_key=trusted, uri=URI, now=NOW).at(32)


def test_a_list_that_unpacks_without_end_or_is_cut_off_is_refused() -> None:
    bomb = zlib.compress(bytes(status_list.LARGEST + 1), 9)
    for compressed in (bomb, bomb[:-5], zlib.compress(b"x") + b"x", b"x"):
        with pytest.raises(Invalid):
            status_list.unpack(compressed)


@given(st.binary(max_size=60))
def test_any_bytes_as_cbor_are_read_or_refused(raw: bytes) -> None:
    with contextlib.suppress(Invalid):
        cose.loads(raw)
