"""Roles are dated, rights are granted, tokens open only what they name."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from pasti.kernel.accounts import scope, services
from pasti.kernel.accounts.access import can, require
from pasti.kernel.accounts.models import AccessToken, User
from pasti.kernel.accounts.roles import ROLES
from pasti.kernel.accounts.scope import Scope, current_scope, scope_of, scoped
from pasti.kernel.clock import now, today
from pasti.kernel.errors import Refused
from pasti.kernel.publish.registry import registry

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def nurse() -> User:
    return User.objects.create_user("siti", "a long enough password", name="Siti", kind=User.Kind.OFFICIAL)


@pytest.fixture(autouse=True)
def _calling_is_for_nurses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry().roles_by_permission, "test.call", frozenset({"perawat"}))


def _assign(user: User, **dates: dt.date) -> None:
    services.assign(user, "perawat", unit_code="rsud", unit_name="RSUD", area_code="35.75.02", **dates)


def test_without_a_role_nothing_is_allowed(nurse: User) -> None:
    assert not can(nurse, "test.call")
    with pytest.raises(PermissionDenied):
        require(nurse, "test.call")


def test_a_role_brings_its_rights_and_no_others(nurse: User) -> None:
    _assign(nurse)
    assert can(nurse, "test.call")
    assert not can(nurse, "test.unheard_of")


def test_a_role_of_tomorrow_is_not_held_today(nurse: User) -> None:
    _assign(nurse, starts=today() + DAY)
    assert not can(nurse, "test.call")


def test_a_role_that_ended_opens_nothing_from_that_moment(nurse: User) -> None:
    given = services.assign(nurse, "perawat", unit_code="r", unit_name="R", area_code="35", starts=today() - 9 * DAY)
    services.end_assignment(given.pk, last_day=today() - DAY)
    assert not can(User.objects.get(pk=nurse.pk), "test.call")
    assert scope_of(nurse, "test").areas == ()


def test_giving_a_role_twice_gives_it_once(nurse: User) -> None:
    _assign(nurse)
    _assign(nurse)
    assert nurse.assignments.count() == 1


def test_an_unknown_role_is_refused_at_its_field(nurse: User) -> None:
    with pytest.raises(Refused) as refusal:
        services.assign(nurse, "raja", unit_code="x", unit_name="x")
    assert refusal.value.field == "role"


def test_a_token_speaks_for_its_user_until_it_expires(nurse: User) -> None:
    _assign(nurse)
    live = services.issue_token(nurse, scopes=["*"])
    dead = services.issue_token(nurse, scopes=["*"], life=-DAY)
    holder = services.user_of_token(live)
    assert holder == nurse
    assert can(holder, "test.call")
    assert services.user_of_token(dead) is None
    assert services.user_of_token(live + "x") is None


def test_roles_come_with_the_token_in_one_question_and_end_with_the_role(
    nurse: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    _assign(nurse)
    services.assign(nurse, "perawat", unit_code="rsud-2", unit_name="RSUD 2")
    over = services.assign(nurse, "loket", unit_code="rsud", unit_name="RSUD")
    services.take_away(over.pk)
    live = services.issue_token(nurse, scopes=["*"])
    holder = services.user_of_token(live)
    assert holder is not None
    with monkeypatch.context() as patch:
        patch.setattr(scope, "_HELD", None)  # it is not asked for
        assert [one.unit_code for one in scope.active_assignments(holder, today())] == ["rsud", "rsud-2"]
    for held in nurse.assignments.filter(ended_at=None):
        services.take_away(held.pk)
    again = services.user_of_token(live)
    assert again is not None
    assert not can(again, "test.call")
    AccessToken.objects.update(revoked_at=now())
    assert services.user_of_token(live) is None


def test_a_token_never_opens_more_than_it_names(nurse: User) -> None:
    _assign(nurse)
    holder = services.user_of_token(services.issue_token(nurse, scopes=["test.other"]))
    assert not can(holder, "test.call")


def test_a_client_gets_tokens_for_its_own_scopes_with_its_secret() -> None:
    services.register_client("bpjs", "s3cret", name="BPJS", scopes=["antrean"])
    text, scopes = services.token_for_client("bpjs", "s3cret")
    assert scopes == ["antrean"]
    holder = services.user_of_token(text)
    assert holder is not None
    assert can(holder, "antrean")
    assert not can(holder, "test.call")
    for client, secret in (("bpjs", "wrong"), ("nobody", "s3cret")):
        with pytest.raises(Refused, match="Client"):
            services.token_for_client(client, secret)
    with pytest.raises(Refused, match="Lingkup"):
        services.token_for_client("bpjs", "s3cret", ["admin"])


def test_scopes_nest_and_end() -> None:
    outer, inner = Scope(areas=("35.75",)), Scope(areas=("35.75.02",))
    with scoped(outer):
        with scoped(inner):
            assert current_scope() == inner
        assert current_scope() == outer
    assert current_scope() is None


def test_every_role_of_the_design_exists() -> None:
    wanted = (
        "warga ketua_rt ketua_rw kelurahan dukcapil loket perawat dokter manajer_rs bpbd bpbd_kepala dlhkp "
        "pustakawan bappeda opd asesor_1 asesor_2 auditor admin"
    )
    assert set(ROLES) == set(wanted.split())
