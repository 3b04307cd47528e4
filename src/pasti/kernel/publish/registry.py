"""Collects every installed package's `published.py` once per process and refuses contradictions."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured

from pasti.kernel.publish.types import (
    ActionName,
    Dataset,
    LifeEvent,
    Measure,
    NoticeSource,
    Published,
    Purpose,
    Room,
    SearchSource,
    Service,
    SubjectRecords,
    TaskSource,
)  # fmt: skip


@dataclass(frozen=True)
class Registry:
    """What all systems publish, by code, in the order of installation."""

    services: dict[str, Service]
    life_events: dict[str, LifeEvent]
    measures: dict[str, Measure]
    datasets: dict[str, Dataset]
    purposes: dict[str, Purpose]
    actions: dict[str, ActionName]
    searches: tuple[SearchSource, ...]
    tasks: tuple[TaskSource, ...]
    notices: tuple[NoticeSource, ...]
    rooms: dict[str, Room]
    subject_records: tuple[SubjectRecords, ...]
    roles_by_permission: dict[str, frozenset[str]]


@cache
def registry() -> Registry:
    """The registry of this process. Raises ImproperlyConfigured when two declarations share a code."""
    everything = _collect()
    roles: dict[str, frozenset[str]] = {}
    for grant in everything.grants:
        roles[grant.permission] = roles.get(grant.permission, frozenset()) | frozenset(grant.roles)
    return Registry(
        services=_by_code(everything.services),
        life_events=_by_code(everything.life_events),
        measures=_by_code(everything.measures),
        datasets=_by_code(everything.datasets),
        purposes=_by_code(everything.purposes),
        actions=_by_code(everything.actions),
        searches=tuple(everything.searches),
        tasks=tuple(everything.tasks),
        notices=tuple(everything.notices),
        rooms=_by_code(everything.rooms),
        subject_records=tuple(everything.subject_records),
        roles_by_permission=roles,
    )


@cache
def subscriptions() -> dict[str, Sequence[tuple[str, Any]]]:
    """Event name -> (subscriber, handler), handlers imported. Names of subscribers are unique."""
    found: dict[str, list[tuple[str, Any]]] = {}
    seen: set[str] = set()
    for wish in _collect().subscriptions:
        if wish.name in seen:
            raise ImproperlyConfigured(f"two subscriptions are named {wish.name}")
        seen.add(wish.name)
        module, _, function = wish.handler.partition(":")
        found.setdefault(wish.event, []).append((wish.name, getattr(importlib.import_module(module), function)))
    return dict(found)


def _collect() -> Published:
    total = Published()
    for config in apps.get_app_configs():
        if not config.name.startswith("pasti.") or not importlib.util.find_spec(f"{config.name}.published"):
            continue
        module = importlib.import_module(f"{config.name}.published")
        for part in fields(Published):
            getattr(total, part.name).extend(getattr(module, part.name.upper(), ()))
    return total


def _by_code(declared: Iterable[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in declared:
        if one.code in found:
            raise ImproperlyConfigured(f"{type(one).__name__} {one.code} is declared twice")
        found[one.code] = one
    return found
