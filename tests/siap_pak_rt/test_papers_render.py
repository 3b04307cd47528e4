"""The letter on paper: what people wrote is text, whatever it looks like; the same letter is the same bytes."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from babel.dates import format_date
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.reader import PdfFileReader

from pasti.siap_pak_rt.rules import papers as rules
from pasti.siap_pak_rt.services.papers_render import _drawn, _letter, render
from tests.siap_pak_rt.papers_made import unsaved

HOSTILE = [
    '#panic("x")', '#read("/etc/passwd")', "$ x^2 $", "@ref", "\\ \\u{41} \\#", "*tebal* _miring_ `kode`", "= Judul",
    "// bukan komentar", "<label>", "]#[", '"); #eval("1")', "-- --- ...", "https://x.y", "~", "/ a: b", "+ satu",
]  # fmt: skip


def pages(pdf: bytes) -> int:
    """How many pages the PDF has."""
    return int(PdfFileReader(io.BytesIO(pdf)).root["/Pages"]["/Count"])


@pytest.mark.parametrize("text", HOSTILE)
def test_markup_in_a_name_is_only_text(text: str) -> None:
    plain, hostile = (
        render(
            unsaved(
                person_lines=(("Nama", one), (one, "x")), paragraphs=(one,), signer_name=one, title=one, number=one
            ),
            "none",
        )
        for one in ("Nama biasa", text)
    )
    assert pages(plain) == pages(hostile) == 1


STRANGE = {
    "arabic": "محمد الأمين", "javanese": "ꦲꦤꦕꦫꦏ", "emoji": "😀👨‍👩‍👧", "chinese": "汉字", "latin": "Ñandú Ÿ ő ș",
    "marks": "a\u0301\u0328", "reversed": "\u202eterbalik", "long": "x" * 3000, "long javanese": "M" * 200 + "ꦲ" * 200,
    "control": "\x00\x07", "empty": "",
}  # fmt: skip


@pytest.mark.parametrize("name", STRANGE.values(), ids=STRANGE)
def test_any_letters_make_a_letter(name: str) -> None:
    assert render(unsaved(person_lines=(("Nama", name),), signer_name=name or "-"), "local").startswith(b"%PDF-")


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_whatever_is_written_becomes_a_letter(name: str, body: str) -> None:
    assert render(unsaved(person_lines=(("Nama", name),), paragraphs=(body,)), "none").startswith(b"%PDF-")


def test_letters_without_a_glyph_become_a_box_and_the_others_stay() -> None:
    assert _drawn("Siti ꦲ Ni'mah é محمد") == "Siti □ Ni'mah é محمد"


def test_the_same_letter_is_the_same_bytes() -> None:
    assert render(unsaved(), "none") == render(unsaved(), "none")


@pytest.mark.parametrize(
    ("signature", "said"),
    [("none", "TIDAK TERSERTIFIKASI ELEKTRONIK"), ("local", "TIDAK TERSERTIFIKASI ELEKTRONIK"), ("bsre", "BSrE-BSSN")],
)
def test_the_foot_says_whether_it_is_certified(signature: str, said: str) -> None:
    letter = _letter(unsaved(), signature)
    assert said in letter["footer"]
    assert letter["dateline"] == "Rekaan, 24 November 2026"
    assert "0000-0000" in letter["code"]


def test_a_long_letter_goes_on_to_the_next_page() -> None:
    assert pages(render(unsaved(paragraphs=("Kalimat yang panjang sekali. " * 40,) * 8), "none")) > 1


@given(st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31)))
def test_a_day_is_written_in_indonesian(day: dt.date) -> None:
    assert rules.date_in_words(day) == format_date(day, "long", locale="id_ID")


@given(st.dates(dt.date(1950, 1, 1), dt.date(2026, 1, 1)), st.integers(0, 30))
def test_a_family_reads_for_those_under_seventeen(born: dt.date, years: int) -> None:
    today = dt.date(born.year + years, 12, 31)
    assert rules.family_may_read(born, today) == (years < 17)
