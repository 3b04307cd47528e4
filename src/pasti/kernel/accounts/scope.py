"""Whose records a request may see: deny by default, enforced twice.

The scope is kept in a context variable, read by fail-closed managers, and in two settings of the
database session, read by row-level security. No scope: no rows, in Python and in SQL.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import Q

from pasti.kernel.accounts.models import Assignment, User
from pasti.kernel.statements import Finder


@dataclass(frozen=True)
class Scope:
    """Areas (dotted place codes, each with all inside it) and single people, for one purpose."""

    areas: tuple[str, ...] = ()
    people: tuple[UUID, ...] = ()
    purpose: str = ""

    @classmethod
    def of_person(cls, person: UUID, purpose: str) -> Scope:
        """One person and nobody else: what residents see of themselves, and what a proof of one person needs."""
        return cls((), (person,), purpose)

    def with_people(self, people: tuple[UUID, ...]) -> Scope:
        """The same scope with more single people in it."""
        return Scope(self.areas, tuple(dict.fromkeys(self.people + people)), self.purpose)


_scope: ContextVar[Scope | None] = ContextVar("scope", default=None)


def current_scope() -> Scope | None:
    """The scope in force, or None: then nothing of people may be read."""
    return _scope.get()


def active_assignments(user: User, today: dt.date) -> list[Assignment]:
    """The roles `user` holds on the day `today`; read once per user object, that is once per request."""
    known: dict[dt.date, list[Assignment]] = user.__dict__.setdefault("_assignments", {})
    if today not in known:
        known[today] = _assignments(user, today)
    return known[today]


def _assignments(user: User, today: dt.date) -> list[Assignment]:
    return [one for (one,) in _HELD.all({"user": user.pk, "day": today})]


# `in_force` in SQL: asked on every request.
IN_FORCE = "a.starts <= %(day)s AND a.ended_at IS NULL AND (a.ends IS NULL OR a.ends >= %(day)s)"
_HELD = Finder(
    f"FROM accounts_assignment a WHERE a.user_id = %(user)s AND {IN_FORCE} ORDER BY a.starts, a.id", a=Assignment
)


def in_force(day: dt.date) -> Q:
    """The assignments that open something on `day`: begun, not over, not taken away."""
    return Q(starts__lte=day, ended_at=None) & (Q(ends__isnull=True) | Q(ends__gte=day))


def scope_of(user: User, purpose: str, today: dt.date | None = None) -> Scope:
    """What `user` may see today: the areas of the roles held, and the own record."""
    from pasti.kernel.clock import today as local_today

    held = active_assignments(user, today or local_today())
    areas = tuple(sorted({a.area_code for a in held if a.area_code}))
    return Scope(areas, (user.person_id,) if user.person_id else (), purpose)


def everyone(city_code: str, purpose: str) -> Scope:
    """The whole city, for jobs that must see all; the purpose is named all the same."""
    return Scope((city_code,), (), purpose)


@contextmanager
def scoped(scope: Scope) -> Iterator[Scope]:
    """Do the block within `scope`, here and in the database session; the outer scope returns after."""
    token = _scope.set(scope)
    _tell_database(scope)
    try:
        yield scope
    finally:
        _scope.reset(token)
        if not connection.needs_rollback:  # else the rollback itself takes the settings back
            _tell_database(_scope.get())


def _tell_database(scope: Scope | None) -> None:
    areas = ",".join(scope.areas) if scope else ""
    people = ",".join(map(str, scope.people)) if scope else ""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pasti.scope_areas', %s, false), set_config('pasti.scope_people', %s, false)",
            [areas, people],
        )
