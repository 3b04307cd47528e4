"""From a finding to the end of a warning: once each, by one or two people, whoever comes at the same moment."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from pasti.ews.models import Episode, Gauge, Note, Proposal, River, Warning
from pasti.ews.services import cap_bytes, clockwork, drafting, ending, issuing, proposing
from pasti.kernel.audit.models import Entry
from pasti.kernel.clock import now
from pasti.kernel.errors import Refused
from pasti.kernel.notify.models import Message
from pasti.kernel.outbox.models import StoredEvent

from .conftest import KELURAHAN, RT, found, make_official, set_up

MINUTE = dt.timedelta(minutes=1)


def proposed(gauge: Gauge, stage: int, **more: Any) -> Proposal:
    made = proposing.propose(found(stage, **more), gauge)
    assert made is not None
    return made


def told() -> list[str]:
    return [one.rpartition(".")[2] for one in StoredEvent.objects.order_by("id").values_list("name", flat=True)]


def together(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Do all acts at once; a refusal counts as its code."""
    start = threading.Barrier(len(acts))

    def one(act: Callable[[], Any]) -> Any:
        start.wait(timeout=30)
        try:
            return act()
        except Refused as refusal:
            return refusal.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


class TestProposing:
    def test_the_same_finding_twice_is_one_proposal(self, gauge: Gauge) -> None:
        first, again = proposed(gauge, 1), proposed(gauge, 1)
        assert first.pk == again.pk
        assert told() == ["WarningProposed"]
        assert first.auto_at == first.proposed_at + 20 * MINUTE

    def test_a_higher_one_replaces_the_open_one_with_what_was_being_written(self, gauge: Gauge, official: Any) -> None:
        low = proposed(gauge, 1)
        draft = drafting.draft(low.pk, official("sari"))
        high = proposed(gauge, 2)
        low.refresh_from_db()
        draft.refresh_from_db()
        assert (low.state, draft.state, high.state) == ("replaced", "withdrawn", "open")
        assert high.episode_id == low.episode_id
        assert proposed(gauge, 1, key="hulu/1").state == "replaced"

    def test_water_that_fell_asks_to_end_the_warning_but_never_does_it_alone(self, gauge: Gauge, official: Any) -> None:
        warning = issuing.issue_proposal(proposed(gauge, 2).pk, by=official("sari"))
        Gauge.objects.filter(pk="rekaan-hulu").update(stage=1)
        lower = proposed(gauge, 0, lowers=True)
        assert (lower.stage, lower.auto_at, lower.state) == (1, None, "open")
        warning.refresh_from_db()
        assert warning.state == "in_force"

    def test_a_gauge_upstream_holds_nothing_up_for_it_speaks_through_the_one_below(
        self, gauge: Gauge, official: Any
    ) -> None:
        issuing.issue_proposal(proposed(gauge, 2).pk, by=official("sari"))
        Gauge.objects.filter(pk="rekaan-hulu").update(stage=2)
        Gauge.objects.filter(pk=gauge.pk).update(
            rules=gauge.rules | {"upstream": [{"gauge": "rekaan-hulu", "travel": 60}]}
        )
        assert proposed(gauge, 0, lowers=True).stage == 0

    def test_water_that_fell_before_anybody_warned_closes_the_episode(self, gauge: Gauge) -> None:
        asked = proposed(gauge, 1)
        assert proposing.propose(found(0, lowers=True), gauge) is None
        asked.refresh_from_db()
        assert asked.state == "replaced"
        assert Episode.objects.get().ended_at is not None


class TestIssuing:
    def test_one_officer_issues_a_watch_for_the_places_of_its_stage(self, gauge: Gauge, official: Any) -> None:
        warning = issuing.issue_proposal(proposed(gauge, 2).pk, by=official("sari"))
        assert (warning.state, warning.kind, warning.status) == ("in_force", "alert", "actual")
        assert warning.area_codes == [KELURAHAN]
        assert warning.cap_identifier.encode() in bytes(warning.cap_bytes)
        assert "Siaga banjir Sungai Rekaan" in warning.headline_id
        assert told() == ["WarningProposed", "WarningIssued"]
        assert StoredEvent.objects.get(name="ews.WarningIssued").live == {"apa": "peringatan", "status": "actual"}
        assert Entry.objects.filter(action="ews.warning.issued", object_id=str(warning.pk)).exists()
        assert list(Note.objects.values_list("kind", flat=True)) == ["proposed", "issued"]

    def test_the_highest_stage_needs_a_second_person_who_did_not_write_it(self, gauge: Gauge, official: Any) -> None:
        sari = official("sari")
        warning = issuing.issue_proposal(proposed(gauge, 3).pk, by=sari)
        assert warning.state == "approval"
        with pytest.raises(Refused) as refused:
            issuing.approve(warning.pk, version=warning.version, by=sari)
        assert refused.value.code == "persetujuan-sendiri"
        kepala = official("kepala", "bpbd_kepala")
        approved = issuing.approve(warning.pk, version=warning.version, by=kepala)
        assert (approved.state, approved.automatic) == ("in_force", False)

    def test_a_second_tap_of_the_same_officer_is_the_first(self, gauge: Gauge, official: Any) -> None:
        asked, sari = proposed(gauge, 3), official("sari")
        first = issuing.issue_proposal(asked.pk, by=sari)
        assert issuing.issue_proposal(asked.pk, by=sari).pk == first.pk
        with pytest.raises(Refused, match="Sudah disusun Petugas sari"):
            issuing.issue_proposal(asked.pk, by=official("budi"))

    def test_what_is_issued_over_another_updates_it(self, gauge: Gauge, official: Any) -> None:
        sari = official("sari")
        first = issuing.issue_proposal(proposed(gauge, 1).pk, by=sari)
        second = issuing.issue_proposal(proposed(gauge, 2).pk, by=sari)
        first.refresh_from_db()
        assert (first.state, second.kind, second.replaces_id) == ("replaced", "update", first.pk)
        assert first.area_codes == [RT]
        assert second.sent_at > first.sent_at
        assert told()[-1] == "WarningUpdated"

    def test_a_draft_somebody_else_changed_is_not_issued_unread(self, gauge: Gauge, official: Any) -> None:
        sari, budi = official("sari"), official("budi")
        draft = drafting.draft(proposed(gauge, 1).pk, sari)
        text = drafting.Text(1, drafting.words_of(draft), (RT, KELURAHAN), 3)
        edited = drafting.edit(draft.pk, text, version=draft.version, by=budi)
        for act in (
            lambda: drafting.edit(draft.pk, text, version=draft.version, by=sari),
            lambda: issuing.issue(draft.pk, version=draft.version, by=sari),
        ):
            with pytest.raises(Refused) as refused:
                act()
            assert refused.value.code == "sudah-berubah"
        assert issuing.issue(draft.pk, version=edited.version, by=sari).state == "in_force"

    def test_an_update_begun_before_a_higher_warning_cannot_let_it_down_unread(
        self, gauge: Gauge, official: Any
    ) -> None:
        sari, budi = official("sari"), official("budi")
        first = issuing.issue_proposal(proposed(gauge, 1).pk, by=sari)
        draft = drafting.draft_update(first.pk, sari)
        issuing.issue_proposal(proposed(gauge, 2).pk, by=budi)
        with pytest.raises(Refused) as refused:
            issuing.issue(draft.pk, version=draft.version, by=sari)
        assert refused.value.code == "bukan-konsep"
        assert Warning.objects.get(state="in_force").stage == 2

    def test_a_dismissal_needs_a_reason_and_closes_the_episode(self, gauge: Gauge, official: Any) -> None:
        asked, sari = proposed(gauge, 1), official("sari")
        with pytest.raises(Refused):
            issuing.dismiss(asked.pk, by=sari, reason=" ")
        issuing.dismiss(asked.pk, by=sari, reason="alat dibersihkan")
        assert issuing.dismiss(asked.pk, by=sari, reason="lagi").reason == "alat dibersihkan"
        with pytest.raises(Refused, match=r"ditolak oleh Petugas sari"):
            issuing.issue_proposal(asked.pk, by=official("budi"))
        assert Episode.objects.get().ended_at is not None


class TestEnding:
    def test_an_all_clear_ends_the_warning_and_its_episode(self, gauge: Gauge, official: Any) -> None:
        sari = official("sari")
        warning = issuing.issue_proposal(proposed(gauge, 2).pk, by=sari)
        message = ending.all_clear(warning.pk, by=sari)
        assert ending.all_clear(warning.pk, by=sari).pk == message.pk
        warning.refresh_from_db()
        assert (warning.state, message.kind, message.state) == ("ended", "all_clear", "ended")
        assert Episode.objects.get().ended_at == message.sent_at
        assert told()[-1] == "WarningEnded"

    def test_a_river_that_is_still_up_is_not_declared_over_without_a_reason(self, gauge: Gauge, official: Any) -> None:
        sari = official("sari")
        warning = issuing.issue_proposal(proposed(gauge, 2).pk, by=sari)
        Gauge.objects.filter(pk=gauge.pk).update(stage=2)
        with pytest.raises(Refused) as refused:
            ending.all_clear(warning.pk, by=sari)
        assert refused.value.code == "air-masih-tinggi"
        ending.all_clear(warning.pk, by=sari, despite="alat macet, dilihat sendiri")
        assert "dilihat sendiri" in Note.objects.get(kind="despite").text

    def test_a_mistake_is_taken_back_with_words_people_read(self, gauge: Gauge, official: Any) -> None:
        sari = official("sari")
        warning = issuing.issue_proposal(proposed(gauge, 1).pk, by=sari)
        message = ending.cancel(warning.pk, by=sari, reason="Alat tersangkut sampah.")
        assert "Alat tersangkut sampah." in message.description_id
        warning.refresh_from_db()
        assert warning.state == "cancelled"

    def test_cancelling_what_another_just_replaced_says_who_did_what(self, gauge: Gauge, official: Any) -> None:
        sari, budi = official("sari"), official("budi")
        first = issuing.issue_proposal(proposed(gauge, 1).pk, by=sari)
        issuing.issue_proposal(proposed(gauge, 2).pk, by=budi)
        with pytest.raises(Refused, match=r"diganti oleh Petugas budi pukul \d\d\.\d\d"):
            ending.cancel(first.pk, by=sari, reason="keliru")

    def test_a_lowering_proposal_that_is_issued_says_all_clear(self, gauge: Gauge, official: Any) -> None:
        sari = official("sari")
        warning = issuing.issue_proposal(proposed(gauge, 1).pk, by=sari)
        message = issuing.issue_proposal(proposed(gauge, 0, lowers=True).pk, by=sari)
        assert (message.kind, message.replaces_id) == ("all_clear", warning.pk)
        assert not Proposal.objects.filter(state="open").exists()


class TestTheClock:
    def test_what_nobody_answers_is_issued_when_its_minutes_are_over(self, gauge: Gauge, official: Any) -> None:
        official("sari")
        asked = proposed(gauge, 3)
        assert clockwork.issue_unanswered() == 0
        Proposal.objects.filter(pk=asked.pk).update(auto_at=now())
        assert clockwork.issue_unanswered() == 1
        assert clockwork.issue_unanswered() == 0
        warning = Warning.objects.get()
        assert (warning.state, warning.automatic, warning.composed_by_id) == ("in_force", True, None)
        assert Message.objects.filter(title="Peringatan terbit otomatis").count() == 1

    def test_a_warning_that_cannot_be_made_holds_up_no_other(
        self, gauge: Gauge, official: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seal = cap_bytes.seal

        def broken(warning: Warning, replaced: Any) -> None:
            if warning.stage == 3:
                raise OSError("the key cannot be read")
            seal(warning, replaced)

        monkeypatch.setattr(cap_bytes, "seal", broken)
        other = River.objects.create(code="lain", name="Sungai Lain", changed_at=now())
        proposed(gauge, 3)
        assert proposing.propose(found(2, key="lain/2"), river=other.pk) is not None
        Proposal.objects.update(auto_at=now())
        assert clockwork.issue_unanswered() == 1
        assert Warning.objects.get(state="in_force").episode.river_id == "lain"

    def test_the_clock_does_not_stumble_over_a_half_written_draft(self, gauge: Gauge, official: Any) -> None:
        asked = proposed(gauge, 2)
        draft = drafting.draft(asked.pk, official("sari"))
        Warning.objects.filter(pk=draft.pk).update(headline_id="", description_id="")
        Proposal.objects.filter(pk=asked.pk).update(auto_at=now())
        assert clockwork.issue_unanswered() == 1
        assert Warning.objects.get(state="in_force").headline_id.startswith("Siaga banjir")

    def test_a_second_person_who_is_away_is_called_again_and_then_not_waited_for(
        self, gauge: Gauge, official: Any
    ) -> None:
        official("kepala", "bpbd_kepala")
        asked = proposed(gauge, 3)
        warning = issuing.issue_proposal(asked.pk, by=official("sari"))
        assert clockwork.escalate() == 0
        Warning.objects.filter(pk=warning.pk).update(composed_at=now() - 3 * MINUTE)
        assert clockwork.escalate() == 1
        assert clockwork.escalate() == 0
        assert Message.objects.count() == 2
        Proposal.objects.filter(pk=asked.pk).update(auto_at=now())
        assert clockwork.issue_unanswered() == 1
        warning.refresh_from_db()
        assert (warning.state, warning.automatic, warning.approved_by_id) == ("in_force", True, None)
        assert warning.composed_by.username == "sari"

    def test_a_warning_reminds_before_it_runs_out_and_then_ends(self, gauge: Gauge, official: Any) -> None:
        warning = issuing.issue_proposal(proposed(gauge, 1).pk, by=official("sari"))
        assert clockwork.remind_renewals() == 0
        Warning.objects.filter(pk=warning.pk).update(expires_at=now() + 10 * MINUTE)
        assert (clockwork.remind_renewals(), clockwork.remind_renewals()) == (1, 0)
        Warning.objects.filter(pk=warning.pk).update(expires_at=now())
        assert (ending.expire_due(), ending.expire_due()) == (1, 0)
        warning.refresh_from_db()
        assert warning.state == "ended"
        assert Episode.objects.get().ended_at is not None

    def test_a_warning_does_not_run_out_unasked_while_the_water_is_up(self, gauge: Gauge, official: Any) -> None:
        first = issuing.issue_proposal(proposed(gauge, 2).pk, by=official("sari"))
        Warning.objects.filter(pk=first.pk).update(expires_at=now() + 5 * MINUTE, instruction_id="Naik ke balai.")
        Gauge.objects.filter(pk=gauge.pk).update(stage=1)
        assert clockwork.remind_renewals() == 1
        asked = Proposal.objects.get(state="open")
        assert (asked.rule, asked.stage) == ("renewal", 2)
        assert asked.auto_at == Warning.objects.get().expires_at
        Proposal.objects.filter(pk=asked.pk).update(auto_at=now())
        assert clockwork.issue_unanswered() == 1
        second = Warning.objects.get(state="in_force")
        assert (second.kind, second.replaces_id, second.instruction_id) == ("update", first.pk, "Naik ke balai.")
        assert second.expires_at > now() + 300 * MINUTE

    def test_a_clock_that_was_stopped_asks_when_it_finds_the_warning_run_out(self, gauge: Gauge, official: Any) -> None:
        first = issuing.issue_proposal(proposed(gauge, 2).pk, by=official("sari"))
        Warning.objects.filter(pk=first.pk).update(expires_at=now() - 5 * MINUTE)
        Gauge.objects.filter(pk=gauge.pk).update(stage=2)
        assert (ending.expire_due(), ending.expire_due()) == (1, 0)
        asked = Proposal.objects.get(state="open")
        assert asked.auto_at is not None
        assert asked.auto_at > now() + 5 * MINUTE
        assert Episode.objects.get().ended_at is None
        assert issuing.issue_proposal(asked.pk, by=official("budi")).kind == "alert"

    def test_water_that_falls_takes_the_question_of_renewal_back(self, gauge: Gauge, official: Any) -> None:
        first = issuing.issue_proposal(proposed(gauge, 2).pk, by=official("sari"))
        Warning.objects.filter(pk=first.pk).update(expires_at=now() + 5 * MINUTE)
        Gauge.objects.filter(pk=gauge.pk).update(stage=1)
        clockwork.remind_renewals()
        Gauge.objects.filter(pk=gauge.pk).update(stage=0)
        proposed(gauge, 0, lowers=True)
        assert list(Proposal.objects.filter(state="open").values_list("rule", flat=True)) == ["lowered"]


class TestAtOnce:
    @pytest.fixture
    def gauge(self, fresh_database: str) -> Gauge:
        return set_up()

    def test_a_finding_proposed_by_six_hands_is_one_proposal(self, gauge: Gauge) -> None:
        made = together([lambda: proposed(gauge, 2).pk] * 6)
        assert len(set(made)) == 1
        assert (Proposal.objects.count(), Episode.objects.count()) == (1, 1)

    def test_of_officers_who_issue_at_once_one_does_and_the_others_are_told(self, gauge: Gauge) -> None:
        asked = proposed(gauge, 2)
        officers = [make_official(f"o{number}") for number in range(5)]
        done = together([lambda by=by: issuing.issue_proposal(asked.pk, by=by).pk for by in officers])
        assert sorted(map(str, done))[-4:] == ["usulan-terjawab"] * 4
        assert Warning.objects.filter(state="in_force").count() == 1
        assert StoredEvent.objects.filter(name="ews.WarningIssued").count() == 1

    def test_cancelling_while_another_issues_leaves_one_truth(self, gauge: Gauge) -> None:
        sari, budi = make_official("sari"), make_official("budi")
        first = issuing.issue_proposal(proposed(gauge, 1).pk, by=sari)
        higher = proposed(gauge, 2)
        together(
            [
                lambda: ending.cancel(first.pk, by=sari, reason="keliru").kind,
                lambda: issuing.issue_proposal(higher.pk, by=budi).kind,
            ]
        )
        first.refresh_from_db()
        standing = Warning.objects.get(state="in_force")
        assert standing.stage == 2
        assert first.state in ("replaced", "cancelled")
        assert standing.kind == ("update" if first.state == "replaced" else "alert")

    def test_the_clock_and_an_officer_at_once_issue_once(self, gauge: Gauge) -> None:
        asked = proposed(gauge, 2)
        sari = make_official("sari")
        Proposal.objects.filter(pk=asked.pk).update(auto_at=now())
        together([clockwork.issue_unanswered, lambda: issuing.issue_proposal(asked.pk, by=sari).pk])
        assert Warning.objects.filter(sent_at__isnull=False).count() == 1
