"""Water in a street, reported by anybody and answered by officers."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from pasti.ews.models import Episode, Gauge, Proposal, StreetReport
from pasti.ews.services import photos, reporting
from pasti.ews.web import limits
from pasti.kernel.accounts.models import User
from pasti.kernel.api.limits import TokenBucket
from pasti.kernel.audit.models import Entry
from pasti.kernel.clock import now
from pasti.kernel.documents.models import Document
from pasti.kernel.errors import Refused
from tests.ews.conftest import KELURAHAN
from tests.ews.scene import picture, reported

pytestmark = pytest.mark.django_db


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
            reported(number)
        assert reporting.propose_from_streets() == 0
        reported(3)
        assert reporting.propose_from_streets() == 1
        asked = Proposal.objects.get()
        assert (asked.rule, asked.stage, asked.episode.river_id) == ("streets", 2, "rekaan")
        assert reporting.propose_from_streets() == 1
        assert Proposal.objects.count() == 1

    def test_invented_telephone_numbers_set_no_clock_and_no_siren(self, gauge: Gauge, sari: User, desk: Client) -> None:
        for number in range(6):
            reported(number)
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
        made = reported(1)
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
            reported(1)
        with pytest.raises(Refused) as refused:
            reported(1)
        assert refused.value.status == 429
