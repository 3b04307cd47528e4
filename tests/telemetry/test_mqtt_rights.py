"""Who may write and read which topic of the broker."""

from __future__ import annotations

import pytest

from pasti.telemetry.rules import topics
from pasti.telemetry.rules.topics import ANYBODY, SERVICES, covers, of_device

GAUGE = of_device("bokwedi", [7])
INGEST = SERVICES[0]


@pytest.mark.parametrize("topic", ["pas/bokwedi/up", "pas/bokwedi/ack", "v1.1/Datastreams(7)/Observations"])
def test_a_device_writes_to_its_own_topics(topic: str) -> None:
    assert GAUGE.may_write(topic)


@pytest.mark.parametrize(
    "topic",
    ["pas/lain/up", "v1.1/Datastreams(8)/Observations", "v1.1/Datastreams(77)/Observations", "v1.1/Observations",
     "pas/bokwedi/down", "pas/+/up", "pas/#", "application/1/device/0011223344556677/event/up", "pas/bokwedi/up/x", ""],
)  # fmt: skip
def test_a_device_writes_nowhere_else(topic: str) -> None:
    assert not GAUGE.may_write(topic)


@pytest.mark.parametrize(
    ("wanted", "allowed"),
    [
        ("pas/bokwedi/down", True), ("pas/bokwedi/down/siren", True), ("pas/+/down", False), ("pas/#", False), ("#", False),
        ("pas/lain/down", False), ("v1.1/#", True), ("v1.1/+/Observations", True), ("$SYS/#", False), ("+/#", False),
        ("pas/bokwedi/up", False), ("$share/x/v1.1/#", True), ("$share/x/pas/#", False), ("$share/x", False),
    ],
)  # fmt: skip
def test_a_device_reads_its_commands_and_what_is_public(wanted: str, allowed: bool) -> None:
    assert GAUGE.may_read(wanted) is allowed


def test_anybody_reads_observations_and_writes_nothing() -> None:
    assert ANYBODY.may_read("v1.1/Datastreams(7)/Observations")
    assert not ANYBODY.may_write("v1.1/Datastreams(7)/Observations")
    assert not ANYBODY.may_read("pas/bokwedi/up")


def test_the_taker_may_read_all_it_subscribes_to() -> None:
    assert all(INGEST.may_read(topics.SHARED + one) and INGEST.may_read(one) for one in topics.INGEST_FILTERS)


@pytest.mark.parametrize(
    ("pattern", "wanted", "fits"),
    [("a/#", "a", True), ("a/+", "a", False), ("a/+/c", "a/+/c", True), ("a/b", "a/+", False), ("+/b", "#", False),
     ("#", "$SYS/x", False), ("a/#", "a/#", True), ("a/+", "a/#", False)],
)  # fmt: skip
def test_a_filter_within_another(pattern: str, wanted: str, fits: bool) -> None:
    assert covers(pattern, wanted) is fits
