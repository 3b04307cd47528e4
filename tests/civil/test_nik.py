"""The rules of NIK and KK numbers hold for every number, not only for the examples."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.id import nik as judge

from pasti.civil.rules import kk, names, nik
from pasti.civil.rules import regions as regions_of

births = st.dates(dt.date(1901, 1, 1), dt.date(2099, 12, 31))
regions = st.tuples(*[st.integers(1, 99)] * 3).map(lambda parts: "".join(f"{part:02}" for part in parts))


@given(regions, births, st.sampled_from([1, 2]), st.integers(1, 9999))
def test_a_built_nik_gives_back_its_parts(region, birth, sex, serial):
    parts = nik.parse(nik.build(region, birth, sex, serial))
    assert (parts.region, parts.sex, parts.serial) == (region, sex, serial)
    assert birth in parts.dates()
    assert nik.differences(parts, birth, sex) == []


@given(st.text(max_size=20))
def test_any_text_is_either_a_nik_of_sixteen_ascii_digits_or_refused(text):
    try:
        parts = nik.parse(text)
    except nik.InvalidNik:
        return
    assert parts.value == text
    assert len(text.encode()) == 16
    assert text.isdigit()


@given(st.from_regex(r"\A[0-9]{16}\Z"))
def test_a_number_that_passes_is_exactly_one_that_can_be_built(text):
    try:
        parts = nik.parse(text)
    except nik.InvalidNik:
        return
    assert any(nik.build(parts.region, day, parts.sex, parts.serial) == text for day in parts.dates())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("357502010190900", "length"),
        ("35750201019090001", "length"),
        ("３575020101909001", "digits"),
        ("3.57502E+15", "excel"),
        ("3575020001909001", "day"),
        ("3575023201909001", "day"),
        ("3575027201909001", "day"),
        ("3575023102909001", "date"),
        ("3575022902019001", "date"),  # neither 1901 nor 2001 is a leap year
        ("3575020113909001", "date"),
        ("3575020101900000", "serial"),
        ("3575000101909001", "region"),
    ],
)
def test_each_fault_is_named(text, code):
    with pytest.raises(nik.InvalidNik) as caught:
        nik.parse(text)
    assert caught.value.code == code


TODAY = dt.date(2026, 11, 24)
FINE, WARNS = "", "kecamatan"
EDGES = [
    # as written, fault, doubt about its region, possible birth dates today
    ("3575020101909001", FINE, "", ["1990-01-01"]),
    ("3575024101909001", FINE, "", ["1990-01-01"]),  # a woman
    ("3575027112999001", FINE, "", ["1999-12-31"]),  # day 71
    ("3575023112999001", FINE, "", ["1999-12-31"]),  # day 31
    ("3575022402240001", FINE, "", ["2024-02-24", "1924-02-24"]),  # a child, or one of 102 years
    ("3575022411260001", FINE, "", ["2026-11-24", "1926-11-24"]),  # born today, or a centenarian
    ("3575022511260001", FINE, "", ["1926-11-25"]),  # tomorrow has not come: only the centenarian
    ("3575020101050001", FINE, "", ["2005-01-01"]),  # 1905 would be 121 years ago
    ("3575022902240001", FINE, "", ["2024-02-29", "1924-02-29"]),
    ("3575022902009001", FINE, "", ["2000-02-29"]),  # 1900 was no leap year
    ("3575020101900001", FINE, "", ["1990-01-01"]),
    ("3575020101909999", FINE, "", ["1990-01-01"]),
    ("3575.0201.0190.9001", FINE, "", ["1990-01-01"]),  # separators
    ("35-75-02-010190-9001", FINE, "", ["1990-01-01"]),
    (" 3575020101909001\u00a0", FINE, "", ["1990-01-01"]),
    ("'3575020101909001", FINE, "", ["1990-01-01"]),  # a spreadsheet's mark of text
    ("9101010101909001", FINE, "", ["1990-01-01"]),  # a kecamatan that is in an earlier edition only
    ("3575990101909001", FINE, "kecamatan", ["1990-01-01"]),  # older than the lists: warns
    ("3598010101909001", FINE, "kota", ["1990-01-01"]),
    ("1001010101909001", FINE, "province", ["1990-01-01"]),
    ("3575023102909001", "date", None, None),  # 31 February
    ("3575023104909001", "date", None, None),  # 31 April
    ("3575022902019001", "date", None, None),  # 29 February of no leap year
    ("3575020113909001", "date", None, None),  # month 13
    ("3575020100909001", "date", None, None),  # month 0
    ("3575020001909001", "day", None, None),
    ("3575023201909001", "day", None, None),
    ("3575024001909001", "day", None, None),  # day 40
    ("3575027201909001", "day", None, None),  # day 72
    ("3575020101900000", "serial", None, None),
    ("٣٥٧٥٠٢٠١٠١٩٠٩٠٠١", "digits", None, None),  # Arabic digits
    ("3575O20101909001", "digits", None, None),  # a letter O
    ("3.575E+15", "excel", None, None),
    ("3,57502E+15", "excel", None, None),
    ("3575020101909000.0", "excel", None, None),
    ("357502010190900", "length", None, None),
    ("35750201019090012", "length", None, None),
    ("", "length", None, None),
    ("0000000000000000", "region", None, None),
]


@pytest.mark.parametrize(("written", "fault", "doubt", "births"), EDGES)
def test_each_edge_of_the_number_is_judged_as_the_law_has_it(written, fault, doubt, births):
    assert nik.faults(written) == ([fault] if fault else [])
    if not fault:
        parts = nik.parse(nik.cleaned(written))
        assert regions_of.doubt(parts.region) == doubt
        assert [str(day) for day in nik.birth_guesses(parts, TODAY)] == births


@given(st.integers(0, 71), st.integers(0, 99), st.integers(0, 99), st.integers(1, 9999))
def test_an_independent_judge_agrees_on_the_calendar(day, month, year, serial):
    """python-stdnum knows the calendar, but takes day 81 for day 1, so it is asked about possible days alone."""
    text = f"357502{day:02}{month:02}{year:02}{serial:04}"
    assert (nik.faults(text) == []) == judge.is_valid(text)


def test_a_name_is_known_for_every_region_that_is_not_in_doubt():
    assert regions_of.place_name("357502") == "Purworejo, Kota Pasuruan"
    assert regions_of.place_name("357599") == "Kota Pasuruan"
    assert regions_of.place_name("109999") == ""


def test_29_february_00_is_of_2000_alone():
    assert nik.parse("3575022902009001").dates() == (dt.date(2000, 2, 29),)


def test_a_corrected_birth_date_warns_and_the_number_stays_valid():
    parts = nik.parse("3575025207909001")
    assert parts.sex == nik.FEMALE
    assert nik.differences(parts, dt.date(1990, 7, 13), nik.MALE) == ["birth_date", "sex"]


def test_a_kk_number_never_has_a_shifted_day():
    assert kk.check("3575021207199001")
    with pytest.raises(nik.InvalidNik):
        kk.check("3575025207199001")


@pytest.mark.parametrize(
    ("name", "folded"),
    [("Syafi’i", "syafii"), ("Tapa'an", "tapaan"), ("  José  ADI.", "jose adi"), ("Ma`ruf", "maruf")],
)
def test_names_that_differ_in_writing_alone_are_searched_as_one(name, folded):
    assert names.folded(name) == folded


def test_a_masked_name_gives_one_letter_a_word():
    assert names.masked("Siti Aminah") == "S*** A*****"
