"""What everybody sees of a flood in a browser without scripts."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client

from pasti.ews.models import Gauge, Shelter, StreetReport
from pasti.ews.services import ending, issuing, reporting
from pasti.kernel.accounts.models import User
from pasti.kernel.clock import now
from pasti.kernel.publish.registry import registry
from tests.civil.conftest import town  # noqa: F401
from tests.ews.conftest import KELURAHAN, RT
from tests.ews.scene import filled, propose, warned

pytestmark = pytest.mark.django_db


class TestEverybody:
    def test_a_chosen_rt_is_answered_and_remembered(self, client: Client, gauge: Gauge, sari: User) -> None:
        filled(gauge)
        assert "Pilih tempat Anda" in client.get("/ews/").content.decode()
        page = client.get(f"/ews/?tempat={RT}").content.decode()
        assert "Aman: tidak ada peringatan" in page
        assert "Sungai Rekaan" in page
        assert "Balai Rekaan" in page
        warned(gauge, sari, 2)
        again = client.get("/ews/").content.decode()
        assert "Ada peringatan banjir: bersiap" in again
        assert "Siaga banjir Sungai Rekaan" in again
        client.get("/ews/lupa/")
        assert "Pilih tempat Anda" in client.get("/ews/").content.decode()

    def test_a_rising_river_without_a_warning_says_watch_it(self, client: Client, gauge: Gauge) -> None:
        Gauge.objects.filter(pk=gauge.pk).update(stage=1)
        page = client.get(f"/ews/?tempat={RT}").content.decode()
        assert "Sungai naik: pantau" in page
        made = re.search(r'data-made="(\d+)"', page)  # by which a page kept on the phone tells its age
        assert made
        assert abs(int(made[1]) - now().timestamp()) < 60
        Gauge.objects.filter(pk=gauge.pk).update(stage=2)
        assert "Sungai tinggi: bersiap" in client.get(f"/ews/?tempat={RT}").content.decode()

    def test_nobody_is_called_safe_by_a_gauge_that_does_not_speak(self, client: Client, gauge: Gauge) -> None:
        for trouble in ("", "stuck"):
            Gauge.objects.filter(pk=gauge.pk).update(trouble=trouble)
            page = client.get(f"/ews/?tempat={RT}").content.decode()
            assert "Belum pasti: alat ukur tidak memberi kabar" in page
            assert "Aman: tidak ada" not in page
            filled(gauge)
        Gauge.objects.filter(pk=gauge.pk).update(trouble="")
        assert "Aman: tidak ada peringatan" in client.get(f"/ews/?tempat={RT}").content.decode()

    def test_an_open_page_is_refreshed_for_its_own_place(self, client: Client, gauge: Gauge, sari: User) -> None:
        warned(gauge, sari, 3)
        filled(gauge)
        page = client.get(f"/ews/?tempat={RT}").content.decode()
        assert f'data-live-refresh="/ews/?tempat={RT}"' in page
        client.get("/ews/?tempat=99.01.02.1001")
        part = client.get(f"/ews/?tempat={RT}&peristiwa=7", headers={"X-Live": "1"})
        assert "RT 01 RW 01" in part.content.decode()
        assert "ews_tempat" not in part.cookies

    def test_nobody_is_sent_to_a_shelter_in_the_water_first(self, client: Client, gauge: Gauge, sari: User) -> None:
        Shelter.objects.create(code="jauh", kind="shelter", name="Balai Jauh", lon=-60.0, lat=40.0, changed_at=now())
        page = client.get(f"/ews/?tempat={RT}").content.decode()
        assert page.index("Balai Rekaan") < page.index("Balai Jauh")
        warned(gauge, sari, 2)
        page = client.get(f"/ews/?tempat={RT}").content.decode()
        assert page.index("Balai Jauh") < page.index("Balai Rekaan")
        assert "di wilayah peringatan" in page

    def test_who_must_leave_reads_where_to_go_before_how_high_the_river_is(
        self, client: Client, gauge: Gauge, sari: User
    ) -> None:
        filled(gauge)
        shelter, river = "Tempat mengungsi terdekat</h2>", "Sungai di dekat sini</h2>"
        page = client.get(f"/ews/?tempat={RT}").content.decode()
        assert page.index(river) < page.index(shelter)
        assert "tel:112" not in page
        warned(gauge, sari, 2)
        page = client.get(f"/ews/?tempat={RT}").content.decode()
        assert page.index(shelter) < page.index(river)
        assert 'href="tel:112"' in page

    def test_water_the_city_is_sure_of_is_told_to_who_lives_there_though_the_rivers_are_low(
        self, client: Client, gauge: Gauge
    ) -> None:
        def told(place: str = RT, **other: Any) -> str:
            seen = {"seen_at": now() - dt.timedelta(minutes=20), "state": "confirmed", "place_code": KELURAHAN} | other
            made = StreetReport.objects.create(
                lon=112.9, lat=-7.6, depth_cm=40, recorded_at=now(), reporter_key="a", words="Rumah Bu Ani", **seen
            )
            page = client.get(f"/ews/?tempat={place}").content.decode()
            made.delete()
            return page

        filled(gauge)
        assert "Ada air di jalan dekat Anda" in told()
        assert "Air sampai 40 cm di jalan kelurahan ini" in told(state="new", trusted=True)
        assert "Bu Ani" not in told()
        for other in (
            {"state": "new"}, {"state": "rejected", "trusted": True}, {"place_code": "99.01.01.1009"},
            {"seen_at": now() - dt.timedelta(hours=4)},
        ):  # fmt: skip
            assert "Aman: tidak ada peringatan" in told(**other)

    def test_a_resident_who_signed_in_is_answered_for_the_own_home(
        self,
        town: Any,  # noqa: F811
        gauge: Gauge,
        browsing: Any,
    ) -> None:
        filled(gauge)
        resident = User.objects.create_user("siti", name="Siti", kind=User.Kind.CITIZEN, person_id=town.mother.pk)
        page = browsing(resident).get("/ews/").content.decode()
        assert "Aman: tidak ada peringatan" in page
        assert "RT 01 RW 01" in page

    def test_an_unknown_place_is_told_and_not_remembered(self, client: Client, gauge: Gauge) -> None:
        answer = client.get("/ews/?tempat=99.99.99")
        assert "tidak dikenal" in answer.content.decode()
        assert "ews_tempat" not in answer.cookies

    def test_the_page_is_light_and_asks_little(
        self, client: Client, gauge: Gauge, django_assert_max_num_queries: Any
    ) -> None:
        filled(gauge)
        with django_assert_max_num_queries(22):
            page = client.get(f"/ews/?tempat={RT}").content
        assert len(page) < 50_000

    def test_a_river_shows_levels_against_limits_as_chart_table_and_file(self, client: Client, gauge: Gauge) -> None:
        filled(gauge)
        page = client.get("/ews/sungai/rekaan/").content.decode()
        assert "159 cm" in page.replace("\n", " ") or "159</strong>" in page or "159" in page
        assert "polyline" in page
        assert "Awas 250" in page
        lines = client.get("/ews/sungai/rekaan/?format=csv&alat=rekaan-kota").content.decode().splitlines()
        assert lines[0].startswith("alat,waktu_utc")
        assert len(lines) == 61
        assert client.get("/ews/sungai/tidak-ada/").status_code == 404

    def test_a_warning_is_public_once_it_is_sent_and_not_before(self, client: Client, gauge: Gauge, sari: User) -> None:
        draft = issuing.issue_proposal(propose(gauge, 3).pk, by=sari)
        assert client.get(f"/ews/peringatan/{draft.pk}/").status_code == 404
        assert client.get(f"/api/v1/ews/warnings/{draft.pk}").status_code == 404
        assert "AWAS" not in client.get("/ews/").content.decode()

    def test_what_replaced_a_warning_is_shown_on_it(self, client: Client, gauge: Gauge, sari: User) -> None:
        first = warned(gauge, sari, 1)
        second = warned(gauge, sari, 2)
        assert f"/ews/peringatan/{second.pk}/" in client.get(f"/ews/peringatan/{first.pk}/").content.decode()

    def test_it_is_over_is_said_too(self, client: Client, gauge: Gauge, sari: User) -> None:
        ending.all_clear(warned(gauge, sari).pk, by=sari)
        assert "Aman: banjir Sungai Rekaan berakhir" in client.get("/ews/").content.decode()

    def test_the_map_names_no_reporter_and_blurs_where_water_was_seen(self, client: Client, gauge: Gauge) -> None:
        seen = reporting.Seen(112.912345, -7.654321, 40, now(), "rumah Bu Siti", KELURAHAN)
        reporting.report(seen, user=None, phone="081234567890")
        body = client.get("/ews/peta/data/").content.decode()
        assert "112.912," in body
        assert "112.912345" not in body
        assert "Siti" not in body

    def test_the_front_door_shows_warnings_in_force(self, gauge: Gauge, sari: User) -> None:
        warned(gauge, sari)
        notices = [one for source in registry().notices for one in source.notices()]
        assert [one.title for one in notices] == ["Siaga banjir Sungai Rekaan: bersiap mengungsi"]
        assert notices[0].grave

    def test_the_api_lists_warnings_in_force_and_gauges_with_levels(
        self, client: Client, gauge: Gauge, sari: User
    ) -> None:
        filled(gauge)
        warning = warned(gauge, sari)
        items = client.get("/api/v1/ews/warnings").json()["items"]
        assert [(one["id"], one["stage"], one["areas"]) for one in items] == [(warning.pk, 2, [KELURAHAN])]
        rows = {one["code"]: one for one in client.get("/api/v1/ews/gauges").json()["items"]}
        assert (rows["rekaan-kota"]["value"], rows["rekaan-kota"]["silent"]) == (159.0, False)
        assert rows["rekaan-hulu"]["silent"]
        ending.all_clear(warning.pk, by=sari)
        assert client.get("/api/v1/ews/warnings").json()["items"] == []
        assert len(client.get("/api/v1/ews/warnings?state=all").json()["items"]) == 2
