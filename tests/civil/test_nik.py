"""The rules of NIK and KK numbers hold for every number, not only for the examples."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasti.civil.rules import kk, names, nik

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
