"""Our CAP messages as others read them. They are public from the moment they are sent; nobody is named in them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import shapely
from django.db.models import Q, QuerySet
from shapely.geometry import shape

from pasti.ews.models import ForeignAlert, ForeignFeed, Warning
from pasti.ews.queries.moment import now
from pasti.ews.rules import cap_geometry
from pasti.ews.rules.cap_compose import Where
from pasti.kernel.places import queries as places

ENDED_SHOWN = dt.timedelta(hours=24)  # how long a cancellation or all-clear stays in the list
EPOCH = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)  # when a list changed in which nothing ever stood
LIMIT = 100


def listed(status: Sequence[str]) -> list[Warning]:
    """The messages for a list: in force, and what ended lately with its cancellation or all-clear; newest first."""
    moment = now()
    ends = Q(kind__in=[Warning.Kind.CANCEL, Warning.Kind.ALL_CLEAR], sent_at__gt=moment - ENDED_SHOWN)
    in_force = Q(state=Warning.State.IN_FORCE, expires_at__gt=moment)
    return list(_sent().filter(in_force | ends, status__in=status).order_by("-sent_at", "-pk")[:LIMIT])


def changed_at(status: Sequence[str]) -> dt.datetime:
    """When the list last changed by something being sent, ended or running out."""
    moment = now()
    rows = _sent().filter(status__in=status)
    newest = rows.order_by("-sent_at").values_list("sent_at", flat=True)[:1]
    ended = rows.filter(ended_at__lte=moment).order_by("-ended_at").values_list("ended_at", flat=True)[:1]
    expired = rows.filter(expires_at__lte=moment).order_by("-expires_at").values_list("expires_at", flat=True)[:1]
    return max([EPOCH, *(one for found in (newest, ended, expired) for one in found if one is not None)])


def message(identifier: str) -> Warning | None:
    """The message of this name, whatever became of it since; None when none was sent."""
    return _sent().filter(cap_identifier=identifier).first()


def where(codes: Sequence[str]) -> tuple[Where, ...]:
    """The places of these codes for a message: RT and RW stand in the nearest place around them whose boundary is known."""
    chains = {code: [code, *reversed(places.ancestor_codes(code))] for code in sorted(set(codes))}
    drawn = places.with_boundaries({one for chain in chains.values() for one in chain})
    inside: dict[str, list[str]] = {}
    for code, chain in chains.items():
        around = next((one for one in chain if one in drawn), None)
        if around is not None:
            inside.setdefault(around, []).append(code)
    return tuple(_where(drawn[around], inside[around]) for around in sorted(inside))


def foreign(area: str = "") -> QuerySet[ForeignAlert]:
    """Other agencies' warnings that hold now, newest first; with `area` only those that touch it or a place around it."""
    rows = ForeignAlert.objects.defer("raw").filter(state=ForeignAlert.State.CURRENT, expires__gt=now())
    if not area:
        return rows
    inside = [one.code for one in places.within(area, "kelurahan")]
    return rows.filter(areas__has_any_keys=[area, *places.ancestor_codes(area), *inside])


def foreign_feeds() -> QuerySet[ForeignFeed]:
    """The lists that are looked at, with what was wrong the last time."""
    return ForeignFeed.objects.order_by("url")


def _sent() -> QuerySet[Warning]:
    return Warning.objects.filter(cap_bytes__isnull=False, sent_at__isnull=False)


def _where(place: Any, codes: list[str]) -> Where:
    return Where(place.name, tuple(codes), cap_geometry.texts_of(shapely.make_valid(shape(place.boundary))))
