"""An RT changes hands: the old head is out with the next click, the new one finds the ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from pasti.civil import services as civil
from pasti.kernel.accounts.models import Assignment, User
from pasti.kernel.accounts.scope import everyone, scoped
from pasti.kernel.clock import now, today
from pasti.kernel.publish.services import measure_now, verify
from tests.siap_pak_rt.conftest import KELURAHAN, OTHER_KELURAHAN, OTHER_RT, RT

pytestmark = pytest.mark.django_db
UNIT = f"/siap-pak-rt/serah-terima/{RT}/"
DAY = dt.timedelta(days=1)


@pytest.fixture
def old(official: Callable[..., User], browsing: Callable[[User], Client]) -> Client:
    return browsing(official("ketua_rt", RT, "pak_lama"))


@pytest.fixture
def officer(official: Callable[..., User], browsing: Callable[[User], Client]) -> Client:
    return browsing(official("kelurahan", KELURAHAN, "petugas"))


@pytest.fixture
def successor(town: Any) -> User:
    return User.objects.create_user("siti", name="Siti Ni'mah", person_id=town.mother.pk, seen_at=now())


def test_the_office_passes_in_one_moment_with_its_ledger(
    town: Any, old: Client, officer: Client, successor: User, browsing: Callable[[User], Client]
) -> None:
    new = browsing(successor)
    given = {"occurred_on": "2026-11-02", "idempotency_key": "k"}
    report = old.post(f"/siap-pak-rt/lapor/baru/kematian/?orang={town.father.pk}", given).url
    assert new.get(report).status_code == 403
    assert "Serahkan jabatan" in officer.get(f"{UNIT}?q=ni'mah").content.decode()
    for _ in range(2):
        assert officer.post(f"{UNIT}serahkan/", {"user": successor.pk}).status_code == 302
    assert [old.get(path).status_code for path in (report, "/siap-pak-rt/keluarga/", "/siap-pak-rt/lapor/")] == [
        403
    ] * 3
    assert old.post(f"{report}tarik/").status_code == 403
    assert new.get(report).status_code == 200
    assert "pak_lama" not in new.get("/siap-pak-rt/lapor/buku/").content.decode()
    assert "ketua_rt" in new.get("/siap-pak-rt/lapor/buku/").content.decode(), "who had sent it, by name"
    assert Assignment.objects.filter(unit_code=RT, role="ketua_rt", ended_at=None).count() == 1


def test_handing_over_ends_deputies_too_also_those_to_come(
    old: Client, officer: Client, successor: User, town: Any
) -> None:
    child = User.objects.create_user("zahra", name="Zahra", person_id=town.child.pk, seen_at=now())
    for first in (today(), today() + 5 * DAY):
        given = {"user": child.pk, "starts": str(first), "ends": str(first + 2 * DAY)}
        assert officer.post(f"{UNIT}pengganti/", given).status_code == 302
    assert "Pengganti" in officer.get(UNIT).content.decode()
    officer.post(f"{UNIT}serahkan/", {"user": successor.pk})
    assert Assignment.objects.filter(unit_code=RT, deputy=True, ended_at=None).count() == 0


def test_an_account_that_anyone_could_have_made_gets_no_office(
    old: Client, officer: Client, successor: User, browsing: Callable[[User], Client]
) -> None:
    User.objects.filter(pk=successor.pk).update(seen_at=None)
    listed = officer.get(f"{UNIT}?q=ni'mah").content.decode()
    assert ("Tingkat 2: belum dilihat petugas" in listed, "Serahkan jabatan<" in listed) == (True, False)
    given = {"user": successor.pk, "q": "ni'mah", "starts": str(today()), "ends": str(today() + DAY)}
    for act in ("serahkan/", "pengganti/"):
        answer = officer.post(f"{UNIT}{act}", given)
        page = answer.content.decode()
        assert (answer.status_code, "belum dilihat petugas. Ia perlu datang" in page, "Tingkat 2" in page) == (
            422,
            True,
            True,
        )
    assert old.get("/siap-pak-rt/keluarga/").status_code == 200
    assert browsing(successor).get("/siap-pak-rt/keluarga/").status_code == 403
    assert not successor.assignments.exists()


def test_impossible_days_of_a_deputy_are_said(old: Client, officer: Client, successor: User) -> None:
    given = {"user": successor.pk, "starts": str(today()), "ends": str(today() - DAY), "q": "siti"}
    answer = officer.post(f"{UNIT}pengganti/", given)
    assert answer.status_code == 422
    assert "Hari terakhir sudah lewat" in answer.content.decode()


def test_an_office_can_end_with_nobody_in_place(old: Client, officer: Client) -> None:
    assert officer.post(f"{UNIT}kosongkan/").status_code == 302
    assert old.get("/siap-pak-rt/keluarga/").status_code == 403
    assert "Belum ada ketua" in officer.get(UNIT).content.decode()


def test_only_the_own_kelurahan_and_only_to_its_residents(
    old: Client, officer: Client, successor: User, town: Any, official: Any, browsing: Any
) -> None:
    stranger = User.objects.create_user("budi", name="Budi", person_id=town.stranger.pk)
    assert officer.post(f"{UNIT}serahkan/", {"user": stranger.pk}).status_code == 404
    assert officer.post(f"/siap-pak-rt/serah-terima/{OTHER_RT}/serahkan/", {"user": successor.pk}).status_code == 404
    far = browsing(official("kelurahan", OTHER_KELURAHAN))
    assert far.post(f"{UNIT}serahkan/", {"user": successor.pk}).status_code == 404
    assert old.get(UNIT).status_code == 403
    assert old.get("/siap-pak-rt/keluarga/").status_code == 200


@pytest.mark.parametrize(
    ("code", "value"),
    [("siap_pak_rt.reported_in_time", 100), ("siap_pak_rt.families_verified", 100), ("siap_pak_rt.rts_active", 50)],
)
def test_what_the_desk_does_is_measured_and_can_be_computed_again(
    town: Any, old: Client, officer: Client, code: str, value: float
) -> None:
    day = today()
    report = old.post(
        f"/siap-pak-rt/lapor/baru/kematian/?orang={town.father.pk}", {"occurred_on": str(day), "idempotency_key": "m"}
    ).url
    officer.post(f"{report}sahkan/")
    with scoped(everyone("99.01", "x")):
        civil.verify_family(town.family.pk, purpose="x")
        found = measure_now(code, now() - 30 * DAY, now() + DAY, "99.01")
        assert float(found.value or -1) == value
        assert verify(found.pk).holds
