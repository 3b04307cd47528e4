"""What the officers on duty see and do in a browser without scripts."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from pasti.ews.models import Gauge, Shift, Warning
from pasti.ews.services import drafting, issuing
from pasti.kernel.accounts.models import User
from tests.ews.conftest import KELURAHAN, RT
from tests.ews.scene import propose, reported, warned

pytestmark = pytest.mark.django_db


def version_on(page: str) -> dict[str, str]:
    """The version that the approving form of the page carries."""
    said = re.search(r'name="version" value="(\d+)"', page)
    assert said
    return {"version": said[1]}


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
        read = version_on(board)
        issuing.send_back(first.pk, by=official("budi"), reason="Salah wilayah")
        first.refresh_from_db()
        words = drafting.words_of(first)
        drafting.edit(first.pk, drafting.Text(3, words, (RT,), 6), version=first.version, by=sari)
        first.refresh_from_db()
        issuing.issue(first.pk, version=first.version, by=sari)
        refused = head.post(f"/ews/jaga/peringatan/{first.pk}/setuju/", read, follow=True).content.decode()
        assert "Isinya berubah sejak Anda membacanya" in refused
        head.post(f"/ews/jaga/peringatan/{first.pk}/setuju/", version_on(refused))
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
            reported(number)
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
