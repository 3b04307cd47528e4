"""BPJS's task ids from stamps, and what goes over its wire."""

from __future__ import annotations

import base64
import datetime as dt

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from hypothesis import given, settings
from hypothesis import strategies as st

from pasti.purut.rules import bpjs_wire
from pasti.purut.rules.bpjs_tasks import Task, messages, tasks
from pasti.purut.rules.states import State

MORNING = dt.datetime(2027, 1, 4, 1, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


def stamped(*steps: str) -> list[tuple[str, dt.datetime]]:
    """Steps one minute apart."""
    return [(step, MORNING + MINUTE * at) for at, step in enumerate(steps)]


@pytest.mark.parametrize(("steps", "ids"), [
    (("booked",), []),
    (("booked", "checked_in"), [3]),
    (("booked", "admission", "admitting", "checked_in"), [1, 2, 3]),
    (("booked", "checked_in", "called", "skipped", "called", "serving"), [3, 4]),
    (("booked", "checked_in", "called", "serving", "done"), [3, 4, 5]),
    (("booked", "checked_in", "called", "serving", "pharmacy", "preparing", "ready", "done"), [3, 4, 5, 6, 7]),
    (("booked", "checked_in", "called", "serving", "pharmacy", "done"), [3, 4, 5]),
    (("booked", "cancelled"), [99]),
    (("booked", "checked_in", "no_show"), [3, 99]),
])  # fmt: skip
def test_each_way_through_the_house_has_its_tasks(steps: tuple[str, ...], ids: list[int]) -> None:
    assert [task.id for task in tasks(stamped(*steps))] == ids


def test_times_never_go_backwards() -> None:
    late = [("checked_in", MORNING), ("serving", MORNING - MINUTE), ("done", MORNING + MINUTE)]
    assert tasks(late) == [Task(3, MORNING), Task(4, MORNING), Task(5, MORNING + MINUTE)]


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from([str(one) for one in State]),
                          st.integers(-500, 500).map(lambda n: MORNING + MINUTE * n)), max_size=14))  # fmt: skip
def test_whatever_is_stamped_ids_go_up_and_times_do_not_go_back(stamps: list[tuple[str, dt.datetime]]) -> None:
    found = tasks(stamps)
    assert [one.id for one in found] == sorted({one.id for one in found})
    assert [one.at for one in found] == sorted(one.at for one in found)


def test_bpjs_is_not_told_what_it_told_us() -> None:
    way = stamped("booked", "cancelled")

    def kinds(*, made: bool, cancelled: bool) -> list[tuple[str, int]]:
        found = messages(way, made_by_bpjs=made, cancelled_by_bpjs=cancelled)
        assert [one.position for one in found] == sorted(one.position for one in found), "the order of sending"
        return [(one.kind, one.position) for one in found]

    gone = ("updatewaktu", 99)
    assert kinds(made=False, cancelled=False) == [("add", 0), ("batal", 98), gone]
    assert kinds(made=True, cancelled=False) == [("batal", 98), gone]
    assert kinds(made=True, cancelled=True) == [gone]
    assert messages([], made_by_bpjs=False, cancelled_by_bpjs=False) == []


def test_the_signature() -> None:
    # openssl dgst -sha256 -hmac rahasia -binary | base64, over "12345&1700000000"
    assert bpjs_wire.signature("12345", "rahasia", "1700000000") == SIGNATURE


SIGNATURE = "zOtyqSPQbx0di1bhHX9d9hbBOSHBCV8Jdv3/UrAb7og="
# Packed by lzstring 1.0.4 (PyPI), a translation of pieroxy's lz-string.
PACKED = [
    ("", "Q"),
    ("a", "IZA"),
    ("aaaaaaaaaaaaaaaaaaaa", "IY1-kA"),
    ('{"nomorantrean":"A-012","angkaantrean":12}', "N4Igdg9gthBOCGYAusCmiQC4QEEC0ADAIwBMIANCIgOYDW8iK6YWpAvkA"),
    ("Poli Penyakit Dalam – ≥ 漢字", "AoewNglgBMCmB2BPAhgawgFygEWWZAtlIMgEUgpkRSBE9oOraQA"),
    ("".join(chr(33 + i % 90) * (i % 3 + 1) for i in range(120)),
     "IQIhGJIEgUhgyRByAFCglJgVAahwGkIFoA6EgekoAYBGGgJkYGYAWFgVk4DYB2HgDkEBOAFwiA3JIA8AXhkA+RQH4AAioCCmgEIBhHQBFDAUQBiJgOKWA"
     "EgEkbAKUcBpADIuAsp4ByAeR8AFQIBFACUQgGVIgBUAVRiANUSAdQANFIBNTIAtAG0cgB1CgF0APRKAfUqAAwBDGoAjRoBjABMWgFNOgDMAcx6AC0GASw"
     "ArEYBrSYAbAFsZgDtFgHsABxWAR02AJwBnHYAXQ4BXADcTgHdLgA8ATxuAL0fQCGg4RHhUDGw8QnxSCmodEY9FYHG4fEE-FEEmkckU8iAA"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "packed"), PACKED)
def test_answers_are_unpacked_as_they_were_packed_elsewhere(text: str, packed: str) -> None:
    assert bpjs_wire.unpack(packed) == text


@settings(max_examples=60)
@given(st.text(alphabet=bpjs_wire.ALPHABET, max_size=200) | st.text(max_size=40))
def test_garbage_is_text_or_a_value_error_never_anything_else(garbage: str) -> None:
    try:
        bpjs_wire.unpack(garbage)
    except ValueError:
        pass


def encrypted(packed: str, key: bytes) -> str:
    """What BPJS does to a packed answer."""
    pad = PKCS7(128).padder()
    padded = pad.update(packed.encode()) + pad.finalize()
    cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(cipher.update(padded) + cipher.finalize()).decode()


def test_an_answer_is_read_with_its_own_key_only() -> None:
    text, packed = PACKED[3]
    key, other = (bpjs_wire.key("12345", "rahasia", stamp) for stamp in ("1700000000", "1700000001"))
    assert bpjs_wire.read(encrypted(packed, key), key) == text
    for wrong in (encrypted(packed, other), "bukan base64!", base64.b64encode(b"pendek").decode(), ""):
        with pytest.raises(ValueError):  # noqa: PT011
            bpjs_wire.read(wrong, key)
