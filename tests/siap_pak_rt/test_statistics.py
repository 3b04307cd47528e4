"""Pages, tables and the API with numbers of people: open to all, whole for who is in charge, in a few queries."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pasti.civil import services
from pasti.civil.services.statistics import refresh_tallies
from pasti.kernel import clock
from pasti.kernel.accounts.scope import everyone, scoped
from pasti.kernel.publish.registry import registry
from tests.civil.conftest import OTHER_RT, RT, new

from .conftest import KELURAHAN

CITY = everyone("99.01", "civil.statistik")
HOME = "/siap-pak-rt/statistik/"


def told() -> services.Report:
    return services.Report(clock.today(), "civil.pelayanan")


@pytest.fixture
def crowd(town: Any) -> Any:
    """Forty more people in each of the two kelurahan."""
    with scoped(CITY):
        for number in range(80):
            rt, sex = (RT, OTHER_RT)[number % 2], 1 + number // 2 % 2
            services.register_person(new(f"Warga {number}", rt=rt, sex=sex), purpose="civil.pelayanan")
    return town


def table_of(client: Client, path: str) -> list[list[str]]:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(answer.content.decode())))


@pytest.mark.parametrize(
    "path", ["", "99.01.01/", f"{KELURAHAN}/", "99.01/mutasi/", f"{KELURAHAN}/mutasi/", "99.01/tabel/"]
)
@pytest.mark.parametrize("remembered", [False, True])
def test_a_stranger_sees_a_page_in_at_most_eight_queries(client, crowd, path, remembered):
    if remembered:
        refresh_tallies()
    client.get(HOME + path)
    with CaptureQueriesContext(
        connection,
    ) as made:
        assert client.get(HOME + path).status_code == 200
    assert len(made) <= 8, [query["sql"][:90] for query in made]


def test_a_page_reads_nobody_and_leaves_no_person_in_its_text(client, crowd):
    text = client.get(HOME).content.decode()
    assert "Budi Jauh" not in text
    assert ">84<" in text


def test_a_death_is_seen_by_the_next_who_looks(client, crowd):
    refresh_tallies()
    assert ">84<" in client.get(HOME).content.decode()
    with scoped(CITY):
        services.report_death(crowd.father.pk, told())
    assert ">83<" in client.get(HOME).content.decode()


def test_the_monthly_report_opens_on_the_last_month_with_events_and_says_when_there_are_none(
    client, crowd, monkeypatch
):
    text = client.get(f"{HOME}99.01/mutasi/").content.decode()
    assert "Bulan ini belum selesai" in text
    assert "Tidak ada lahir, mati, datang, atau pindah" in text
    with scoped(CITY):
        services.report_death(crowd.father.pk, told())
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + dt.timedelta(days=70))
    text = client.get(f"{HOME}99.01/mutasi/").content.decode()
    assert f'value="{now.astimezone(clock.city_zone()):%Y-%m}" selected' in text
    assert "Tidak ada lahir" not in text


def test_an_official_is_led_to_the_own_area(crowd, official, browsing, client):
    officer = browsing(official("kelurahan", KELURAHAN))
    assert f'href="{HOME}{KELURAHAN}/">Lihat wilayah Anda' in officer.get(HOME).content.decode()
    assert "Lihat wilayah Anda" not in client.get(HOME).content.decode()
    assert f'href="{HOME}"' in officer.get("/staf/").content.decode()


def test_strangers_see_no_small_number_and_those_in_charge_see_all(client, crowd, official, browsing):
    path = f"{HOME}{KELURAHAN}/?format=csv"
    for cell in (cell for row in table_of(client, path)[1:] for cell in row[1:] if cell):
        assert cell == "0" or int(cell) >= 5
    exact = table_of(browsing(official("kelurahan", KELURAHAN)), path)
    assert exact[-1] == ["Jumlah", "21", "22", "43"]
    assert ["10–14", "0", "1", "1"] in exact or ["5–9", "0", "1", "1"] in exact


def test_the_head_of_an_rt_sees_the_own_rt_alone(crowd, official, browsing, client):
    head = browsing(official("ketua_rt", RT))
    assert ">43<" in head.get(f"{HOME}{RT}/").content.decode()
    for page in ("", "mutasi/", "tabel/", "kelengkapan/", "peta.geojson"):
        assert head.get(f"{HOME}{OTHER_RT}/{page}").status_code == 404
        assert client.get(f"{HOME}{RT}/{page}").status_code == 404
    assert head.get(f"{HOME}{KELURAHAN}/kelengkapan/").status_code == 404
    assert "Belum ber-NIK" in head.get(f"{HOME}{RT}/kelengkapan/").content.decode()


def test_a_kelurahan_is_drilled_down_to_its_rt_by_its_officers_alone(crowd, official, browsing, client):
    path = f"{HOME}{KELURAHAN}/"
    assert f"{HOME}{RT}/" in browsing(official("kelurahan", KELURAHAN)).get(path).content.decode()
    assert f"{HOME}{RT}/" not in client.get(path).content.decode()


def test_a_resident_is_an_outsider_to_numbers(crowd, client, resident):
    user = resident(crowd.father.pk) if callable(resident) else resident
    client.force_login(user)
    assert client.get(f"{HOME}{RT}/").status_code == 404


def test_the_monthly_report_and_any_table_come_as_csv(client, crowd):
    report = table_of(client, f"{HOME}99.01/mutasi/?format=csv")
    assert [row[0] for row in report[1:]] == ["Penduduk awal bulan", "Lahir", "Mati", "Datang", "Pindah",
                                              "Lainnya (impor, pembetulan data)", "Penduduk akhir bulan"]  # fmt: skip
    assert report[-1][1:] == ["42", "42", "84"]
    table = table_of(client, f"{HOME}99.01/tabel/?baris=sex&kolom=marital_status&format=csv")
    assert table[-1][-1] == "84"


@pytest.mark.parametrize("query", ["mutasi/?bulan=2026-13", "mutasi/?bulan=9999-01", "mutasi/?bulan=x", "?per=kemarin",
                                   "?per=2999-01-01", "tabel/?baris=sex&kolom=sex"])  # fmt: skip
def test_what_cannot_be_asked_is_said_and_the_page_still_stands(client, crowd, query):
    answer = client.get(f"{HOME}99.01/{query}")
    assert answer.status_code == 200
    assert "govuk-error-message" in answer.content.decode() or "harus berbeda" in answer.content.decode()


@pytest.mark.parametrize("path", ["99.99/", "x/", "99.01/tabel/?baris=name&kolom=sex", "99.01.01.1001.001.077/"])
def test_what_there_is_not_is_not_found(client, crowd, path):
    assert client.get(HOME + path).status_code == 404


def test_the_map_carries_people_by_kelurahan_in_shades(client, crowd):
    answer = client.get(f"{HOME}99.01/peta.geojson").json()
    assert {feature["properties"]["shade"] for feature in answer["features"]} <= set(range(6))
    assert any("43 penduduk" in feature["properties"]["text"] for feature in answer["features"])


class TestApi:
    BASE = "/api/v1/siap-pak-rt/statistics"

    def test_tables_reports_and_series_are_open_with_the_same_numbers_hidden(self, client, crowd):
        table = client.get(f"{self.BASE}/{KELURAHAN}/crosstab?first=age&second=sex").json()
        assert table["total"] == 43
        assert all(cell["people"] in (None, 0) or cell["people"] >= 5 for cell in table["cells"])
        report = client.get(f"{self.BASE}/99.01/lampid").json()
        assert [line["kind"] for line in report["lines"]] == ["opening", "births", "deaths", "arrivals", "departures", "other",
                                                             "closing"]  # fmt: skip
        assert report["lines"][-1]["total"] == 84
        assert client.get(f"{self.BASE}/99.01/series").json()["items"][-1]["people"] == 84

    def test_no_token_opens_an_rt_here(self, client, crowd):
        answer = client.get(f"{self.BASE}/{RT}/crosstab")
        assert answer.status_code == 404
        assert answer["Content-Type"] == "application/problem+json"

    @pytest.mark.parametrize("query", ["crosstab?first=name", "lampid?month=2026-13", "crosstab?first=sex&second=sex"])
    def test_what_cannot_be_asked_is_a_problem(self, client, crowd, query):
        assert client.get(f"{self.BASE}/99.01/{query}").status_code in (404, 422)


def test_the_open_data_hold_no_small_number_and_every_kelurahan(crowd):
    dataset = registry().datasets["penduduk-kelurahan-umur-kelamin"]
    rows = dataset.rows()
    assert all(len(row) == len(dataset.columns) for row in rows)
    assert {row[0] for row in rows} >= {KELURAHAN, OTHER_RT[:13]}
    assert all(row[-1] is None or row[-1] == 0 or row[-1] >= 5 for row in rows)
