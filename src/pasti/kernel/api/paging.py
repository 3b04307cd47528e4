"""Cursor paging: a page begins after the last row of the one before, so rows never shift or repeat."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet

from pasti.kernel.api.problems import Problem

MAX_LIMIT = 500


def page_of(
    rows: QuerySet[Any],
    cursor: str | None,
    limit: int,
    order: tuple[str, ...],
    shape: Callable[[Any], Any] = lambda r: r,
) -> dict[str, Any]:
    """One page `{"items": [...], "next": cursor or None}` of `rows`, ordered by `order` (unique together).

    A name starting with "-" sorts downwards. Raises Problem 400 for a cursor that is not ours.
    """
    limit = max(1, min(limit, MAX_LIMIT))
    if cursor:
        rows = rows.filter(_after(order, _decode(cursor, len(order))))
    found = list(rows.order_by(*order)[: limit + 1])
    more = len(found) > limit
    following = _encode([_value(found[limit - 1], name) for name in order]) if more else None
    return {"items": [shape(row) for row in found[:limit]], "next": following}


def _after(order: tuple[str, ...], values: list[Any]) -> Q:
    condition = Q()
    for at, name in enumerate(order):
        earlier = {n.lstrip("-"): v for n, v in zip(order[:at], values, strict=False)}
        comparison = "lt" if name.startswith("-") else "gt"
        condition |= Q(**earlier, **{f"{name.lstrip('-')}__{comparison}": values[at]})
    return condition


def _value(row: Any, name: str) -> Any:
    name = name.lstrip("-")
    value = row[name] if isinstance(row, dict) else getattr(row, name)
    return value if isinstance(value, int | str) else str(value)


def _encode(values: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def _decode(cursor: str, width: int) -> list[Any]:
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error):
        values = None
    plain = isinstance(values, list) and all(isinstance(v, str | int) and not isinstance(v, bool) for v in values)
    if not plain or len(values) != width or any(isinstance(v, str) and "\x00" in v for v in values):
        raise Problem("kursor-tidak-sah", "Kursor bukan dari halaman sebelumnya", status=400)
    return list(values)
