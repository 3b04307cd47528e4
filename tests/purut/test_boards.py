"""The live part of a board: rendered once for each event, and never older than the event it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from pasti.kernel.outbox.models import StoredEvent
from pasti.purut import queries, services
from pasti.purut.models import Sesi

from .conftest import arrived

pytestmark = pytest.mark.django_db
PAGE = "/purut/papan/ANA/"


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def part(client: Client, seen: int | str) -> str:
    return client.get(PAGE, {"peristiwa": seen}, headers={"X-Live": "1"}).content.decode()


def test_all_boards_get_what_was_rendered_for_the_first(
    sesi: Sesi, client: Client, django_assert_num_queries: Any
) -> None:
    arrived(sesi)
    services.call_next(sesi.pk, "ruang 1")
    event = queries.board_position("ANA")
    first = part(client, event)
    assert "B-001" in first
    with django_assert_num_queries(1):
        assert part(client, event) == first


def test_what_was_asked_before_it_happened_hides_nothing(sesi: Sesi, client: Client) -> None:
    arrived(sesi)
    ahead = queries.board_position("ANA") + 1
    assert "B-001" not in part(client, ahead)
    services.call_next(sesi.pk, "ruang 1")
    assert queries.board_position("ANA") >= ahead
    assert "B-001" in part(client, ahead)
    for strange in ("", "x", "9" * 30, "-1"):
        assert "B-001" in part(client, strange)


def test_two_doctors_of_a_clinic_are_told_apart_and_the_hall_follows(sesi: Sesi, client: Client) -> None:
    arrived(sesi, 1)
    for path in (PAGE, "/purut/papan/"):
        assert "dr. Rekaan ANA" not in client.get(path).content.decode()
    services.call_next(sesi.pk, "ruang 3")
    assert StoredEvent.objects.filter(name="purut.AntreanCalled").get().live["dokter"] == "dr. Rekaan ANA"
    for path in (PAGE, "/purut/papan/"):
        page, live = client.get(path).content.decode(), client.get(path, headers={"X-Live": "1"}).content.decode()
        assert f'data-live-refresh="{path}"' in page
        assert "<html" not in live
        for shown in (page, live):
            assert "dr. Rekaan ANA" in shown
