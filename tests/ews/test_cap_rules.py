"""Single rules of CAP: hostile files, prose of the standard, geometry."""

from __future__ import annotations

import datetime as dt
import math
import random
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from pasti.ews.rules import cap_check, cap_geometry, cap_guard, cap_prose, cap_read
from pasti.ews.rules.cap_fault import CapRefused
from pasti.ews.rules.cap_message import Alert, Area, Info, Reference, Resource, time_text
from tests.ews import cap_cases
from tests.ews.cap_cases import HOUR, SENT, SQUARE


def _codes(alert: Alert) -> set[str]:
    return {fault.code for fault in cap_check.of_alert(alert) if fault.grave}


def _info(**changes: object) -> Alert:
    alert = cap_cases.base()
    return replace(alert, infos=(replace(alert.infos[0], **changes),))  # type: ignore[arg-type]


def _area(**changes: object) -> Alert:
    return _info(areas=(replace(cap_cases.base().infos[0].areas[0], **changes),))  # type: ignore[arg-type]


def _refusal(content: bytes) -> str:
    with pytest.raises(CapRefused) as refusal:
        cap_read.read(content)
    return refusal.value.faults[0].code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_a_document_type_is_refused_in_whatever_letters_it_is_written(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE alert [<!ENTITY a "b">]><alert>&a;</alert>'
    assert _refusal(text.encode(encoding)) == "doctype"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<a>" * 30 + b"</a>" * 30, "terlalu-dalam"),
        (b"<a>" + b"<b/>" * 20_001 + b"</a>", "terlalu-dalam"),
        (b"<a>" + b" " * cap_guard.LARGEST + b"</a>", "terlalu-besar"),
        (b"<alert>", "bukan-xml"),
        (b"", "bukan-xml"),
        (b"\x00\x01", "bukan-xml"),
        (b'<?xml version="1.0" encoding="utf-7"?><a/>', "bukan-xml"),
        (b"<alert>&file;</alert>", "bukan-xml"),
        (b'<alert xmlns:x="http://www.w3.org/2001/XInclude"><x:include href="/etc/passwd"/></alert>', "bukan-cap"),
        (b"<html/>", "bukan-cap"),
    ],
)
def test_hostile_and_broken_files_are_refused_with_a_reason(content: bytes, code: str) -> None:
    assert _refusal(content) == code


def test_two_alerts_in_one_file_are_refused() -> None:
    one = cap_cases.content().split(b"?>", 1)[1]
    assert _refusal(b"<list>" + one + one + b"</list>") == "bukan-cap"


@given(st.binary(max_size=300))
@settings(max_examples=60, deadline=None)
def test_whatever_bytes_come_they_are_read_or_refused(noise: bytes) -> None:
    for content in (noise, cap_cases.content()[:200] + noise, cap_cases.content().replace(b"Banjir", noise)):
        cap_check.patient(content)


def test_comments_cannot_cut_a_word_in_two() -> None:
    content = cap_cases.content().replace(b"Severe", b"Sev<!-- -->ere")
    assert cap_read.read(content).alert.infos[0].severity == "Severe"


@pytest.mark.parametrize(
    ("alert", "code"),
    [
        (replace(cap_cases.base(), identifier="a b"), "nama"),
        (replace(cap_cases.base(), sender="a,b"), "nama"),
        (replace(cap_cases.base(), identifier="a&b"), "nama"),
        (replace(cap_cases.base(), msg_type="Error", note="x"), "tanpa-rujukan"),
        (replace(cap_cases.base(), msg_type="Update", references="a,b"), "rujukan"),
        (replace(cap_cases.base(), msg_type="Update", references="a,b,2026-11-23T10:00:00"), "rujukan"),
        (replace(cap_cases.base(), msg_type="Update", references="a,b,2026-11-24T10:00:00+07:00"), "rujukan-waktu"),
        (
            replace(cap_cases.base(), msg_type="Cancel", references="lain,b,2026-11-22T10:00:00+07:00"),
            "batal-pihak-lain",
        ),
        (replace(cap_cases.base(), scope="Restricted"), "pembatasan"),
        (replace(cap_cases.base(), scope="Private", addresses='satu "dua kata'), "alamat"),
        (_info(headline="<b>Banjir</b>"), "bukan-teks-polos"),
        (_info(description="A &amp; B"), "bukan-teks-polos"),
        (_info(event=" "), "kosong"),
        (_info(language="bahasa_indonesia"), "bahasa"),
        (_info(expires=SENT), "kedaluwarsa"),
        (_info(expires=SENT + HOUR, onset=SENT + 2 * HOUR), "kedaluwarsa"),
        (_info(web="/alert/1"), "alamat-web"),
        (_info(resources=(Resource("Peta", "gambar"),)), "jenis-berkas"),
        (_info(resources=(Resource("Peta", "image/png", deref_uri="%%%"),)), "derefuri"),
        (_info(resources=(Resource("Peta", "image/png", digest="abc"),)), "digest"),
        (_info(resources=(Resource("Peta", "image/png", size=-1),)), "ukuran"),
        (_area(description=""), "kosong"),
        (_area(polygons=("1,1 1,2 1,1",)), "poligon"),
        (_area(polygons=("1,1 1,2 2,2 2,1",)), "poligon"),
        (_area(polygons=("91,1 1,2 2,2 91,1",)), "poligon"),
        (_area(polygons=("1,1 2,2 1,2 2,1 1,1",)), "poligon-bersilang"),
        (_area(circles=("1,1 -5",)), "lingkaran"),
        (_area(ceiling=Decimal(10)), "ketinggian"),
        (_area(altitude=Decimal(20), ceiling=Decimal(10)), "ketinggian"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_only_the_prose_forbids_is_found(alert: Alert, code: str) -> None:
    assert _codes(alert) == {code}


def test_what_the_prose_allows_is_left_alone() -> None:
    fine = [
        _info(description="Air < 50 cm & naik; R&D"),
        replace(cap_cases.base(), scope="Private", addresses='satu@example "dua kata"'),
        replace(cap_cases.base(), addresses="satu@example"),
        _area(altitude=Decimal(10), ceiling=Decimal(20), circles=("-7.6,112.9 2.5",)),
        _info(language="id"),
        _info(effective=None),
    ]
    assert [_codes(alert) for alert in fine] == [set()] * len(fine)


def test_an_update_names_every_message_it_replaces() -> None:
    first, second = Reference("a", "1", SENT), Reference("a", "2", SENT)
    update = replace(cap_cases.base(), msg_type="Update", references="a,1,2026-11-22T10:00:00+07:00")
    assert not list(cap_prose.names_all(update, [first]))
    assert [fault.code for fault in cap_prose.names_all(update, [first, second])] == ["rujukan-kurang"]


def test_good_practice_is_only_recommended() -> None:
    poor = _info(
        urgency="Unknown", headline="x" * 161, event="y" * 36, expires=None, language="", areas=(Area("di sini"),)
    )
    told = {fault.code for fault in cap_check.of_alert(poor)}
    assert told == {
        "tidak-diketahui",
        "judul-panjang",
        "kejadian-panjang",
        "tanpa-akhir",
        "tanpa-bahasa",
        "tanpa-bentuk",
    }
    assert not _codes(poor)


def test_times_are_written_with_a_number_for_the_zone() -> None:
    assert time_text(dt.datetime(2026, 11, 23, 13, 15, 2, 999, tzinfo=dt.UTC)) == "2026-11-23T13:15:02-00:00"
    assert time_text(SENT.astimezone(cap_cases.WIB)) == "2026-11-23T20:15:00+07:00"
    with pytest.raises(ValueError, match="zone"):
        time_text(dt.datetime(2026, 11, 23))


def _covered(texts: Iterable[str], circles: Iterable[str] = ()) -> BaseGeometry:
    return shapely.union_all(cap_geometry.shapes_of(texts, circles))


def test_a_crossed_polygon_of_others_still_covers_both_its_halves() -> None:
    shape = _covered(["0,0 2,2 0,2 2,0 0,0", "not a polygon"], ["5,5 11.1195"])
    assert shape.is_valid
    assert shape.area == pytest.approx(2 + 3.14 * 0.01, rel=0.01)
    assert shape.contains(shapely.Point(5.09, 5))
    assert not shape.contains(shapely.Point(5.2, 5))


@pytest.mark.parametrize("corners", [400, 30_000])
def test_a_polygon_that_crosses_itself_everywhere_is_covered_by_its_hull_at_once(corners: int) -> None:
    chance = random.Random(corners)
    points = [(chance.uniform(-8, -7), chance.uniform(112, 113)) for _ in range(corners)]
    tangle = " ".join(f"{lat:.3f},{lon:.3f}" for lat, lon in [*points, points[0]])
    (shape,) = cap_geometry.shapes_of([tangle])
    assert shape.equals(shape.convex_hull)
    assert all(shape.buffer(0.001).contains(shapely.Point(lon, lat)) for lat, lon in points[:50])


def test_very_many_shapes_are_looked_at_as_one() -> None:
    assert len(cap_geometry.shapes_of([], [f"{n / 1000},112 1" for n in range(600)])) == 1


@given(st.integers(4, 400), st.floats(0.001, 0.2), st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_a_boundary_of_any_detail_fits_and_leaves_nobody_out(corners: int, size: float, seed: int) -> None:
    chance = random.Random(seed)
    turn = [(math.radians(step * 360 / corners), size * chance.uniform(0.4, 1)) for step in range(corners)]
    whole = shapely.make_valid(shapely.Polygon([(112.9 + r * math.cos(a), -7.6 + r * math.sin(a)) for a, r in turn]))
    texts = cap_geometry.texts_of(whole)
    assert texts
    assert all(4 <= len(text.split()) <= cap_geometry.MOST_VERTICES for text in texts)
    assert not any(cap_geometry.crosses_itself(text) for text in texts)
    assert _covered(texts).buffer(2 * cap_geometry.GRID).covers(whole)


def test_a_polygon_that_needs_no_change_stays_as_it_is() -> None:
    square = _covered([SQUARE])
    assert _covered(cap_geometry.texts_of(square)).equals(square)


def test_an_info_keeps_what_it_was_given() -> None:
    assert isinstance(cap_cases.base().infos[0], Info)
    assert cap_cases.base().sent == SENT
