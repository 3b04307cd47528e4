"""What everybody, those who report, and the officers see and do in a browser without scripts."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.translation import override
from PIL import Image

from pasti.ews.models import Drill, Episode, Gauge, Note, Proposal, Shelter, Shift, StreetReport, Warning
from pasti.ews.queries import notes
from pasti.ews.services import drafting, drills, ending, issuing, photos, proposing, reporting, reviewing
from pasti.ews.web import limits
from pasti.kernel.accounts.models import User
from pasti.kernel.api.limits import TokenBucket
from pasti.kernel.audit.models import Entry
from pasti.kernel.clock import now
from pasti.kernel.documents.models import Document
from pasti.kernel.errors import Refused
from pasti.kernel.publish.registry import registry
from pasti.telemetry.services.readings import Reading, store
from tests.civil.conftest import town  # noqa: F401
from tests.ews.conftest import KELURAHAN, RT, found

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


def propose(gauge: Gauge, stage: int, **more: Any) -> Proposal:
    made = proposing.propose(found(stage, **more), gauge)
    assert made is not None
    return made


def warned(gauge: Gauge, by: User, stage: int = 2) -> Warning:
    return issuing.issue_proposal(propose(gauge, stage).pk, by=by)


def filled(gauge: Gauge) -> None:
    """An hour of readings up to now."""
    begins = now().replace(second=0, microsecond=0) - 60 * MINUTE
    store([Reading(gauge.datastream_id, begins + n * MINUTE, 100.0 + n) for n in range(60)])


def picture() -> SimpleUploadedFile:
    target = io.BytesIO()
    Image.new("RGB", (40, 30), "blue").save(target, "JPEG")
    return SimpleUploadedFile("banjir.jpg", target.getvalue(), "image/jpeg")


@pytest.fixture
def sari(gauge: Gauge, official: Callable[..., User]) -> User:
    return official("sari")


@pytest.fixture
def desk(sari: User, browsing: Callable[[User], Client]) -> Client:
    return browsing(sari)


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
        assert f'data-made="{int(now().timestamp())}"'[:20] in page  # by which a page kept on the phone tells its age
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


class TestStreetReports:
    FORM = {"depth_cm": "40", "ago": "0", "words": "Jl. Jawa", "place_code": KELURAHAN, "lat": "", "lon": ""}

    def test_a_stranger_with_a_telephone_reports_once_however_often_it_is_sent(
        self, client: Client, gauge: Gauge
    ) -> None:
        form = self.FORM | {"phone": "0812 3456 7890", "idempotency_key": "k1"}
        for _ in range(2):
            assert client.post("/ews/lapor/", form).status_code == 302
        made = StreetReport.objects.get()
        assert (made.depth_cm, made.phone, made.place_code, made.trusted) == (40, "0812 3456 7890", KELURAHAN, False)

    def test_nobody_is_told_that_the_telephone_may_stay_empty(self, client: Client, gauge: Gauge) -> None:
        page = client.get("/ews/lapor/").content.decode()
        label = page[page.index('for="id_phone"') :].partition("</label>")[0]
        assert "boleh kosong" not in label
        assert "Isi nomor telepon" in client.post("/ews/lapor/", self.FORM).content.decode()

    def test_numbers_and_cookies_that_cannot_be_bring_no_fault(self, client: Client, gauge: Gauge) -> None:
        form = self.FORM | {"phone": "0812 3456 7890", "latihan": "9" * 5000}
        assert client.post("/ews/lapor/", form).status_code == 302
        client.cookies.load({"ews_tempat": "\x00"})
        for path in ("/ews/", "/ews/langganan/"):
            assert client.get(path).status_code == 200

    def test_what_was_typed_stays_when_nobody_can_be_asked_back(self, client: Client, gauge: Gauge) -> None:
        for number in ("", "12"):
            answer = client.post("/ews/lapor/", self.FORM | {"phone": number})
            assert answer.status_code == 422
            page = answer.content.decode()
            assert "Isi nomor telepon" in page
            assert 'value="Jl. Jawa"' in page
        assert StreetReport.objects.count() == 0

    def test_an_officers_report_carries_a_photo_without_metadata(
        self, desk: Client, settings: Any, tmp_path: Any
    ) -> None:
        settings.MEDIA_ROOT = tmp_path
        assert desk.post("/ews/lapor/", self.FORM | {"photo": picture()}).status_code == 302
        made = StreetReport.objects.get()
        assert made.trusted
        assert made.photo.held_by == "ews"
        shown = desk.get(f"/ews/jaga/laporan/{made.pk}/foto/")
        assert shown["Content-Type"] == "image/jpeg"

    def test_a_strangers_photo_is_kept_without_metadata_until_it_is_old_and_nobody_confirmed_it(
        self, client: Client, desk: Client, settings: Any, tmp_path: Any, django_capture_on_commit_callbacks: Any
    ) -> None:
        settings.MEDIA_ROOT = tmp_path
        for number in (1, 2):  # the same picture twice is one document
            form = self.FORM | {"phone": f"08123456789{number}", "photo": picture()}
            assert client.post("/ews/lapor/", form).status_code == 302
        first, second = StreetReport.objects.order_by("pk")
        assert not first.photo.owner.is_active
        assert desk.get(f"/ews/jaga/laporan/{first.pk}/foto/")["Content-Type"] == "image/jpeg"
        assert client.get(f"/ews/jaga/laporan/{first.pk}/foto/").status_code == 302
        reporting.confirm(second.pk, by=first.photo.owner, river="rekaan")
        StreetReport.objects.update(recorded_at=now() - dt.timedelta(days=31))
        assert photos.forget() == 1
        first.refresh_from_db()
        assert first.photo is None
        assert second.photo.path.exists(), "what was confirmed is evidence"
        StreetReport.objects.update(state="new")
        with django_capture_on_commit_callbacks(execute=True):
            assert photos.forget() == 1
        assert not Document.objects.exists()
        assert not [one for one in tmp_path.rglob("*") if one.is_file()]

    def test_too_many_photos_from_one_network_hold_back_no_report(
        self, client: Client, gauge: Gauge, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.MEDIA_ROOT = tmp_path
        monkeypatch.setattr(limits, "PHOTOS", TokenBucket(rate=1 / 60, burst=1))
        form = self.FORM | {"phone": "081234567890"}
        assert client.post("/ews/lapor/", form | {"photo": picture()}).status_code == 302
        refused = client.post("/ews/lapor/", form | {"photo": picture()})
        assert (refused.status_code, "tanpa foto" in refused.content.decode()) == (422, True)
        assert client.post("/ews/lapor/", form).status_code == 302

    def test_three_people_near_each_other_propose_a_warning_and_one_alone_does_not(self, gauge: Gauge) -> None:
        for number in (1, 1, 2):
            self.seen(number)
        assert reporting.propose_from_streets() == 0
        self.seen(3)
        assert reporting.propose_from_streets() == 1
        asked = Proposal.objects.get()
        assert (asked.rule, asked.stage, asked.episode.river_id) == ("streets", 2, "rekaan")
        assert reporting.propose_from_streets() == 1
        assert Proposal.objects.count() == 1

    def test_invented_telephone_numbers_set_no_clock_and_no_siren(self, gauge: Gauge, sari: User, desk: Client) -> None:
        for number in range(6):
            self.seen(number)
        reporting.propose_from_streets()
        assert Proposal.objects.get().auto_at is None
        assert "pelapornya belum dikenal" in desk.get("/ews/jaga/").content.decode()
        seen = reporting.Seen(112.9, -7.65, 40, now(), "Jl. Jawa", KELURAHAN)
        reporting.report(seen, user=sari)
        reporting.propose_from_streets()
        assert Proposal.objects.get().auto_at is not None

    def test_three_neighbours_with_accounts_are_enough_for_the_clock(self, gauge: Gauge) -> None:
        for number in range(3):
            user = User.objects.create_user(f"w{number}", name=f"Warga {number}", kind=User.Kind.CITIZEN)
            reporting.report(reporting.Seen(112.9, -7.65, 40, now(), "Jl. Jawa", KELURAHAN), user=user)
        reporting.propose_from_streets()
        assert Proposal.objects.get().auto_at is not None

    def test_confirmed_water_counts_as_what_happened_and_telephones_are_forgotten(
        self, gauge: Gauge, sari: User, desk: Client
    ) -> None:
        made = self.seen(1)
        answer = desk.post(f"/ews/jaga/laporan/{made.pk}/benar/", {"river": "rekaan"})
        assert answer.status_code == 302
        episode = Episode.objects.get()
        assert episode.flooded_at == made.seen_at
        assert Entry.objects.filter(action="ews.report.confirmed").exists()
        with pytest.raises(Refused, match="sudah dibenarkan"):
            reporting.reject(made.pk, by=sari, reason="bukan")
        StreetReport.objects.update(recorded_at=now() - dt.timedelta(days=31))
        assert reporting.forget_phones() == 1

    def test_nobody_floods_the_desk(self, gauge: Gauge) -> None:
        for _ in range(reporting.AT_MOST):
            self.seen(1)
        with pytest.raises(Refused) as refused:
            self.seen(1)
        assert refused.value.status == 429

    @staticmethod
    def seen(number: int) -> StreetReport:
        seen = reporting.Seen(112.9, -7.65 + number / 10_000, 40, now(), "Jl. Jawa", KELURAHAN)
        return reporting.report(seen, user=None, phone=f"08123456789{number}")


class TestTheDesk:
    def test_a_proposal_shows_its_evidence_and_is_issued_by_one_tap(self, desk: Client, gauge: Gauge) -> None:
        asked = propose(gauge, 2)
        page = desk.get("/ews/jaga/").content.decode()
        assert asked.sentence_id in page
        assert "data-countdown" in page
        assert desk.post(f"/ews/jaga/usulan/{asked.pk}/terbit/").status_code == 302
        assert Warning.objects.get().state == "in_force"
        fragment = desk.get("/ews/jaga/", headers={"X-Live": "1"}).content.decode()
        assert "<html" not in fragment
        assert "Nyatakan aman" in fragment

    def test_a_screen_reader_hears_what_is_new_and_not_each_second_of_a_countdown(
        self, desk: Client, client: Client, gauge: Gauge, sari: User
    ) -> None:
        propose(gauge, 2)
        page = desk.get("/ews/jaga/").content.decode()
        assert 'role="timer" aria-live="off" data-countdown' in page
        assert 'role="status" data-live-news' in page
        assert "<h3 data-live-says>" in page
        assert 'aria-live="polite"' not in desk.get("/ews/jaga/", headers={"X-Live": "1"}).content.decode()
        home = client.get(f"/ews/?tempat={RT}").content.decode()
        assert 'id="jawaban" data-live-says' in home
        assert 'role="status" data-live-news' in home

    def test_water_that_fell_here_and_stands_upstream_asks_for_the_reason(
        self, desk: Client, gauge: Gauge, sari: User
    ) -> None:
        standing = warned(gauge, sari)
        asked = propose(gauge, 0, lowers=True)
        Gauge.objects.filter(pk="rekaan-hulu").update(stage=1)
        answer = desk.post(f"/ews/jaga/usulan/{asked.pk}/terbit/")
        assert answer["Location"] == f"/ews/jaga/alasan/aman/{standing.pk}/"
        assert desk.post(answer["Location"], {"reason": "Hulu sudah surut"}).status_code == 302
        assert not Warning.objects.filter(state="in_force").exists()

    def test_who_is_too_late_is_told_who_was_first(
        self, desk: Client, gauge: Gauge, official: Any, browsing: Any
    ) -> None:
        asked = propose(gauge, 2)
        desk.post(f"/ews/jaga/usulan/{asked.pk}/terbit/")
        page = browsing(official("budi")).post(f"/ews/jaga/usulan/{asked.pk}/terbit/", follow=True).content.decode()
        assert "sudah diterbitkan oleh Petugas sari" in page

    def test_words_and_area_are_edited_kept_when_refused_and_issued(self, desk: Client, gauge: Gauge) -> None:
        asked = propose(gauge, 1)
        draft = desk.post(f"/ews/jaga/usulan/{asked.pk}/tulis/")["Location"]
        made = Warning.objects.get()
        form = {
            "version": made.version, "stage": "2", "headline_id": "Banjir Jalan Rekaan", "headline_en": "", "valid_hours": "3",
            "description_id": "Air masuk kampung.", "description_en": "Water in the quarter.", "instruction_id": "Naik.",
            "instruction_en": "Go up.", "area_codes": [RT], "more_codes": "99.01.01.9999",
        }  # fmt: skip
        refused = desk.post(draft, form)
        assert refused.status_code == 422
        assert "Banjir Jalan Rekaan" in refused.content.decode()
        assert "tidak dikenal" in refused.content.decode()
        sent = desk.post(draft, form | {"headline_en": "Flood", "more_codes": KELURAHAN, "terbit": "1"})
        assert sent["Location"] == "/ews/jaga/"
        made.refresh_from_db()
        assert (made.state, made.stage, made.area_codes) == ("in_force", 2, [KELURAHAN])
        assert "Banjir Jalan Rekaan" in bytes(made.cap_bytes).decode()

    def test_the_one_who_wrote_it_gets_no_button_to_approve_it(
        self, desk: Client, gauge: Gauge, official: Any, browsing: Any
    ) -> None:
        asked = propose(gauge, 3)
        desk.post(f"/ews/jaga/usulan/{asked.pk}/terbit/")
        warning = Warning.objects.get()
        assert f"/ews/jaga/peringatan/{warning.pk}/setuju/" not in desk.get("/ews/jaga/").content.decode()
        desk.post(f"/ews/jaga/peringatan/{warning.pk}/setuju/")
        warning.refresh_from_db()
        assert warning.state == "approval"
        head = browsing(official("kepala", "bpbd_kepala"))
        assert f"/ews/jaga/peringatan/{warning.pk}/setuju/" in head.get("/ews/jaga/").content.decode()
        head.post(f"/ews/jaga/alasan/kembalikan/{warning.pk}/", {"reason": "Tambah RT 02"})
        warning.refresh_from_db()
        assert warning.state == "draft"

    def test_nobody_approves_a_text_that_was_changed_since_it_was_read(
        self, desk: Client, gauge: Gauge, official: Any, browsing: Any, sari: User
    ) -> None:
        first = issuing.issue_proposal(propose(gauge, 3).pk, by=sari)
        head = browsing(official("kepala", "bpbd_kepala"))
        board = head.get("/ews/jaga/").content.decode()
        assert first.instruction_id in board
        read = {"version": re.search(r'name="version" value="(\d+)"', board)[1]}  # type: ignore[index]
        issuing.send_back(first.pk, by=official("budi"), reason="Salah wilayah")
        first.refresh_from_db()
        words = drafting.words_of(first)
        drafting.edit(first.pk, drafting.Text(3, words, (RT,), 6), version=first.version, by=sari)
        first.refresh_from_db()
        issuing.issue(first.pk, version=first.version, by=sari)
        refused = head.post(f"/ews/jaga/peringatan/{first.pk}/setuju/", read, follow=True).content.decode()
        assert "Isinya berubah sejak Anda membacanya" in refused
        now_read = {"version": re.search(r'name="version" value="(\d+)"', refused)[1]}  # type: ignore[index]
        head.post(f"/ews/jaga/peringatan/{first.pk}/setuju/", now_read)
        first.refresh_from_db()
        assert first.state == "in_force"

    def test_acts_that_need_a_reason_ask_for_it(self, desk: Client, gauge: Gauge, sari: User) -> None:
        asked = propose(gauge, 1)
        assert desk.post(f"/ews/jaga/alasan/tolak/{asked.pk}/", {"reason": ""}).status_code == 422
        assert desk.post(f"/ews/jaga/alasan/tolak/{asked.pk}/", {"reason": "uji alat"}).status_code == 302
        warning = warned(gauge, sari, 2)
        desk.post(f"/ews/jaga/alasan/batal/{warning.pk}/", {"reason": "Alat rusak"})
        warning.refresh_from_db()
        assert warning.state == "cancelled"

    def test_the_board_asks_the_same_however_much_waits(
        self, desk: Client, gauge: Gauge, django_assert_max_num_queries: Any
    ) -> None:
        propose(gauge, 1)
        for number in range(8):
            TestStreetReports.seen(number)
        with django_assert_max_num_queries(26):
            assert desk.get("/ews/jaga/").status_code == 200

    def test_a_tap_after_the_session_ended_is_said_to_be_lost_and_leads_back_to_the_board(
        self, client: Client, gauge: Gauge
    ) -> None:
        asked = propose(gauge, 2)
        came = {"Referer": "http://testserver/ews/jaga/?lihat=semua"}
        answer = client.post(f"/ews/jaga/usulan/{asked.pk}/terbit/", headers=came)
        assert answer["Location"] == "/masuk/?next=%2Fews%2Fjaga%2F%3Flihat%3Dsemua"
        assert "belum tersimpan" in client.get(answer["Location"]).content.decode()
        for elsewhere in ("https://jahat.example/ews/jaga/", "http://testserver//jahat.example/", ""):
            lost = client.post(f"/ews/jaga/usulan/{asked.pk}/terbit/", headers={"Referer": elsewhere})
            assert lost["Location"] == "/masuk/?next=%2F"

    def test_residents_do_not_get_in(self, client: Client, gauge: Gauge, browsing: Any) -> None:
        asked = propose(gauge, 1)
        resident = browsing(User.objects.create_user("warga-biasa", name="Warga", kind=User.Kind.CITIZEN))
        assert resident.get("/ews/jaga/").status_code == 403
        assert resident.post(f"/ews/jaga/usulan/{asked.pk}/terbit/").status_code == 403
        assert client.post(f"/ews/jaga/usulan/{asked.pk}/terbit/").status_code == 302
        assert not Warning.objects.exists()

    def test_another_agencys_alert_is_taken_in_or_refused_in_words(self, desk: Client, gauge: Gauge) -> None:
        refused = desk.post("/ews/jaga/instansi-lain/", {"berkas": SimpleUploadedFile("a.xml", b"<alert/>")})
        assert refused.status_code == 422
        assert "CAP" in refused.content.decode()
        assert desk.get("/ews/jaga/instansi-lain/").status_code == 200

    def test_a_watch_is_taken_written_and_handed_over(self, desk: Client, official: Any, browsing: Any) -> None:
        desk.post("/ews/jaga/catatan/ambil/")
        desk.post("/ews/jaga/catatan/tulis/", {"text": "Hujan di Puspo"})
        other = browsing(official("budi"))
        assert "masih jaga" in other.post("/ews/jaga/catatan/ambil/", follow=True).content.decode()
        assert desk.post("/ews/jaga/catatan/serah/", {"handover": " "}).status_code == 422
        desk.post("/ews/jaga/catatan/serah/", {"handover": "Petung naik pelan"})
        other.post("/ews/jaga/catatan/ambil/")
        page = other.get("/ews/jaga/catatan/").content.decode()
        assert "Petung naik pelan" in page
        assert Shift.objects.filter(ended_at=None).count() == 1


class TestAfterwards:
    def test_an_episode_is_judged_by_when_the_water_came(self, desk: Client, gauge: Gauge, sari: User) -> None:
        warning = warned(gauge, sari)
        ending.all_clear(warning.pk, by=sari)
        Episode.objects.update(began_at=now() - 90 * MINUTE)
        Warning.objects.filter(pk=warning.pk).update(sent_at=now() - 60 * MINUTE)
        episode = Episode.objects.get()
        came = (now() - 15 * MINUTE).replace(second=0, microsecond=0)
        reviewing.review(episode.pk, by=sari, flooded_at=came, lessons="Pompa terlambat")
        episode.refresh_from_db()
        assert episode.outcome == "hit"
        facts = Note.objects.get(kind="review").facts
        assert facts["lead_minutes"] in (44, 45)
        page = desk.get(f"/ews/episode/{episode.pk}/").content.decode()
        assert "Tepat: banjir datang sesudah peringatan" in page
        assert "Pompa terlambat" in page
        assert "terjadi_utc" in desk.get(f"/ews/episode/{episode.pk}/?format=csv").content.decode()
        assert "100%" in desk.get("/ews/episode/").content.decode()

    def test_the_timeline_speaks_its_readers_language_whoever_acted(
        self, desk: Client, gauge: Gauge, sari: User, official: Any
    ) -> None:
        with override("en"):  # the officer who acts reads English
            asked = propose(gauge, 3)
            waits = issuing.issue_proposal(asked.pk, by=sari)
            issuing.send_back(waits.pk, by=official("kepala", "bpbd_kepala"), reason="Tambah RT 02")
            issuing.dismiss(asked.pk, by=sari, reason="uji alat")
        address = f"/ews/episode/{asked.episode_id}/"
        indonesian = desk.get(address).content.decode()
        for line in (asked.sentence_id, "Menunggu persetujuan", "Dikembalikan: Tambah RT 02", "Usulan ditolak: uji alat",
                     "Episode berakhir"):  # fmt: skip
            assert line in indonesian, line
        english = desk.get(address, headers={"Accept-Language": "en"}).content.decode()
        for line in (asked.sentence_en, "second", "Tambah RT 02", "uji alat"):
            assert line in english, line
        assert not any(
            one in english for one in (asked.sentence_id, "Dikembalikan", "Usulan ditolak", "Episode berakhir")
        )
        assert "Dikembalikan: Tambah RT 02" in desk.get(f"{address}?format=csv").content.decode()
        assert Note.objects.get(kind="closed").text == "Episode berakhir"

    def test_a_line_from_before_values_were_kept_is_shown_as_it_was_written(self, gauge: Gauge, sari: User) -> None:
        ending.all_clear(warned(gauge, sari).pk, by=sari)
        line = reviewing.remark(Episode.objects.get().pk, by=sari, text="Hujan 100%")
        line.kind = "escalated"
        assert notes.said(line) == "Hujan 100%"

    def test_a_warning_without_water_is_a_false_alarm_and_a_flood_without_one_a_miss(
        self, desk: Client, gauge: Gauge, sari: User
    ) -> None:
        ending.all_clear(warned(gauge, sari).pk, by=sari)
        first = Episode.objects.get()
        answer = desk.post(f"/ews/episode/{first.pk}/evaluasi/", {"flooded": "ya", "lessons": "tersimpan"})
        assert answer.status_code == 422
        assert "tersimpan" in answer.content.decode()
        desk.post(f"/ews/episode/{first.pk}/evaluasi/", {"flooded": "tidak", "lessons": ""})
        second = reporting.confirm(TestStreetReports.seen(1).pk, by=sari, river="rekaan").episode
        desk.post(f"/ews/episode/{second.pk}/tutup/")
        reviewing.review(second.pk, by=sari, flooded_at=second.flooded_at, lessons="")
        assert set(Episode.objects.values_list("outcome", flat=True)) == {"false", "miss"}

    def test_measures_count_reviewed_floods_and_no_drills(self, gauge: Gauge, sari: User) -> None:
        from django.db import connection

        ending.all_clear(warned(gauge, sari).pk, by=sari)
        reviewing.review(Episode.objects.get().pk, by=sari, flooded_at=None, lessons="")
        drill = drills.plan(name="L", river="rekaan", planned_at=now() - MINUTE, aims="", by=sari)
        drills.begin(drill.pk, by=sari)
        drills.end(drill.pk, by=sari, lessons="")
        asked = {"start": now() - 60 * MINUTE, "end": now() + MINUTE, "as_of": now(), "area": "99.01"}
        values = {}
        for code in ("ews.lead_time", "ews.detection", "ews.false_alarms", "ews.drills"):
            measure = registry().measures[code]
            with connection.cursor() as cursor:
                for sql in (measure.records_sql, measure.sample_sql, measure.newest_sql or "SELECT 1", measure.sql):
                    cursor.execute(sql, asked)
                values[code] = cursor.fetchone()[2:]
        assert values["ews.false_alarms"] == (100, 1)
        assert values["ews.detection"] == (None, 0)
        assert values["ews.drills"] == (0, 1)


class TestDrills:
    def test_a_drill_runs_from_proposal_to_score_and_nothing_of_it_is_public(
        self, desk: Client, client: Client, gauge: Gauge, sari: User
    ) -> None:
        form = {"name": "Petung malam", "river": "rekaan", "planned_at": "2026-12-01T19:00", "aims": "Persetujuan"}
        page = desk.post("/ews/latihan/", form)["Location"]
        drill = Drill.objects.get()
        desk.post(f"{page}mulai/")
        desk.post(f"{page}sisip/", {"stage": "2"})
        asked = Proposal.objects.get()
        assert "LATIHAN" in desk.get("/ews/jaga/").content.decode()
        desk.post(f"/ews/jaga/usulan/{asked.pk}/terbit/")
        warning = Warning.objects.get()
        assert (warning.status, warning.headline_id[:7]) == ("exercise", "LATIHAN")
        assert b"<status>Exercise</status>" in bytes(warning.cap_bytes)
        assert client.get("/api/v1/ews/warnings").json()["items"] == []
        assert "Siaga banjir" not in client.get("/ews/").content.decode()
        assert "bukan kejadian sungguhan" in client.get(f"/ews/peringatan/{warning.pk}/").content.decode()
        desk.post(f"{page}selesai/", {"text": "Radio kurang"})
        drill.refresh_from_db()
        assert drill.score["issue"] is not None
        assert not drill.score["complete"]
        warning.refresh_from_db()
        assert warning.state == "ended"
        assert not Episode.objects.filter(ended_at=None).exists()

    def test_a_day_no_calendar_has_does_not_close_the_list_of_drills(self, desk: Client, gauge: Gauge) -> None:
        form = {"name": "Latihan", "river": "rekaan", "planned_at": "0001-01-01T00:00", "aims": ""}
        answer = desk.post("/ews/latihan/", form)
        assert answer.status_code == 422
        assert "Periksa tahunnya" in answer.content.decode()
        assert desk.post("/ews/latihan/", form | {"planned_at": "2030-01-01T00:00"}).status_code == 302
        assert desk.get("/ews/latihan/").status_code == 200

    def test_reports_of_a_drill_that_is_over_begin_nothing(self, gauge: Gauge, sari: User) -> None:
        drill = drills.plan(name="Latihan", river="rekaan", planned_at=now(), aims="", by=sari)
        drills.begin(drill.pk, by=sari)
        seen = reporting.Seen(112.9, -7.65, 40, now(), "Jl. Jawa", KELURAHAN)
        made = [reporting.report(seen, user=None, phone=f"08123456789{n}", drill=drill.pk) for n in range(3)]
        drills.end(drill.pk, by=sari, lessons="")
        assert reporting.propose_from_streets() == 0
        reporting.confirm(made[0].pk, by=sari, river="rekaan")
        assert Episode.objects.filter(ended_at=None).count() == 0
        assert Episode.objects.count() == 1

    def test_nobody_drills_while_a_real_warning_is_in_force(self, gauge: Gauge, sari: User) -> None:
        warned(gauge, sari)
        drill = drills.plan(name="L", river="rekaan", planned_at=now(), aims="", by=sari)
        with pytest.raises(Refused, match="sungguhan"):
            drills.begin(drill.pk, by=sari)

    def test_a_real_flood_beside_a_drill_is_its_own_episode(self, gauge: Gauge, sari: User) -> None:
        drill = drills.plan(name="L", river="rekaan", planned_at=now(), aims="", by=sari)
        drills.begin(drill.pk, by=sari)
        drills.inject(drill.pk, stage=3, by=sari)
        real = propose(gauge, 1)
        assert real.state == "open"
        assert real.episode.drill_id is None
