"""What the law gives a person over the own data: the trail, a copy, a correction, a restriction, within 3 x 24 hours."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from pasti.civil import queries as register
from pasti.civil.models import CodeEntry, Peristiwa, Person
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import everyone, scoped
from pasti.kernel.accounts.services import assign
from pasti.kernel.audit.models import Entry
from pasti.kernel.clock import now
from pasti.kernel.errors import NotFound, Refused
from pasti.kernel.notify.models import Message
from pasti.siap_pak_rt.models import DataRequest
from pasti.siap_pak_rt.rules import rights as rules
from pasti.siap_pak_rt.services import rights, rights_clock
from tests.civil.conftest import RT, make_town
from tests.portal.conftest import KELURAHAN, PASSWORD

HAK = "/siap-pak-rt/hak-saya/"
MOMENT = dt.datetime(2026, 3, 27, 17, 0, tzinfo=dt.UTC)


def ago(hours: float, pk: Any) -> None:
    """Let a request have been made some hours earlier."""
    with scoped(everyone("99.01", "x")):
        DataRequest.objects.filter(pk=pk).update(asked_at=now() - dt.timedelta(hours=hours))


class TestClock:
    @given(st.floats(0, 200))
    def test_an_answer_is_in_time_up_to_the_72nd_hour(self, hours: float) -> None:
        answered = MOMENT + dt.timedelta(hours=hours)
        assert rules.in_time(MOMENT, answered) == (answered - MOMENT <= dt.timedelta(hours=72))

    @pytest.mark.parametrize(
        ("passed", "left", "over"), [(0, 72, False), (71.5, 0, False), (72, 0, False), (72.01, -1, True)]
    )
    def test_full_hours_are_shown_and_holidays_do_not_stop_it(self, passed: float, left: int, over: bool) -> None:
        clock = rules.clock(MOMENT, MOMENT + dt.timedelta(hours=passed))
        assert (clock.hours, clock.over, clock.due) == (left, over, MOMENT + dt.timedelta(days=3))


@pytest.mark.django_db
class TestTrail:
    def test_jejak_akses_lists_exactly_the_reads_made_in_words_with_role_and_purpose(
        self, resident, as_user, officer_of
    ):
        before = Entry.objects.filter(subject_id=resident.person_id).count()
        officer = as_user(officer_of("kelurahan"))
        officer.get("/meja-akun/", {"q": "Siti Ni'mah"})
        rows = list(Entry.objects.filter(subject_id=resident.person_id).order_by("id"))[before:]
        assert [(r.kind, r.action, r.actor_role, r.purpose) for r in rows] == [
            ("read", "civil.people.listed", "kelurahan", "portal.desk")
        ]
        page = as_user(resident).get("/jejak-akses/").content.decode()
        assert "melihat nama Anda dalam daftar penduduk" in page
        assert "Petugas kelurahan" in page
        assert "Pembuatan akun di meja pelayanan" in page

    def test_the_residents_own_looks_are_there_too_and_can_be_left_out(self, resident, as_user):
        browser = as_user(resident)
        browser.get(HAK)
        assert "Anda sendiri" in browser.get("/jejak-akses/").content.decode()
        assert "Anda sendiri" not in browser.get("/jejak-akses/?oleh=lain").content.decode()


@pytest.mark.django_db
class TestCopy:
    def test_the_json_holds_every_system_and_the_trail(self, resident, as_user):
        answer = as_user(resident).post(f"{HAK}salinan/json/")
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
        assert "attachment" in answer["Content-Disposition"]
        parts = {part["kode"]: part["catatan"] for part in answer.json()["bagian"]}
        assert set(parts) >= {"civil", "purut", "akun", "jejak", "siap_pak_rt.hak"}
        own = parts["civil"][0]
        assert (own["nama"], own["nik"]) == ("Siti Ni'mah", "9901014705889001")
        assert any(record["catatan"] == "kartu keluarga" for record in parts["civil"])
        assert any(row["melakukan"] == "mengunduh salinan data Anda" for row in parts["jejak"])
        assert "Syafi'i" not in answer.content.decode()  # the husband's data is his own

    def test_the_pdf_can_be_read_and_texts_are_never_markup(self, resident, as_user):
        with scoped(everyone("99.01", "x")):
            Person.objects.filter(pk=resident.person_id).update(mother_name="#panic() $x$ *tebal* \\ @acuan")
        answer = as_user(resident).post(f"{HAK}salinan/pdf/")
        assert answer.content.startswith(b"%PDF-")
        assert len(answer.content) > 5000

    def test_taking_a_copy_is_a_request_answered_at_once(self, resident, as_user):
        as_user(resident).post(f"{HAK}salinan/json/")
        with scoped(everyone("99.01", "x")):
            kept = DataRequest.objects.get()
        assert (kept.kind, kept.state, kept.asked_at == kept.decided_at) == ("copy", "done", True)

    def test_an_account_that_is_nobody_has_no_rights_page(self, as_user, officer_of, town):
        assert as_user(officer_of("kelurahan")).get(HAK).status_code == 403


@pytest.mark.django_db
class TestCorrection:
    @pytest.fixture(autouse=True)
    def _lists(self, town):
        for code, name in ((1, "Islam"), (3, "Katolik")):
            CodeEntry.objects.update_or_create(
                key=f"agama:{code}", defaults={"list": "agama", "code": code, "name": name, "changed_at": now()}
            )

    def ask(self, browser, field="religion", wanted="3", key="satu"):
        return browser.post(
            f"{HAK}perbaikan/{field}/", {"wanted": wanted, "text": "sesuai KTP", "idempotency_key": key}
        )

    def one(self):
        with scoped(everyone("99.01", "x")):
            return DataRequest.objects.get(kind="correction")

    def test_granting_puts_the_register_right_in_the_same_moment_and_tells_the_asker(
        self, resident, as_user, officer_of
    ):
        self.ask(as_user(resident))
        officer = as_user(officer_of("kelurahan"))
        page = officer.get(f"/siap-pak-rt/hak/{self.one().pk}/").content.decode()
        assert ("Islam" in page, "Katolik" in page, "Siti Ni&#x27;mah" in page) == (True, True, True)
        assert officer.post(f"/siap-pak-rt/hak/{self.one().pk}/", {"putusan": "kabulkan"}).status_code == 302
        with scoped(everyone("99.01", "x")):
            assert Person.objects.get(pk=resident.person_id).religion == 3
            assert Peristiwa.objects.get(person_id=resident.person_id).kind == "data_change"
        assert Message.objects.get(user=resident, kind="hak").title == "Permintaan perbaikan data Anda dikabulkan"

    def test_refusing_needs_a_reason_and_changes_nothing(self, resident, as_user, officer_of):
        self.ask(as_user(resident))
        officer, url = as_user(officer_of("kelurahan")), f"/siap-pak-rt/hak/{self.one().pk}/"
        refused = officer.post(url, {"putusan": "tolak", "answer": " "})
        assert (refused.status_code, "Tulis alasannya" in refused.content.decode()) == (422, True)
        officer.post(url, {"putusan": "tolak", "answer": "Belum ada bukti"})
        assert (self.one().state, self.one().answer) == ("refused", "Belum ada bukti")
        with scoped(everyone("99.01", "x")):
            assert Person.objects.get(pk=resident.person_id).religion == 1

    def test_the_same_form_twice_is_one_request(self, resident, as_user):
        browser = as_user(resident)
        self.ask(browser), self.ask(browser)
        assert self.one().state == "open"

    def test_what_is_already_so_is_refused_at_the_field_and_the_text_is_kept(self, resident, as_user):
        page = self.ask(as_user(resident), wanted="1")
        assert page.status_code == 422
        assert "sama dengan yang tercatat" in page.content.decode()
        assert "sesuai KTP" in page.content.decode()

    def test_a_record_changed_since_is_not_overwritten(self, resident, as_user, officer_of):
        self.ask(as_user(resident))
        with scoped(everyone("99.01", "x")):
            Person.objects.filter(pk=resident.person_id).update(religion=2)
        answer = as_user(officer_of("kelurahan")).post(f"/siap-pak-rt/hak/{self.one().pk}/", {"putusan": "kabulkan"})
        assert "sudah diubah sejak diminta" in answer.content.decode()
        assert self.one().state == "open"

    def test_an_officer_of_another_kelurahan_finds_nothing(self, resident, as_user, officer_of):
        self.ask(as_user(resident))
        stranger = as_user(officer_of("kelurahan", "99.01.01.1002"))
        assert stranger.get(f"/siap-pak-rt/hak/{self.one().pk}/").status_code == 404
        assert "Ni&#x27;mah" not in stranger.get("/siap-pak-rt/hak/").content.decode()

    def test_the_queue_asks_few_questions_of_the_database(
        self, resident, as_user, officer_of, django_assert_max_num_queries
    ):
        browser = as_user(resident)
        for at in range(15):
            self.ask(browser, field="name", wanted=f"Siti Nikmah {at}", key=str(at))
        officer = as_user(officer_of("kelurahan"))
        with django_assert_max_num_queries(14):
            assert officer.get("/siap-pak-rt/hak/").content.count(b"perbaikan data") == 15

    def test_one_who_took_it_back_is_not_answered_any_more(self, resident, as_user, officer_of):
        browser = as_user(resident)
        self.ask(browser)
        browser.post(f"{HAK}{self.one().pk}/tarik/")
        officer = as_user(officer_of("kelurahan"))
        answer = officer.post(f"/siap-pak-rt/hak/{self.one().pk}/", {"putusan": "kabulkan"})
        assert (answer.status_code, self.one().state) == (422, "withdrawn")


@pytest.mark.django_db
class TestRestriction:
    def restricted(self, resident, as_user, officer_of):
        as_user(resident).post(f"{HAK}pembatasan/", {"text": "Saya korban penipuan", "idempotency_key": "satu"})
        with scoped(everyone("99.01", "x")):
            pk = DataRequest.objects.get(kind="restriction").pk
        assert (
            as_user(officer_of("dukcapil", "99.01"))
            .post(f"/siap-pak-rt/hak/{pk}/", {"putusan": "kabulkan"})
            .status_code
            == 302
        )

    def test_only_the_registry_and_the_person_still_see_the_record(self, resident, as_user, officer_of):
        self.restricted(resident, as_user, officer_of)
        for area in (RT, KELURAHAN, "99.01.01"):
            with scoped(everyone(area, "civil.pelayanan")):
                assert resident.person_id not in set(Person.objects.values_list("pk", flat=True))
                with connection.cursor() as cursor:
                    cursor.execute("SELECT count(*) FROM civil_person WHERE id = %s", [resident.person_id])
                    assert cursor.fetchone() == (0,)
                with pytest.raises(NotFound):
                    register.person(resident.person_id)
        with scoped(everyone("99.01", "civil.pelayanan")):
            assert register.person(resident.person_id).name == "Siti Ni'mah"
        with scoped(register.scope_for(resident, "x")):
            assert register.person(resident.person_id).name == "Siti Ni'mah"

    def test_it_is_lifted_at_the_persons_wish(self, resident, as_user, officer_of):
        self.restricted(resident, as_user, officer_of)
        as_user(resident).post(f"{HAK}pembatasan/", {"cabut": "1", "idempotency_key": "dua"})
        with scoped(everyone("99.01", "x")):
            pk = DataRequest.objects.get(kind="lifting").pk
            rights.decide(pk, grant=True, answer="")
        with scoped(everyone(RT, "civil.pelayanan")):
            assert register.person(resident.person_id).restricted_since is None

    def test_a_kelurahan_officer_does_not_decide_on_it(self, resident, as_user, officer_of):
        as_user(resident).post(f"{HAK}pembatasan/", {"text": "alasan", "idempotency_key": "satu"})
        with scoped(everyone("99.01", "x")):
            pk = DataRequest.objects.get().pk
        assert as_user(officer_of("kelurahan")).get(f"/siap-pak-rt/hak/{pk}/").status_code == 404

    def test_a_second_wish_while_one_waits_is_said_so(self, resident, as_user):
        browser = as_user(resident)
        for key in ("satu", "dua"):
            browser.post(f"{HAK}pembatasan/", {"text": "alasan", "idempotency_key": key})
        assert "sedang menunggu jawaban" in browser.get(HAK).content.decode()


@pytest.mark.django_db
class TestReminders:
    def test_officers_are_reminded_once_a_stage_and_the_auditor_when_time_is_up(self, resident, as_user, officer_of):
        officer = officer_of("kelurahan")
        auditor = User.objects.create_user("auditor", PASSWORD, name="Auditor", kind="official")
        assign(auditor, "auditor", unit_code="INSPEKTORAT", unit_name="Inspektorat")
        as_user(resident).post(f"{HAK}perbaikan/name/", {"wanted": "Siti Nikmah", "text": "", "idempotency_key": "a"})
        with scoped(everyone("99.01", "x")):
            pk = DataRequest.objects.get().pk
        rights_clock.remind()
        assert not Message.objects.filter(user=officer).exists()
        ago(50, pk)
        rights_clock.remind(), rights_clock.remind()
        assert [m.title for m in Message.objects.filter(user=officer)] == ["Tinggal kurang dari 24 jam untuk menjawab"]
        assert not Message.objects.filter(user=auditor).exists()
        ago(73, pk)
        rights_clock.remind(), rights_clock.remind()
        assert Message.objects.filter(user=officer).count() == 2
        assert Message.objects.get(user=auditor).title == "Batas 3x24 jam sudah lewat"


def test_of_two_officers_who_decide_at_once_one_decision_stands(fresh_database):
    people = make_town()
    asker = User.objects.create_user("nimah", PASSWORD, name="Siti Ni'mah", person_id=people.mother.pk)
    with scoped(register.scope_for(asker, "x")):
        asked = rights.ask_correction(asker, people.mother.pk, "name", "Siti Nikmah", "", key="satu")
    outcomes, gate = [], threading.Barrier(2)

    def press(grant: bool) -> None:
        with scoped(everyone("99.01", "x")):
            gate.wait()
            try:
                outcomes.append(rights.decide(asked.pk, grant=grant, answer="karena itu").state)
            except Refused as refusal:
                outcomes.append(refusal.code)
        connection.close()

    both = [threading.Thread(target=press, args=(grant,)) for grant in (True, False)]
    [one.start() for one in both]
    [one.join() for one in both]
    assert sorted(outcomes) in (["done", "sudah-diputus"], ["refused", "sudah-diputus"])
    with scoped(everyone("99.01", "x")):
        name = Person.objects.get(pk=people.mother.pk).name
    assert name == ("Siti Nikmah" if "done" in outcomes else "Siti Ni'mah")
