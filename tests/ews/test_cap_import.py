"""Warnings of other agencies: what is taken, where it holds, what replaces what, and what is refused."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives import serialization
from django.db import connection
from django.utils import translation

from pasti import citypack
from pasti.ews.models import ForeignAlert
from pasti.ews.queries import cap as queries
from pasti.ews.rules import cap_foreign, cap_read, cap_signature
from pasti.ews.services import cap_import, cap_signing
from pasti.kernel.clock import now
from pasti.kernel.errors import Refused
from tests.ews import cap_cases
from tests.ews.test_cap_signing import own_folder  # noqa: F401

PACK = Path(__file__).parents[1] / "citypack" / "packs" / "kota-rekaan"
BMKG = (cap_cases.CORPUS.with_name("bmkg") / "cap_banten_20260216.xml").read_text()
LIST = "https://example.org/alerts/nowcast/id"
HOUR = dt.timedelta(hours=1)
SUUNG, LEMBAH = "99.01.01.1001", "99.01.01.1002"
# Crossing itself, as some of BMKG's do: two triangles over the first kelurahan.
CROSSED = "-1.2,140.2 -1.8,140.8 -1.2,140.8 -1.8,140.2 -1.2,140.2"


@pytest.fixture
def city(db: None) -> None:
    citypack.load(PACK)


def nowcast(number: int = 1, *, kind: str = "Alert", replaces: tuple[int, ...] = (), lasts: dt.timedelta = 3 * HOUR,
            polygon: str = CROSSED, status: str = "Actual", sent: dt.datetime | None = None) -> bytes:  # fmt: skip
    """A nowcast in BMKG's shape, sent `number` minutes after the start of this hour."""
    sent = sent or _sent(number)
    named = " ".join(f"cuaca.ekstrem@bmkg.go.id,2.49.0.1.360.0.{one},{_wib(_sent(one))}" for one in replaces)
    text = BMKG[: BMKG.index("<polygon>")] + f"<polygon>{polygon}</polygon></area></info></alert>"
    for old, new in {
        "2.49.0.1.360.0.2026.02.16.16.36.004": f"2.49.0.1.360.0.{number}",
        "<sent>2026-02-16T22:50:00+07:00": f"<sent>{_wib(sent)}",
        "2026-02-16T23:00:00+07:00": _wib(sent),
        "2026-02-17T02:00:00+07:00": _wib(sent + lasts),
        "<msgType>Alert": f"<msgType>{kind}",
        "<status>Actual": f"<status>{status}",
        "<scope>Public</scope>": f"<scope>Public</scope>{f'<references>{named}</references>' if named else ''}",
    }.items():
        text = text.replace(old, new)
    return text.encode()


def _sent(number: int) -> dt.datetime:
    return now().replace(minute=0, second=0, microsecond=0) + dt.timedelta(minutes=number) - HOUR


def _wib(moment: dt.datetime) -> str:
    return moment.astimezone(cap_cases.WIB).isoformat(timespec="seconds")


def shown(area: str = "") -> list[str]:
    """The numbers of the nowcasts that are shown."""
    return [one.identifier.rsplit(".", 1)[1] for one in queries.foreign(area)]


def test_a_nowcast_is_shown_in_the_kelurahan_it_touches(city: None) -> None:
    row = cap_import.take(nowcast(), LIST)
    assert (row.areas, row.state, row.signature) == ([SUUNG], "current", "none")
    assert "poligon-bersilang" in {one["code"] for one in row.warnings}
    assert shown(SUUNG) == shown(f"{SUUNG}.001.002") == shown("99.01") == shown() == ["1"]
    assert shown(LEMBAH) == []
    info = queries.foreign().get().summary["infos"]["id"]
    assert (info["headline"], info["severity"]) == ("Hujan Lebat disertai Petir di Banten", "Moderate")


def test_what_lies_elsewhere_or_only_shares_an_edge_touches_nothing(city: None) -> None:
    assert cap_import.take(nowcast(1, polygon="0,0 0,1 1,1 1,0 0,0"), LIST).areas == []
    assert cap_import.take(nowcast(2, polygon="-1.2,141.2 -1.8,141.8 -1.2,141.8 -1.2,141.2"), LIST).areas == [LEMBAH]


def test_codes_of_the_ministry_name_places_too(city: None) -> None:
    code = b"<geocode><valueName>id-kemendagri</valueName><value>99.01</value></geocode></area>"
    content = nowcast(polygon="0,0 0,1 1,1 1,0 0,0").replace(b"</area>", code)
    assert {SUUNG, LEMBAH} <= set(cap_import.take(content, LIST).areas)


def test_the_same_message_again_is_the_same_row_and_another_content_is_refused(city: None) -> None:
    first = cap_import.take(nowcast(), LIST)
    assert cap_import.take(nowcast(), LIST).pk == first.pk
    with pytest.raises(Refused, match="isi lain"):
        cap_import.take(nowcast().replace(b"Hujan Lebat", b"Hujan Emas"), LIST)
    assert ForeignAlert.objects.count() == 1


def test_an_update_and_a_cancellation_take_the_place_of_what_they_name(city: None) -> None:
    cap_import.take(nowcast(1), LIST)
    cap_import.take(nowcast(2, kind="Update", replaces=(1,)), LIST)
    assert shown() == ["2"]
    cap_import.take(nowcast(3, kind="Cancel", replaces=(2,)), LIST)
    assert shown() == []
    assert [one.state for one in ForeignAlert.objects.order_by("sent")] == ["replaced", "cancelled", "silent"]


@pytest.mark.parametrize(("kind", "state"), [("Update", "replaced"), ("Cancel", "cancelled")])
def test_it_does_not_matter_which_arrives_first(city: None, kind: str, state: str) -> None:
    cap_import.take(nowcast(2, kind=kind, replaces=(1,)), LIST)
    assert cap_import.take(nowcast(1), LIST).state == state


def test_only_the_sender_by_the_same_way_can_call_off(city: None) -> None:
    cap_import.take(nowcast(1), LIST)
    other = nowcast(2, kind="Cancel", replaces=(1,)).replace(b"<sender>cuaca", b"<sender>palsu")
    cap_import.take(other, LIST)
    cap_import.take(nowcast(3, kind="Cancel", replaces=(1,)), "https://elsewhere.example/list")
    cap_import.take(nowcast(4, kind="Cancel", replaces=(1,), status="Test"), LIST)
    assert shown() == ["1"]
    cap_import.take(nowcast(5, kind="Cancel", replaces=(1,)))  # brought by an officer
    assert shown() == []


@pytest.mark.parametrize("status", ["Exercise", "Test", "System", "Draft"])
def test_what_is_not_real_is_kept_and_not_shown(city: None, status: str) -> None:
    assert cap_import.take(nowcast(status=status), LIST).state == "silent"
    assert shown() == []


def test_what_has_expired_is_not_shown_and_one_day_forgotten_unless_it_was_about_us(city: None) -> None:
    long_ago = now() - dt.timedelta(days=40)
    cap_import.take(nowcast(1, sent=long_ago), LIST)
    cap_import.take(nowcast(2, sent=long_ago, polygon="0,0 0,1 1,1 1,0 0,0"), LIST)
    assert shown() == []
    assert cap_import.tidy() == 1
    assert ForeignAlert.objects.get().areas == [SUUNG]


def test_the_language_of_the_reader_is_chosen_else_english_else_the_first() -> None:
    reading = cap_read.read(cap_cases.content("authored/invalid/same-text-two-languages.cap"))
    chosen = [cap_foreign.info_for(reading.alert, language) for language in ("id", "en", "fr")]
    tags = [info.language.split("-")[0] for info in chosen if info]
    assert tags == ["id", "en", "en"]
    only = cap_foreign.info_for(cap_cases.base(), "fr")
    assert only is not None
    assert only.language == "id-ID"


@pytest.mark.parametrize(("language", "words"), [("id", "DOCTYPE atau entitas"), ("en", "document type or an entity")])
def test_a_hostile_file_is_refused_in_words_with_its_line(language: str, words: str, db: None) -> None:
    with translation.override(language), pytest.raises(Refused, match=words) as refusal:
        cap_import.take(cap_cases.content("authored/invalid/doctype-xxe.cap"))
    assert refusal.value.status == 422
    assert refusal.value.extra["faults"][0]["line"] == 2
    assert not ForeignAlert.objects.exists()


def test_a_sender_whose_certificate_we_have_must_sign(city: None, own_folder: Path) -> None:  # noqa: F811
    key, certificate = cap_signing.signing()
    place = cap_signing.folder() / "pengirim" / f"{quote('cuaca.ekstrem@bmkg.go.id', safe='@. ')}.pem"
    place.parent.mkdir()
    place.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    later = now() + HOUR  # the certificate of this test is an hour old
    signed = cap_signature.sign(nowcast(sent=later), key, certificate)
    assert cap_import.take(signed, LIST).signature == "trusted"
    for content in (
        nowcast(2, sent=later),
        signed.replace(b"Immediate", b"Expected"),
        nowcast(3, kind="Cancel", replaces=(1,)),
    ):
        with pytest.raises(Refused, match="anda tangan"):
            cap_import.take(content, LIST)


def test_somebody_elses_signature_is_told_and_believed_no_more_than_none(city: None, own_folder: Path) -> None:  # noqa: F811
    signed = cap_signature.sign(nowcast(), *cap_signing.signing())
    assert cap_import.take(signed, LIST).signature == "unknown"


def test_the_name_of_a_sender_cannot_lead_out_of_the_folder(own_folder: Path) -> None:  # noqa: F811
    assert cap_signing.known_certificate("../sertifikat") is None
    assert cap_signing.known_certificate("..") is None
    assert cap_signing.known_certificate("é" * 300) is None


def test_the_same_message_from_many_sides_at_once_is_one_row(fresh_database: str) -> None:
    citypack.load(PACK)
    contents = [nowcast(1), nowcast(2, kind="Update", replaces=(1,))] * 4

    def take(content: bytes) -> Any:
        try:
            return cap_import.take(content, LIST).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        rows = set(threads.map(take, contents))
    assert len(rows) == 2
    assert shown() == ["2"]
