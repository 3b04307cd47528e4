"""Person data fails closed: a query without a scope finds nothing.

The first lock is here, the second is row-level security in the database (migration 0002).
"""

from __future__ import annotations

from typing import TypeVar

from django.db import models
from django.db.models import Q

from pasti.kernel.accounts.scope import Scope, current_scope

Row = TypeVar("Row", bound=models.Model)


class ScopedManager(models.Manager[Row]):
    """Finds only rows within the scope in force: by area path, or by the people named in it.

    `place` is the field that holds the row's place, `people` the one that leads to a person, if there is one.
    `restricted` is the moment since which only a scope of the whole city, or one that names the person, finds the row.
    """

    def __init__(self, *, people: str = "", place: str = "rt_code", restricted: str = "") -> None:
        super().__init__()
        self._people, self._place, self._restricted = people, place, restricted

    def get_queryset(self) -> models.QuerySet[Row]:
        """Rows of the current scope; none without one."""
        scope = current_scope()
        rows = super().get_queryset()
        if scope is None or not (scope.areas or scope.people):
            return rows.none()
        return rows.filter(self._in_areas(scope) | self._named(scope))

    def _named(self, scope: Scope) -> Q:
        if not (scope.people and self._people):
            return Q(pk__in=[])
        named = Q(**{f"{self._people}__in": scope.people})
        if "__" not in self._people:
            return named
        return Q(pk__in=self.model._base_manager.filter(named).values("pk"))  # a join would double rows

    def _in_areas(self, scope: Scope) -> Q:
        found = Q(pk__in=[])
        for area in scope.areas:
            found |= Q(**{self._place: area}) | Q(**{f"{self._place}__startswith": f"{area}."})
        if self._restricted and not any(area.count(".") == 1 for area in scope.areas):  # a city's code has two parts
            found &= Q(**{f"{self._restricted}__isnull": True})
        return found


def covers(scope: Scope | None, rt_code: str) -> bool:
    """Whether the scope's areas hold the place `rt_code`."""
    return scope is not None and any(f"{rt_code}.".startswith(f"{area}.") for area in scope.areas)
