"""Pieces of SQL with their parameters: no value ever stands in the text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_HOLE = re.compile(r"\{(\d)\}")


@dataclass(frozen=True, slots=True)
class Sql:
    """Text with `%s` for each of `params`, in order."""

    text: str
    params: tuple[Any, ...] = ()


@lru_cache(maxsize=500)
def _split(template: str) -> tuple[str, ...]:
    return tuple(_HOLE.split(template))


def put(template: str, *parts: Sql) -> Sql:
    """`template` with `{0}`, `{1}` ... filled by the parts, their parameters in the order in which they stand."""
    texts: list[str] = []
    params: list[Any] = []
    for index, piece in enumerate(_split(template)):
        if index % 2:
            texts.append(parts[int(piece)].text)
            params.extend(parts[int(piece)].params)
        else:
            texts.append(piece)
    return Sql("".join(texts), tuple(params))


def joined(separator: str, parts: Iterable[Sql]) -> Sql:
    """All parts with `separator` between them."""
    all_parts = list(parts)
    return Sql(separator.join(one.text for one in all_parts), tuple(p for one in all_parts for p in one.params))
