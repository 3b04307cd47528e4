"""The search box understands daily words, endings and slips of the finger."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser

from pasti.portal import queries
from pasti.portal.rules.search import meaningful, score, stem

CLINIC = [
    "Daftar antrean poli RSUD",
    "Ambil nomor antrean dokter anak tanpa datang pagi-pagi",
    "rumah sakit",
    "berobat",
]


@pytest.mark.parametrize(
    "words", ["anak", "anakk", "dokter anak", "dokterr", "rumah sakit", "daftar rumah sakit", "pendaftaran", "antrian"]
)
def test_words_people_use_find_the_clinic(words: str) -> None:
    assert score(words, CLINIC) >= queries.GOOD


@pytest.mark.parametrize("words", ["pajak kendaraan", "xyzzy", "", "yang di ke"])
def test_words_of_other_things_do_not(words: str) -> None:
    assert score(words, CLINIC) < queries.GOOD


def test_affixes_meet_at_the_root() -> None:
    assert {stem(w) for w in ("daftar", "pendaftaran", "mendaftar", "didaftarkan")} == {"daftar"}


def test_small_words_say_nothing() -> None:
    assert meaningful("Bagaimana cara ke dokter") == ["dokter"]


def test_an_exact_word_beats_a_misspelt_one() -> None:
    assert score("dokter", CLINIC) > score("doktor", CLINIC) >= queries.GOOD


@pytest.mark.parametrize(
    ("words", "code"),
    [("siapa yang melihat data saya", "jejak-akses"), ("lupa sandi", "akun"), ("data keluarga salah", "profil")],
)
def test_the_catalogue_answers_in_the_words_of_residents(words: str, code: str) -> None:
    first = queries.find_services(words, AnonymousUser(), 5)[0]
    assert first.url == f"/layanan/{code}/"
