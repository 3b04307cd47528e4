"""The root over records: RFC 6962, section 2.1, and any change of the records changes it."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from pasti.kernel.publish.rules.merkle import root

Record = tuple[str, str]
RECORDS = st.lists(
    st.tuples(st.text("0123456789", min_size=1), st.text("abcdef", min_size=1)), unique=True, max_size=40
)


def by_definition(records: list[Record]) -> bytes:
    """RFC 6962 as it is written: recursive, split at the largest power of two below the length."""
    if not records:
        return hashlib.sha256(b"").digest()
    if len(records) == 1:
        return hashlib.sha256(b"\x00" + "\x1f".join(records[0]).encode()).digest()
    split = 1 << ((len(records) - 1).bit_length() - 1)
    return hashlib.sha256(b"\x01" + by_definition(records[:split]) + by_definition(records[split:])).digest()


def test_no_records_have_the_hash_of_nothing() -> None:
    assert root([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_one_record_is_a_leaf_and_not_its_own_digest() -> None:
    assert root([("1", "a")]) == hashlib.sha256(b"\x001\x1fa").hexdigest()


@given(RECORDS)
def test_one_pass_gives_what_the_recursive_definition_gives(records: list[Record]) -> None:
    assert root(iter(records)) == by_definition(records).hex()


@given(RECORDS.filter(bool), st.data())
def test_a_record_changed_dropped_or_added_changes_the_root(records: list[Record], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(records) - 1))
    changed = [*records[:at], (records[at][0], records[at][1] + "0"), *records[at + 1 :]]
    dropped = records[:at] + records[at + 1 :]
    added = [*records[:at], ("x", "x"), *records[at:]]
    assert len({root(records), root(changed), root(dropped), root(added)}) == 4


@given(RECORDS.filter(lambda records: len(records) > 1), st.data())
def test_any_two_records_swapped_change_the_root(records: list[Record], data: st.DataObject) -> None:
    one, other = sorted(data.draw(st.sets(st.integers(0, len(records) - 1), min_size=2, max_size=2)))
    swapped = list(records)
    swapped[one], swapped[other] = swapped[other], swapped[one]
    assert root(swapped) != root(records)
