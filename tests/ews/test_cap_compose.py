"""Our own messages: whatever an officer writes, what goes out is valid by schema, prose and profile."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pasti.ews import schemas
from pasti.ews.rules import cap_check, cap_compose, cap_write
from pasti.ews.rules.cap_compose import Where, Words
from pasti.ews.rules.cap_fault import CapRefused
from pasti.ews.rules.cap_message import MsgType, Reference, Status
from tests.ews import cap_cases
from tests.ews.cap_cases import HOUR, ISSUER, SENT, SQUARE, draft

text = st.text(max_size=400)
said = st.text(min_size=1, max_size=400).filter(lambda one: bool(cap_compose.short(one)))
earlier = Reference(ISSUER.sender, "urn:uuid:1", SENT - HOUR)


@given(
    stage=st.integers(0, 3), observed=st.booleans(), headlines=st.tuples(said, said), bodies=st.tuples(said, said),
    instruction=text, name=text, note=said, status=st.sampled_from([Status.ACTUAL, Status.EXERCISE, Status.TEST]),
    lasts=st.timedeltas(dt.timedelta(seconds=2), dt.timedelta(days=3)), update=st.booleans(),
    onset=st.none() | st.timedeltas(dt.timedelta(days=-1), dt.timedelta(days=2)),
)  # fmt: skip
@settings(max_examples=80, deadline=None)
def test_whatever_is_written_the_message_is_valid(
    stage, observed, headlines, bodies, instruction, name, note, status, lasts, update, onset
):
    begins = SENT + onset if onset is not None else None
    words = tuple(Words(language, headlines[i], bodies[i], instruction) for i, language in enumerate(("id", "en")))
    alert = cap_compose.compose(
        draft(
            stage=stage, observed=observed, words=words, status=status, note=note, onset=begins,
            expires=max(SENT, begins or SENT) + lasts, places=(Where(name, ("99.01.01.1001",), (SQUARE,)),),
            msg_type=MsgType.UPDATE if update else MsgType.ALERT, replaces=(earlier,) if update else (),
        ),
        ISSUER,
    )  # fmt: skip
    verdict = cap_check.strict(cap_write.write(alert), schemas.cap12())
    assert verdict.valid, verdict.faults
    assert {one.code for one in verdict.warnings} <= {"bahasa-sama"}  # where the officer wrote the same in both
    assert all(len(info.headline) <= 160 for info in alert.infos)


@pytest.mark.parametrize(
    ("stage", "words", "level"),
    [
        (0, ("Minor", "Past", "Observed", ("AllClear",)), "4"),
        (1, ("Moderate", "Expected", "Possible", ("Monitor",)), "3"),
        (2, ("Severe", "Expected", "Likely", ("Prepare",)), "2"),
        (3, ("Extreme", "Immediate", "Likely", ("Evacuate",)), "1"),
    ],
)
def test_each_stage_has_its_words(stage: int, words: tuple[object, ...], level: str) -> None:
    info = cap_compose.compose(draft(stage=stage), ISSUER).infos[0]
    assert (info.severity, info.urgency, info.certainty, info.responses) == words
    assert {one.name: one.value for one in info.parameters}["id-siaga-level"] == level


def test_a_stage_that_was_reached_is_observed_and_a_far_one_is_in_the_future() -> None:
    assert cap_compose.compose(draft(stage=3, observed=True), ISSUER).infos[0].certainty == "Observed"
    far = draft(stage=1, onset=SENT + 9 * HOUR, expires=SENT + 12 * HOUR)
    assert cap_compose.compose(far, ISSUER).infos[0].urgency == "Future"


def test_it_speaks_both_languages_and_names_where() -> None:
    alert = cap_compose.compose(draft(), ISSUER)
    assert [(info.language, info.event) for info in alert.infos] == [("id-ID", "Banjir"), ("en", "Flood")]
    area = alert.infos[0].areas[0]
    assert (area.description, area.polygons) == ("Kelurahan Contoh", (SQUARE,))
    assert [(code.name, code.value) for code in area.geocodes] == [("id-kemendagri", "99.01.01.1001.001.002")]
    assert (
        cap_write.write(alert).count(b"2026-11-23T20:15:00+07:00") == 3
    )  # sent and twice effective, in the city's time


def test_an_exercise_cannot_be_taken_for_a_flood() -> None:
    alert = cap_compose.compose(draft(status=Status.EXERCISE, note="Gladi lapang 2026"), ISSUER)
    assert alert.status == "Exercise"
    assert alert.note
    for info, mark in zip(alert.infos, ("LATIHAN: ", "EXERCISE: "), strict=True):
        assert all(words.startswith(mark) for words in (info.headline, info.description, info.instruction))


@pytest.mark.parametrize(
    "changes",
    [
        {"places": ()},
        {"places": (Where("x", (), (SQUARE,)),)},
        {"words": cap_cases.WORDS[:1]},
        {"words": (cap_cases.WORDS[0], Words("en", " \x00 ", "x"))},
        {"expires": SENT},
        {"onset": SENT + 7 * HOUR},
        {"msg_type": MsgType.UPDATE},
        {"replaces": (earlier,)},
        {"status": Status.EXERCISE},
    ],
)
def test_a_draft_that_lacks_something_is_no_warning(changes: dict[str, object]) -> None:
    with pytest.raises(CapRefused, match="belum-lengkap"):
        cap_compose.compose(draft(**changes), ISSUER)


def test_a_place_without_a_boundary_is_warned_all_the_same() -> None:
    alert = cap_compose.compose(draft(places=(Where("Kelurahan Contoh", ("99.01.01.1001",), ()),)), ISSUER)
    verdict = cap_check.strict(cap_write.write(alert), schemas.cap12())
    assert verdict.valid
    assert {one.code for one in verdict.warnings} == {"tanpa-bentuk"}


def test_words_that_are_marked_already_are_not_marked_twice() -> None:
    words = tuple(Words(one.language, f"{mark} – {one.headline}", one.description)
                  for one, mark in zip(cap_cases.WORDS, ("LATIHAN", "EXERCISE"), strict=True))  # fmt: skip
    alert = cap_compose.compose(draft(status=Status.EXERCISE, note="Gladi", words=words), ISSUER)
    assert [info.headline.count("LATIHAN") + info.headline.count("EXERCISE") for info in alert.infos] == [1, 1]


def test_a_number_has_one_name_for_ever() -> None:
    assert cap_compose.identifier("a@b", 7, SENT) == cap_compose.identifier("a@b", 7, SENT + HOUR)
    assert cap_compose.identifier("a@b", 7, SENT) != cap_compose.identifier("a@b", 8, SENT)
    assert cap_compose.identifier("a@b", 7, SENT, "2.49.0.0.360.9") == "urn:oid:2.49.0.0.360.9.2026.11.23.7"
