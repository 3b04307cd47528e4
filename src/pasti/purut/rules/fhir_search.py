"""The values of FHIR search parameters, read as http://hl7.org/fhir/R4/search.html says."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo


class Unfit(Exception):
    """A request that cannot be understood or done. `code` is one of http://hl7.org/fhir/R4/valueset-issue-type.html."""

    def __init__(self, code: str, words: str, *, status: int = 400, at: str = "") -> None:
        super().__init__(words)
        self.code, self.words, self.status, self.at = code, words, status, at


@dataclass(frozen=True)
class Token:
    """One value of a token parameter. `system` None means any; an empty `value` means any of the system."""

    system: str | None
    value: str


@dataclass(frozen=True)
class Span:
    """A comparison with a date of any precision: the span [`low`, `high`) it names."""

    prefix: str
    low: dt.datetime
    high: dt.datetime


_DATE = re.compile(
    r"(?P<prefix>[a-z]{2})?(?P<year>[1-9]\d{3})(-(?P<month>\d\d)(-(?P<day>\d\d)"
    r"(T(?P<hour>\d\d):(?P<minute>\d\d)(:(?P<second>\d\d)(\.\d{1,9})?)?(?P<zone>Z|[+-]\d\d:\d\d)?)?)?)?",
    re.ASCII,
)
MOST = 100  # alternatives of one parameter
PREFIXES = ("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb")
_REFERENCE = re.compile(
    r"(?:(?P<base>https?://[^\s|]{1,200}/)?(?P<kind>[A-Z][A-Za-z]{1,40})/)?(?P<id>[A-Za-z0-9.-]{1,64})", re.ASCII
)


def values(text: str) -> list[str]:
    """The alternatives of a parameter, between commas; a backslash takes a comma, bar or dollar as it is. Raises Unfit."""
    parts = re.split(r"(?<!\\),", text)
    if len(parts) > MOST:
        raise Unfit("too-costly", f"at most {MOST} alternatives")
    return [re.sub(r"\\([,|$\\])", r"\1", part) for part in parts if part]


def tokens(text: str) -> list[Token]:
    """`value`, `system|value`, `|value` or `system|`, several between commas."""
    found = []
    for part in values(text):
        system, bar, value = part.rpartition("|")
        found.append(Token(system if bar else None, value))
    return found


def references(text: str, base: str, kind: str) -> list[str]:
    """Ids of resources of type `kind` among the references in `text`: `id`, `Kind/id`, or an address under `base`.

    References to other types or servers are left out: they match nothing here. Raises Unfit for no reference at all.
    """
    found = []
    for part in values(text):
        match = _REFERENCE.fullmatch(part)
        if match is None:
            raise Unfit("invalid", f"{part[:80]!r} is not a reference")
        if match["base"] in (None, base) and match["kind"] in (None, kind):
            found.append(match["id"])
    return found


def spans(text: str, zone: ZoneInfo) -> list[Span]:
    """Dates with their prefix; a date without a zone is the city's, and so are the results. Raises Unfit."""
    return [_span(part, zone) for part in values(text)]


def count(text: str, usual: int, largest: int) -> int:
    """`_count`: how many a page may hold; more than `largest` is `largest`. Raises Unfit for no number."""
    if not text:
        return usual
    if not (text.isascii() and text.isdigit()):
        raise Unfit("invalid", "_count takes a whole number from 0", at="_count")
    return min(int(text), largest) if len(text) < 10 else largest


def _span(text: str, zone: ZoneInfo) -> Span:
    match = _DATE.fullmatch(text)
    prefix = (match and match["prefix"]) or "eq"
    if match is None or prefix not in PREFIXES:
        raise Unfit("invalid", f"{text[:40]!r} is not a date with one of the prefixes {', '.join(PREFIXES)}")
    parts = {name: int(match[name]) for name in ("year", "month", "day", "hour", "minute", "second") if match[name]}
    try:
        place = dt.datetime.fromisoformat(f"2000-01-01T00:00:00{match['zone']}").tzinfo if match["zone"] else zone
        low = dt.datetime(**({"month": 1, "day": 1} | parts), tzinfo=place)
        return Span(prefix, low.astimezone(zone), _end(low, len(parts)).astimezone(zone))
    except (ValueError, OverflowError) as error:
        raise Unfit("invalid", f"{text[:40]!r} is no date of the calendar") from error


def _end(low: dt.datetime, precision: int) -> dt.datetime:
    if precision == 1:
        return low.replace(year=low.year + 1)
    if precision == 2:
        return (low + dt.timedelta(days=32)).replace(day=1)
    return low + {3: dt.timedelta(days=1), 5: dt.timedelta(minutes=1), 6: dt.timedelta(seconds=1)}[precision]
