"""A gauge's readings as open data: a month a file, each line with unit, quality, source and licence."""

from __future__ import annotations

import csv
import datetime as dt
from typing import Any

import pytest
from django.test import Client

from pasti.ews.models import Gauge
from pasti.kernel.clock import city_zone
from pasti.telemetry.models import Datastream
from pasti.telemetry.queries import judged
from pasti.telemetry.services.readings import Reading, store

PAGE = "/ews/data/rekaan-kota/"
FIRST = dt.datetime(2026, 9, 1, tzinfo=city_zone())
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def filled(gauge: Gauge) -> Gauge:
    """Readings around midnight of the city between August and September, one of them a spike."""
    Datastream.objects.filter(pk=gauge.datastream_id).update(quality={"spike": [25, 50]})
    levels = [80.0, 80.5, 80.0, 381.0, 80.5, 81.0]
    store([Reading(gauge.datastream_id, FIRST + (n - 2) * MINUTE, level) for n, level in enumerate(levels)])
    return gauge


def rows(client: Client, month: str) -> list[dict[str, str]]:
    answer = client.get(f"{PAGE}{month}.csv")
    assert answer["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(answer.getvalue().decode().splitlines()))


def test_a_month_of_the_citys_calendar_is_a_file(
    client: Client, filled: Gauge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judged, "AT_ONCE", 2)
    page = client.get(PAGE).content.decode()
    assert f"{PAGE}2026-09.csv" in page
    assert f"{PAGE}2026-08.csv" in page
    assert [one["waktu"] for one in rows(client, "2026-08")] == [
        "2026-08-31T23:58:00+07:00",
        "2026-08-31T23:59:00+07:00",
    ]
    found = rows(client, "2026-09")
    assert [float(one["nilai"]) for one in found] == [80.0, 381.0, 80.5, 81.0]
    assert {(one["satuan"], one["lisensi"], one["sumber"]) for one in found} == {("cm", "CC-BY-4.0", "BPBD Rekaan")}


def test_a_doubtful_reading_is_in_it_with_the_reason(client: Client, filled: Gauge) -> None:
    spike = rows(client, "2026-09")[1]
    assert (spike["mutu"], spike["arti_mutu"], spike["alasan"]) == ("4", "buruk", "melonjak sesaat")


def test_a_demo_says_that_it_measured_nothing(client: Client, filled: Gauge, settings: Any) -> None:
    settings.PASTI_DEMO = True
    assert "bukan pengukuran" in rows(client, "2026-09")[0]["sumber"]


def test_what_is_not_there_is_not_found(client: Client, filled: Gauge) -> None:
    for path in (
        "/ews/data/tidak-ada/",
        f"{PAGE}2026-07.csv",
        f"{PAGE}2026-13.csv",
        f"{PAGE}99999-01.csv",
        f"{PAGE}0-0.csv",
    ):
        assert client.get(path).status_code == 404, path


def test_the_gauges_page_leads_to_it(client: Client, filled: Gauge) -> None:
    assert PAGE in client.get("/ews/sungai/rekaan/").content.decode()
    assert PAGE in client.get("/ews/data/").content.decode()
