"""The pure part of the FHIR facade: statuses, search values, and what a booking may ask."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasti.purut.queries.fhir import SOURCES
from pasti.purut.rules import fhir_appointments as appointments
from pasti.purut.rules import fhir_search as search
from pasti.purut.rules.fhir_search import Unfit
from pasti.purut.rules.fhir_table import KINDS
from pasti.purut.rules.states import FOLLOWS, State

WIB = ZoneInfo("Asia/Jakarta")
BASE = "http://kota.test/fhir/R4"
# The required codes of http://hl7.org/fhir/R4/valueset-appointmentstatus.html, in the order a visit goes through them.
PROGRESS = ["booked", "arrived", "checked-in", "fulfilled"]
ENDS = {"cancelled", "noshow"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3), max_leaves=12,
)  # fmt: skip
KEYS = ["slot", "participant", "basedOn", "extension", "status"]


@pytest.mark.parametrize("state", State)
def test_every_state_has_a_status_of_the_standard(state: State) -> None:
    assert appointments.STATUS[state] in {"proposed", *PROGRESS, *ENDS}
    assert state in appointments.states_of(appointments.STATUS[state])


def test_no_step_takes_an_appointment_back() -> None:
    for state, following in FOLLOWS.items():
        for then in following if state != State.HELD else ():  # a place offered is no appointment yet
            before, after = appointments.STATUS[state], appointments.STATUS[then]
            assert after in ENDS or PROGRESS.index(after) >= PROGRESS.index(before), (state, then)
    assert [s for s in State if appointments.STATUS[s] in ENDS] == [State.CANCELLED, State.NO_SHOW]


def test_a_status_that_does_not_occur_finds_no_state() -> None:
    assert appointments.states_of("waitlist") == appointments.states_of("nonsense") == []


def test_the_table_promises_what_the_reads_know() -> None:
    for kind in KINDS.values():
        known = {name for name in SOURCES[kind.name].filters if ":" not in name}
        assert {param.name for param in kind.params} == known, kind.name
    assert KINDS.keys() == SOURCES.keys()


@pytest.mark.parametrize(
    ("text", "prefix", "low", "high"),
    [
        ("2026", "eq", "2026-01-01T00:00+07:00", "2027-01-01T00:00+07:00"),
        ("ge2026-12", "ge", "2026-12-01T00:00+07:00", "2027-01-01T00:00+07:00"),
        ("lt2026-02-28", "lt", "2026-02-28T00:00+07:00", "2026-03-01T00:00+07:00"),
        ("2026-02-28T08:30", "eq", "2026-02-28T08:30+07:00", "2026-02-28T08:31+07:00"),
        ("sa2026-02-28T08:30:15.5Z", "sa", "2026-02-28T08:30:15Z", "2026-02-28T08:30:16Z"),
    ],
)
def test_a_date_names_the_span_of_its_precision(text: str, prefix: str, low: str, high: str) -> None:
    assert search.spans(text, WIB) == [
        search.Span(prefix, dt.datetime.fromisoformat(low), dt.datetime.fromisoformat(high))
    ]


@pytest.mark.parametrize("text", ["kemarin", "ap2026", "2026-13", "2026-02-30", "2026-02-28T25:00", "9999", "2026-1-1",
                                  "9999-12-31T23:00-12:00", "2026-02-28T08:00+99:00", "２０２６"])  # fmt: skip
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(Unfit):
        search.spans(text, WIB)


@given(st.text(max_size=40))
def test_search_values_are_read_or_refused(text: str) -> None:
    seen: set[int] = set()
    for read in (search.tokens, lambda t: search.spans(t, WIB), lambda t: search.references(t, f"{BASE}/", "Slot"),
                 lambda t: search.count(t, 20, 100)):  # fmt: skip
        try:
            read(text)
        except Unfit as refused:
            seen.add(refused.status)
    assert seen <= {400}


def test_references_are_known_by_id_type_and_address() -> None:
    text = f"7,Slot/8,{BASE}/Slot/9,http://elsewhere.test/Slot/10,Schedule/11"
    assert search.references(text, f"{BASE}/", "Slot") == ["7", "8", "9"]


def test_commas_can_be_meant() -> None:
    assert search.values(r"a\,b,c") == ["a,b", "c"]
    with pytest.raises(Unfit):
        search.values("," * 200)


def asked(**more: Any) -> dict[str, Any]:
    actor = {"identifier": {"system": appointments.NIK, "value": "9901014705889001"}}
    return {"resourceType": "Appointment", "status": "booked", "slot": [{"reference": "Slot/5"}],
            "participant": [{"actor": actor, "status": "accepted"}]} | more  # fmt: skip


def test_a_booking_is_read_from_its_standard_elements() -> None:
    plain = appointments.wanted(asked(), BASE)
    assert (plain.slot, plain.norm, plain.nik, plain.payer, plain.visit_kind) == (
        5,
        None,
        "9901014705889001",
        "umum",
        1,
    )
    letter = [{"type": "ServiceRequest", "identifier": {"system": appointments.REFERRAL, "value": "0301r001"}}]
    by_reference = [{"actor": {"reference": f"{BASE}/Patient/12"}, "status": "accepted"},
                    {"actor": {"reference": "Practitioner/D-1"}, "status": "accepted"}]  # fmt: skip
    full = appointments.wanted(
        asked(
            basedOn=letter,
            participant=by_reference,
            extension=[{"url": appointments.VISIT_KIND, "valuePositiveInt": 3}],
        ),
        BASE,
    )
    assert (full.norm, full.nik, full.payer, full.visit_kind, full.referral_no) == (12, "", "jkn", 3, "0301R001")


@pytest.mark.parametrize(
    ("more", "at"),
    [
        ({"status": "fulfilled"}, "Appointment.status"), ({"slot": []}, "Appointment.slot"),
        ({"slot": [{"reference": "Slot/x"}]}, "Appointment.slot"), ({"slot": "Slot/5"}, "Appointment.slot"),
        ({"participant": []}, "Appointment.participant"), ({"participant": [None, {"actor": 5}]}, "Appointment.participant"),
        ({"participant": [{"actor": {"reference": "Patient/1/_history/2"}}]}, "Appointment.participant.actor"),
        ({"basedOn": [{}]}, "Appointment.basedOn"), ({"extension": {}}, "Appointment.extension"),
        ({"extension": [{"url": appointments.VISIT_KIND, "valuePositiveInt": True}]}, "Appointment.extension"),
        ({"resourceType": "Slot"}, "resourceType"),
    ],
)  # fmt: skip
def test_each_unfit_element_is_named(more: dict[str, Any], at: str) -> None:
    with pytest.raises(Unfit) as refused:
        appointments.wanted(asked(**more), BASE)
    assert refused.value.at == at


@given(JSON | st.fixed_dictionaries({"resourceType": st.just("Appointment"), "id": st.just("A")},
                                    optional=dict.fromkeys(KEYS, JSON)))  # fmt: skip
def test_whatever_is_sent_is_read_or_refused(body: Any) -> None:
    known = {"id": "A", "status": "booked", "slot": [{"reference": "Slot/5"}], "participant": []}
    seen: set[int] = set()
    for read in (lambda: appointments.wanted(body, BASE), lambda: appointments.cancels(body, known),
                 lambda: appointments.patch_cancels(body, known)):  # fmt: skip
        try:
            read()
        except Unfit as refused:
            seen.add(refused.status)
    assert seen <= {400, 409, 422}


@pytest.mark.parametrize(
    ("operations", "cancelled"),
    [
        ([{"op": "replace", "path": "/status", "value": "cancelled"}], True),
        ([{"op": "test", "path": "/status", "value": "booked"}, {"op": "replace", "path": "/status", "value": "cancelled"}], True),
        ([{"op": "replace", "path": "/status", "value": "booked"}], False),
        ([{"op": "test", "path": "/status", "value": "arrived"}], None), ([{"op": "remove", "path": "/status"}], None),
        ([{"op": "replace", "path": "/start", "value": "x"}], None), ([], None), ({}, None), ([5], None),
    ],
)  # fmt: skip
def test_a_patch_cancels_or_is_refused(operations: Any, cancelled: bool | None) -> None:
    known = {"id": "A", "status": "booked"}
    if cancelled is None:
        with pytest.raises(Unfit):
            appointments.patch_cancels(operations, known)
    else:
        assert appointments.patch_cancels(operations, known) is cancelled
