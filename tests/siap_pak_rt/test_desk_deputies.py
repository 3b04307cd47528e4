"""While the head is away a deputy has the same role at the same place, for the days given and no longer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from pasti.kernel.accounts.access import can, held_for, scope_where
from pasti.kernel.accounts.models import Assignment, User
from pasti.kernel.accounts.scope import Scope, scope_of, scoped
from pasti.kernel.accounts.services import assign, take_away
from pasti.kernel.clock import now, today
from pasti.kernel.errors import NotFound, Refused
from pasti.siap_pak_rt.queries.desk_deputies import acting_for, deputies_of
from pasti.siap_pak_rt.services import desk_deputies as deputies
from tests.siap_pak_rt.conftest import KELURAHAN, OTHER_KELURAHAN, OTHER_RT, RT

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
HERE = Scope((KELURAHAN,), (), "kernel.accounts")


@pytest.fixture
def head(official: Callable[..., User]) -> User:
    return official("ketua_rt", RT)


@pytest.fixture
def neighbour(town: Any) -> User:
    return User.objects.create_user("siti", name="Siti", person_id=town.mother.pk, seen_at=now())


def appointed(user: User, starts: dt.date, ends: dt.date) -> Assignment:
    with scoped(HERE):
        return deputies.appoint(RT, user, starts=starts, ends=ends)


def test_a_deputy_sees_the_rt_on_the_days_given_and_not_before_or_after(head: User, neighbour: User) -> None:
    first, last = today() + 3 * DAY, today() + 5 * DAY
    given = appointed(neighbour, first, last)
    for day, acts in ((first - DAY, False), (first, True), (last, True), (last + DAY, False)):
        assert (RT in scope_of(neighbour, "x", today=day).areas) is acts
        assert (acting_for(neighbour, RT, day) is not None) is acts
        assert [one.pk for one in deputies_of(RT, day)] == ([given.pk] if acts else [])
    assert acting_for(head, RT, first).deputy is False, "the head goes on being the head"


def test_appointing_twice_is_appointing_once(head: User, neighbour: User) -> None:
    assert appointed(neighbour, today(), today() + DAY) == appointed(neighbour, today(), today() + DAY)
    assert neighbour.assignments.count() == 1


def test_a_deputy_sent_home_early_loses_the_rt_at_that_moment(head: User, neighbour: User) -> None:
    given = appointed(neighbour, today(), today() + DAY)
    with scoped(HERE):
        assert deputies.dismiss(given.pk) is True
        assert deputies.dismiss(given.pk) is False
    assert scope_of(User.objects.get(pk=neighbour.pk), "x").areas == ()
    assert appointed(neighbour, today(), today() + DAY).pk != given.pk, "and may be appointed again the same day"


@pytest.mark.parametrize(
    ("starts", "ends", "code"),
    [(0, -1, "tanggal-tidak-sah"), (-9, -2, "tanggal-tidak-sah"), (0, 400, "tanggal-tidak-sah")],
)
def test_impossible_days_are_refused_at_the_field(
    head: User, neighbour: User, starts: int, ends: int, code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        appointed(neighbour, today() + starts * DAY, today() + ends * DAY)
    assert (refusal.value.code, refusal.value.field) == (code, "ends")


def test_a_unit_without_a_head_has_no_deputy(neighbour: User) -> None:
    with pytest.raises(Refused, match="ketuanya"):
        appointed(neighbour, today(), today())


def test_a_head_is_not_the_own_deputy_and_days_do_not_overlap(head: User, neighbour: User) -> None:
    with pytest.raises(Refused) as refusal:
        appointed(head, today(), today())
    assert refusal.value.code == "ketua-sendiri"
    appointed(neighbour, today(), today() + 2 * DAY)
    with pytest.raises(Refused) as refusal:
        appointed(neighbour, today() + DAY, today() + 4 * DAY)
    assert refusal.value.code == "sudah-pengganti"


def test_another_kelurahan_cannot_appoint_here(head: User, neighbour: User) -> None:
    given = appointed(neighbour, today(), today())
    with scoped(Scope((OTHER_KELURAHAN,), (), "kernel.accounts")):
        with pytest.raises(NotFound):
            deputies.appoint(RT, neighbour, starts=today(), ends=today())
        with pytest.raises(NotFound):
            deputies.dismiss(given.pk)


def test_a_right_counts_only_where_its_role_is_held(official: Callable[..., User]) -> None:
    user = official("ketua_rt", RT)
    assign(user, "kelurahan", unit_code=OTHER_KELURAHAN, unit_name="Lain", area_code=OTHER_KELURAHAN)
    assert scope_of(user, "x").areas == (RT, OTHER_KELURAHAN), "what one sees adds up"
    assert scope_where(user, "civil.write", "x").areas == (OTHER_KELURAHAN,), "what one may do does not"
    assert [one.role for one in held_for(user, "civil.write")] == ["kelurahan"]
    assert not OTHER_RT.startswith(RT)


def test_a_role_taken_away_on_its_first_day_is_gone_at_once(head: User) -> None:
    assert can(head, "civil.read")
    assert take_away(head.assignments.get().pk) is True
    assert not can(User.objects.get(pk=head.pk), "civil.read")
    assert take_away(head.assignments.get().pk) is False
