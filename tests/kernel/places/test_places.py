"""Places are found by code, by parent and by point."""

import json
from pathlib import Path

import pytest

from pasti import citypack
from pasti.kernel.places import geometry, queries
from pasti.kernel.places.models import Place

PACK = Path(__file__).parents[2] / "citypack" / "packs" / "kota-rekaan"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _city(db):
    citypack.load(PACK)


@pytest.fixture(autouse=True)
def _static_files_as_they_are(settings):
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}


def test_a_place_knows_what_is_around_it_and_inside_it():
    assert [p.code for p in queries.ancestors("99.01.01.1001.001.002")] == [
        "99.01", "99.01.01", "99.01.01.1001", "99.01.01.1001.001",
    ]  # fmt: skip
    assert [p.name for p in queries.children("99.01.01")] == ["Su'ung", "Lembah"]
    assert queries.within("99.01.01.1001", "rt").count() == 5
    assert queries.place("99.99") is None


def test_a_label_reads_from_the_inside_out():
    assert queries.label("99.01.01.1001.001.002") == "RT 02 RW 01, Su'ung, Hulu"


def test_a_point_is_located_and_a_border_belongs_to_both_sides():
    assert [p.name for p in queries.locate(140.5, -1.5)] == ["Su'ung"]
    assert [p.name for p in queries.locate(141, -1.5)] == ["Su'ung", "Lembah"]
    assert queries.locate(0, 0) == []


def test_a_moved_boundary_is_seen_by_the_next_question(django_assert_num_queries):
    queries.locate(140.5, -1.5)
    with django_assert_num_queries(2):  # the stamp and the places
        queries.locate(140.5, -1.5)
    from pasti.kernel.places import services

    moved = {"type": "Polygon", "coordinates": [[[10, 10], [11, 10], [11, 11], [10, 11], [10, 10]]]}
    services.put(Place, [{"code": "99.01.01.1001", "boundary": moved}])
    assert geometry.containing(140.5, -1.5) == []
    assert geometry.containing(10.5, 10.5) == ["99.01.01.1001"]


def test_rt_numbers_start_again_in_every_rw_and_none_is_lost():
    codes = list(queries.within("99.01.01.1001", "rt").values_list("code", flat=True))
    assert [code[-7:] for code in codes] == ["001.001", "001.002", "001.003", "002.001", "002.002"]


def test_the_tree_is_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        ((root, kecamatan),) = queries.tree()
    assert root.name == "Kota Rekaan"
    assert [p.name for p, _ in kecamatan[0][1]] == ["Su'ung", "Lembah"]


def test_the_api_pages_places_and_refuses_bad_points(client):
    first = client.get("/api/v1/places", {"parent": "99.01.01", "limit": 1}).json()
    assert [item["name"] for item in first["items"]] == ["Su'ung"]
    second = client.get("/api/v1/places", {"parent": "99.01.01", "limit": 1, "cursor": first["next"]}).json()
    assert [item["name"] for item in second["items"]] == ["Lembah"]
    assert second["next"] is None
    assert client.get("/api/v1/places/99.01.01.1001").json()["parent"] == "99.01.01"
    assert client.get("/api/v1/places/1.2.3").status_code == 404
    assert client.get("/api/v1/places/locate", {"lon": "nan", "lat": "0"}).status_code == 422
    found = client.get("/api/v1/places/locate", {"lon": 141.5, "lat": -1.5})
    assert [one["name"] for one in json.loads(found.content)] == ["Lembah"]


def test_the_pages_lead_from_the_city_to_an_rt_and_back(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        city = client.get("/wilayah/")
    assert b"Kota Rekaan" in city.content
    assert b"/wilayah/99.01.01/" in city.content
    rt = client.get("/wilayah/99.01.01.1001.001.002/").content.decode()
    assert "/wilayah/99.01.01.1001/" in rt
    assert "Usulan" in rt
    assert client.get("/wilayah/99.99/").status_code == 404


def test_a_long_list_is_paged(client):
    from pasti.kernel import clock

    Place.objects.bulk_create(
        Place(code=f"99.01.02.{n}", name=f"K{n}", level="kelurahan", parent_id="99.01", changed_at=clock.now())
        for n in range(1001, 1061)
    )
    first, second = (client.get(f"/wilayah/99.01/?halaman={n}").content.decode() for n in (1, 2))
    assert "?halaman=2" in first
    assert "K1060" not in first
    assert "K1060" in second
    assert client.get("/wilayah/99.01/?halaman=abc").status_code == 200


def test_the_map_gets_outlines_with_addresses(client):
    answer = client.get("/wilayah/99.01.01/batas.geojson")
    assert answer["Content-Type"] == "application/geo+json"
    assert [one["properties"]["url"] for one in answer.json()["features"]] == [
        "/wilayah/99.01.01.1001/", "/wilayah/99.01.01.1002/",
    ]  # fmt: skip
    assert client.get("/wilayah/99.01.01.1001.001/batas.geojson").status_code == 404
