"""Afterwards: the review of an episode; and drills."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from pasti.ews.models import Drill, Episode, Gauge, Note, Proposal, Warning
from pasti.ews.queries import notes
from pasti.ews.services import drills, ending, issuing, reporting, reviewing
from pasti.kernel.accounts.models import User
from pasti.kernel.clock import now
from pasti.kernel.errors import Refused
from pasti.kernel.publish.registry import registry
from tests.ews.conftest import KELURAHAN
from tests.ews.scene import MINUTE, propose, reported, warned

pytestmark = pytest.mark.django_db


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
        second = reporting.confirm(reported(1).pk, by=sari, river="rekaan").episode
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
