"""A letter from the wish to the signature, and everything that can come between."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from pasti.kernel.accounts.models import Assignment
from pasti.kernel.accounts.scope import everyone, scoped
from pasti.kernel.audit.models import Entry
from pasti.kernel.clock import today
from pasti.kernel.errors import NotFound, Refused
from pasti.siap_pak_rt.models import Letter, LetterStep
from pasti.siap_pak_rt.rules import working_days
from pasti.siap_pak_rt.services import letters
from tests.civil.conftest import OTHER_RT

from .letters import KELURAHAN, RT, RW, as_, asked, decided, issued, official

pytestmark = pytest.mark.django_db


def steps(letter: Letter) -> list[tuple[str, str]]:
    with scoped(everyone("99.01", "siap_pak_rt.letters")):
        return list(LetterStep.objects.filter(letter=letter).order_by("id").values_list("verdict", "actor_role"))


def test_from_the_wish_to_the_signature(town: Any, siti: Any, heads: Any, printed: list[Any]) -> None:
    letter = asked(siti, town.mother)
    assert (letter.state, letter.rt_code) == ("at_rt", RT)
    assert letter.promised_on == working_days.add(today(), 4)
    rt, rw, kelurahan = heads
    assert decided(rt, letter).state == "at_rw"
    assert decided(rw, letter, seen_version=2).state == "at_kelurahan"
    assert decided(kelurahan, letter, seen_version=3).state == "to_sign"
    done = decided(kelurahan, letter, seen_version=4)
    assert (done.state, done.number) == ("issued", f"581/0001/{KELURAHAN}/{today().year}")
    assert steps(letter) == [("ask", "warga"), ("approve", "ketua_rt"), ("approve", "ketua_rw"),
                             ("approve", "kelurahan"), ("approve", "kelurahan")]  # fmt: skip
    (content,) = printed
    assert done.paper_id is not None
    assert (content.title, content.number, content.issuer) == ("Keterangan Usaha", done.number, "Kelurahan Su'ung")
    assert dict(content.person_lines)["NIK"] == town.mother.nik
    assert "usaha Warung kopi (Perorangan) sejak 31 Januari 2020 dengan modal Rp1.500.000" in content.paragraphs[0]
    assert content.paragraphs[-1].startswith("Demikian")
    assert (content.signer_title, content.signer_id) == ("Lurah Su'ung", kelurahan.pk)


def test_kinds_that_end_earlier_are_issued_there_with_numbers_of_their_own(
    town: Any, siti: Any, heads: Any, printed: list[Any]
) -> None:
    rt, rw, _kelurahan = heads
    home = issued(asked(siti, town.child, "domisili"), rt)
    assert (home.state, home.number, home.unit_code) == ("issued", f"001/RT.01/RW.01/{today().year}", RT)
    party = issued(asked(siti, town.mother, "keramaian"), rt, rw)
    assert (party.state, party.number, party.unit_code) == ("issued", f"001/RW.01/{today().year}", RW)
    assert [one.issuer for one in printed] == ["RT 01 RW 01 Kelurahan Su'ung", "RW 01 Kelurahan Su'ung"]


def test_the_same_wish_sent_twice_is_one_letter(town: Any, siti: Any) -> None:
    first, again = (asked(siti, town.mother, client_id="k1") for _ in range(2))
    assert first.pk == again.pk
    assert asked(siti, town.mother, client_id="k2").pk != first.pk


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [({"jenis_usaha": " "}, "jenis_usaha"), ({"mulai": "besok"}, "mulai"), ({"modal": "1.5 juta"}, "modal"),
     ({"bentuk": "PT"}, "bentuk"), ({"nik": "1"}, "nik"), ({"jenis_usaha": "x" * 121}, "jenis_usaha")],
)  # fmt: skip
def test_a_wrong_field_is_named(town: Any, siti: Any, fields: Any, wrong: str) -> None:
    with pytest.raises(Refused) as refusal:
        asked(siti, town.mother, **fields)
    assert (refusal.value.code, refusal.value.field) == ("isian-tidak-sah", wrong)


def test_nobody_asks_for_strangers_but_officials_at_the_counter_of_their_own_area(
    town: Any, siti: Any, heads: Any
) -> None:
    with pytest.raises(NotFound):
        asked(siti, town.stranger)
    rt, rw, kelurahan = heads
    assert asked(rt, town.father).channel == asked(kelurahan, town.father).channel == "counter"
    for who, person in ((rt, town.stranger), (rw, town.father), (official("ketua_rt", OTHER_RT), town.father)):
        with pytest.raises((NotFound, PermissionDenied)):
            asked(who, person)


def test_a_kind_that_is_not_offered_or_unknown_is_not_found(town: Any, siti: Any) -> None:
    for kind in ("dinas", "tidak-ada"):
        with as_(siti), pytest.raises(NotFound):
            letters.request_letter(letters.LetterAsked(kind, town.mother.pk))


def test_proof_is_asked_of_residents_where_the_kind_needs_it(town: Any, siti: Any, heads: Any) -> None:
    with pytest.raises(Refused) as refusal:
        asked(siti, town.mother, "kk")
    assert refusal.value.code == "lampiran-wajib"
    assert asked(heads[0], town.mother, "kk").state == "at_rt", "the head saw the paper at the counter"


def test_meeting_first_and_deciding_later(town: Any, siti: Any, heads: Any) -> None:
    rt, rw, _kelurahan = heads
    letter = asked(siti, town.mother)
    due = letter.step_due_at
    with pytest.raises(Refused, match="alasan"):
        decided(rt, letter, "meet")
    letter = decided(rt, letter, "meet", reason="Bawa KTP ke rumah saya jam 19")
    assert (letter.state, letter.step_due_at) == ("meet", due), "the clock goes on"
    with pytest.raises(Refused) as refusal:
        decided(rt, letter, "meet", reason="Lagi")
    assert refusal.value.code == "putusan-tidak-sah"
    assert decided(rt, letter).state == "at_rw"
    with pytest.raises(Refused):
        decided(rw, letter, "meet", reason="x", seen_version=3)


def test_refusing_ends_it_with_the_reason(town: Any, siti: Any, heads: Any) -> None:
    letter = asked(siti, town.mother)
    with pytest.raises(Refused) as refusal:
        decided(heads[0], letter, "refuse", reason="  ")
    assert (refusal.value.code, refusal.value.field) == ("alasan-kosong", "reason")
    assert decided(heads[0], letter, "refuse", reason="Usaha ini di RT lain").state == "refused"
    with pytest.raises(Refused) as late:
        decided(heads[0], letter, seen_version=2)
    assert late.value.code == "bukan-giliran"
    assert "ditolak oleh Ketua RT" in late.value.message


def test_who_comes_second_is_told_what_happened(town: Any, siti: Any, heads: Any) -> None:
    letter, second = asked(siti, town.mother), official("ketua_rt")
    decided(heads[0], letter)
    with pytest.raises(Refused) as refusal:
        decided(second, letter, "refuse", reason="Bukan warga sini", seen_version=1)
    assert (refusal.value.code, refusal.value.status) == ("sudah-diputus", 409)
    assert "disetujui oleh Ketua RT" in refusal.value.message


def test_the_same_press_twice_is_one_step(town: Any, siti: Any, heads: Any) -> None:
    letter = asked(siti, town.mother)
    first = decided(heads[0], letter, client_id="tap", seen_version=1)
    again = decided(heads[0], letter, client_id="tap", seen_version=1)
    assert (first.version, again.version, again.state) == (2, 2, "at_rw")
    assert len(steps(letter)) == 2


def test_only_the_own_unit_decides_and_only_in_its_turn(town: Any, siti: Any, heads: Any) -> None:
    rt, rw, kelurahan = heads
    letter = asked(siti, town.mother)
    for early in (rw, kelurahan):
        with pytest.raises(Refused) as refusal:
            decided(early, letter)
        assert refusal.value.code == "bukan-giliran"
    for stranger in (official("ketua_rt", OTHER_RT), official("kelurahan", OTHER_RT.rsplit(".", 2)[0])):
        with pytest.raises(NotFound):
            decided(stranger, letter)
    with pytest.raises(PermissionDenied):
        decided(siti, letter)
    decided(rt, letter)
    with pytest.raises(Refused):
        decided(rt, letter, seen_version=2)


def test_a_role_that_ended_between_look_and_press_opens_nothing(town: Any, siti: Any, heads: Any) -> None:
    from pasti.kernel.accounts.access import actor_for
    from pasti.kernel.context import acting_as

    letter, rt = asked(siti, town.mother), heads[0]
    with acting_as(actor_for(rt)):  # the page was shown
        Assignment.objects.filter(user=rt).update(
            starts=today() - working_days.DAY * 9, ends=today() - working_days.DAY
        )
        with pytest.raises(PermissionDenied):
            letters.decide(letter.pk, "approve", seen_version=1)


def test_a_head_does_not_decide_on_the_own_family(town: Any, siti: Any) -> None:
    head, rw = official("ketua_rt", person_id=town.father.pk), official("ketua_rw")
    letter = asked(siti, town.mother)
    with pytest.raises(Refused) as refusal:
        decided(head, letter)
    assert refusal.value.code == "surat-sendiri"
    done = decided(rw, letter)  # in the RT's place, from the first day on
    assert done.state == "at_rw"
    with scoped(everyone("99.01", "siap_pak_rt.letters")):
        step = LetterStep.objects.get(letter=letter, version=2)
    assert (step.actor_role, step.deputy_for, step.level) == ("ketua_rw", "Ketua RT", "rt")
    assert decided(rw, done).state == "at_kelurahan"


def test_where_another_holds_the_office_too_the_letter_stays_there(town: Any, siti: Any, heads: Any) -> None:
    official("ketua_rt", person_id=town.father.pk)
    letter = asked(siti, town.mother)
    with pytest.raises(Refused) as refusal:
        decided(heads[1], letter)
    assert refusal.value.code == "bukan-giliran"
    assert decided(heads[0], letter).state == "at_rw"


def test_a_resident_takes_it_back_until_it_is_issued(town: Any, siti: Any, heads: Any) -> None:
    letter = asked(siti, town.mother)
    with as_(siti):
        assert letters.cancel(letter.pk).state == "cancelled"
        assert letters.cancel(letter.pk).version == 2
    home = issued(asked(siti, town.mother, "domisili"), heads[0])
    with as_(siti), pytest.raises(Refused, match="diterbitkan"):
        letters.cancel(home.pk)
    with as_(heads[0]), pytest.raises(NotFound):
        letters.cancel(letter.pk)


def test_the_kelurahan_revokes_with_a_reason(town: Any, siti: Any, heads: Any, printed: Any, revoked: Any) -> None:
    home = issued(asked(siti, town.mother, "domisili"), heads[0])
    with as_(heads[0]), pytest.raises(PermissionDenied):
        letters.revoke(home.pk, "Keliru")
    with as_(heads[2]):
        with pytest.raises(Refused):
            letters.revoke(home.pk, "")
        assert letters.revoke(home.pk, "Alamat keliru").state == "revoked"
        letters.revoke(home.pk, "Alamat keliru")
    assert revoked == [(home.paper_id, "Alamat keliru")]


def test_every_step_stays_and_is_seen_in_jejak_akses(town: Any, siti: Any, heads: Any) -> None:
    letter = issued(asked(siti, town.mother, "domisili"), heads[0])
    trail = Entry.objects.filter(subject_id=town.mother.pk, object_type="letter").order_by("id")
    assert [one.action for one in trail] == ["siap_pak_rt.letter.ask", "siap_pak_rt.letter.approve"]
    with scoped(everyone("99.01", "siap_pak_rt.letters")), pytest.raises(Exception, match="permission denied"):
        LetterStep.objects.filter(letter=letter).update(reason="lain")


def test_without_a_scope_no_letter_is_seen_even_in_sql(town: Any, siti: Any) -> None:
    asked(siti, town.mother)
    assert not Letter.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM siap_pak_rt_letter")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM siap_pak_rt_letterstep")
        assert cursor.fetchone() == (0,)
