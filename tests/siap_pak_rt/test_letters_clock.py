"""Letters over time: promises, reminders, escalation, deaths and moves, messages, measures."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from pasti.civil import services as civil
from pasti.kernel import clock
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import everyone, scoped
from pasti.kernel.notify.models import Message
from pasti.kernel.outbox.services import deliver_waiting
from pasti.kernel.places.models import Holiday
from pasti.kernel.publish.registry import registry, subscriptions
from pasti.kernel.publish.services import measure_now as measured
from pasti.siap_pak_rt.models import LetterStep
from pasti.siap_pak_rt.queries import letters_tasks
from pasti.siap_pak_rt.services import letters_clock

from .letters import CITY, RT, asked, decided, issued, official
from .letters import scoped_letter as fresh

pytestmark = pytest.mark.django_db
ZONE = clock.city_zone()


@pytest.fixture(autouse=True)
def _in_this_city(settings: Any) -> None:
    settings.PASTI_CITY = {"code": "99.01"}


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`at(2026, 12, 24, 10)`: the city's clock shows this moment."""

    def show(*moment: int) -> None:
        monkeypatch.setattr(timezone, "now", lambda: dt.datetime(*moment, tzinfo=ZONE).astimezone(dt.UTC))  # type: ignore[arg-type]

    return show


def verdicts(letter: Any) -> list[str]:
    with scoped(CITY):
        return list(LetterStep.objects.filter(letter=letter).order_by("id").values_list("verdict", flat=True))


def heard(user: User) -> list[str]:
    deliver_waiting(subscriptions())
    return list(Message.objects.filter(user=user).order_by("id").values_list("title", flat=True))


def officials() -> tuple[User, User, User]:
    """Heads who hold their office since long before the days of these tests."""
    from pasti.kernel.accounts.models import Assignment

    made = official("ketua_rt"), official("ketua_rw"), official("kelurahan")
    Assignment.objects.update(starts=dt.date(2026, 1, 1))
    return made


def test_promises_count_working_days_without_holidays_over_the_turn_of_the_year(town: Any, siti: Any, at: Any) -> None:
    Holiday.objects.create(date=dt.date(2026, 12, 31), name="Libur", changed_at=timezone.now())
    at(2026, 12, 30, 23)  # a Wednesday, late
    letter = asked(siti, town.mother)
    assert letter.promised_on == dt.date(2027, 1, 6), "Friday, then Monday to Wednesday"
    assert letter.step_due_at.astimezone(ZONE) == dt.datetime(2027, 1, 2, tzinfo=ZONE)


def test_what_is_late_is_reminded_once_and_a_working_day_later_passed_on_once(town: Any, siti: Any, at: Any) -> None:
    rt, rw, _kelurahan = officials()
    at(2026, 11, 27, 9)  # a Friday
    letter = asked(siti, town.mother)
    at(2026, 11, 30, 23)
    assert letters_clock.watch() == 0, "Monday is not over"
    at(2026, 12, 1, 0, 30)
    assert [letters_clock.watch() for _ in range(3)] == [1, 0, 0]
    assert verdicts(letter) == ["ask", "remind"]
    at(2026, 12, 2, 9)
    letters_clock.watch()
    assert [letters_clock.watch() for _ in range(2)] == [0, 0]
    assert verdicts(letter) == ["ask", "remind", "escalate"]
    assert fresh(letter.pk).escalated_at is not None
    assert any("menunggu Anda" in title for title in heard(rt))
    assert any("menunggu Anda" in title for title in heard(rw))
    assert any("terlambat" in title for title in heard(siti))
    assert decided(rw, letter).state == "at_rw", "the RW acts for the RT on the version the page showed"
    assert fresh(letter.pk).escalated_at is None, "the next step has a clock of its own"


def test_a_weekend_or_holiday_does_not_escalate(town: Any, siti: Any, at: Any) -> None:
    officials()
    at(2026, 12, 23, 9)
    letter = asked(siti, town.mother)  # due on Thursday 24
    Holiday.objects.get_or_create(date=dt.date(2026, 12, 25), defaults={"name": "Natal", "changed_at": timezone.now()})
    at(2026, 12, 27, 12)  # Sunday after a holiday
    letters_clock.watch()
    assert verdicts(letter) == ["ask", "remind"]
    at(2026, 12, 28, 9)
    letters_clock.watch()
    assert verdicts(letter) == ["ask", "remind", "escalate"]


def test_a_vacant_office_lets_the_level_above_act_at_once(town: Any, siti: Any) -> None:
    rw = official("ketua_rw")
    assert decided(rw, asked(siti, town.mother)).state == "at_rw"


def test_the_resident_hears_of_every_step(town: Any, siti: Any, heads: Any) -> None:
    letter = asked(siti, town.mother, "domisili")
    decided(heads[0], letter, "meet", reason="Datang nanti malam")
    decided(heads[0], letter, seen_version=2)
    assert heard(siti) == ["Keterangan Domisili: permintaan diterima", "Keterangan Domisili: Ketua RT ingin bertemu",
                           "Keterangan Domisili: sudah terbit"]  # fmt: skip
    assert "Datang nanti malam" in Message.objects.get(title__contains="bertemu").body


def test_death_and_moving_close_what_is_open(town: Any, siti: Any, heads: Any) -> None:
    done = issued(asked(siti, town.mother, "domisili"), heads[0])
    mine, childs = asked(siti, town.mother), asked(siti, town.child)
    report = civil.Report(clock.today(), "civil.pelayanan")
    with scoped(everyone("99.01", "civil.pelayanan")):
        civil.report_death(town.mother.pk, report)
        civil.report_move_out([town.child.pk], report)
    deliver_waiting(subscriptions())
    assert (fresh(mine.pk).state, fresh(childs.pk).state, fresh(done.pk).state) == ("closed", "closed", "issued")
    with scoped(CITY):
        reasons = set(LetterStep.objects.filter(verdict="close").values_list("reason", flat=True))
    assert reasons == {"Pemilik surat tercatat meninggal dunia", "Pemilik surat tercatat pindah ke luar kota"}


def test_the_measures_count_what_happened_and_can_be_proved(town: Any, siti: Any, heads: Any) -> None:
    issued(asked(siti, town.mother, "domisili"), heads[0])
    issued(asked(heads[0], town.father, "domisili"), heads[0])
    asked(siti, town.mother)
    start = clock.start_of_day(clock.today().replace(day=1)).astimezone(dt.UTC)
    end = start + dt.timedelta(days=32)
    with scoped(CITY):
        found = {
            code: measured(code, start, end, "99.01")
            for code in registry().measures
            if code.startswith("siap_pak_rt.letters")
        }
        assert len(found) == 5
        in_time, online = found["siap_pak_rt.letters_in_time"], found["siap_pak_rt.letters_online"]
        assert (in_time.numerator, in_time.denominator) == (2, 2)
        assert (online.numerator, online.denominator) == (2, 3)
        assert found["siap_pak_rt.letters_days_rt"].row_count == 2
        assert found["siap_pak_rt.letters_days_rw"].value is None
        elsewhere = measured("siap_pak_rt.letters_online", start, end, RT.replace("1001", "1002"))
    assert elsewhere.denominator == 0


def test_a_copy_of_my_data_holds_my_letters(town: Any, siti: Any, heads: Any) -> None:
    issued(asked(siti, town.mother, "domisili"), heads[0])
    (record,) = letters_tasks.records_of(town.mother.pk)
    assert (record["jenis"], record["isian keperluan"]) == ("Keterangan Domisili", "Membuka rekening")
    assert "approve ketua_rt" in record["langkah"]
