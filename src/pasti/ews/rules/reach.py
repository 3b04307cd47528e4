"""Whom a warning goes to first, how often it is tried again, and where a push may go. Pure: time and chance are given."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

EXPOSED, NEAR, REST = 0, 1, 2  # lanes, in the order of sending
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 300.0  # seconds
MOST_ATTEMPTS = 30  # with the pauses about two hours; a warning that runs out before is let go
# Push services of the browsers in use. An address anywhere else is refused: we would post to whatever somebody typed.
PUSH_HOSTS = (
    "fcm.googleapis.com", "updates.push.services.mozilla.com", "web.push.apple.com", "*.push.apple.com",
    "*.notify.windows.com",
)  # fmt: skip


@dataclass
class Bucket:
    """A token bucket: at most `rate` a second, up to a second's worth at once."""

    rate: float
    tokens: float = 0.0
    filled_at: float = 0.0

    def pause(self, at: float) -> float:
        """Take a token at `at` (seconds); returns how long to wait before acting on it."""
        self.tokens = min(self.rate, self.tokens + (at - self.filled_at) * self.rate) if self.filled_at else self.rate
        self.filled_at = at
        self.tokens -= 1
        return max(0.0, -self.tokens / self.rate)


def lane(wanted: Collection[str], areas: Collection[str]) -> int | None:
    """The lane of somebody who asked for these places (none: everywhere); None when the warning is not for them."""
    if not wanted:
        return REST
    if any(_inside(one, area) or _inside(area, one) for one in wanted for area in areas):
        return EXPOSED
    return NEAR if {_ward(one) for one in wanted} & {_ward(area) for area in areas} else None


def around(areas: Iterable[str]) -> list[str]:
    """The areas and everything they lie in, down to the kelurahan: who asked for one of them is exposed."""
    parts = [area.split(".") for area in areas]
    return sorted({".".join(one[:count]) for one in parts for count in range(4, len(one) + 1)})


def wards(areas: Iterable[str]) -> list[str]:
    """The kelurahan of the areas."""
    return sorted({_ward(area) for area in areas})


def pause(attempts: int, chance: float, asked: float | None = None) -> float:
    """Seconds before the next attempt after `attempts` of them: doubling, spread by `chance` (0 to 1), never sooner than
    the provider asked for (Retry-After)."""
    waited = min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE) * (0.5 + chance)
    return max(waited, min(asked or 0.0, 3600.0))


def push_allowed(url: str, hosts: Iterable[str] = PUSH_HOSTS) -> bool:
    """Whether a push address belongs to one of the services; `*.` stands for one name more, `http:` for the own machine."""
    parts = urlsplit(url)
    host, plain = (parts.hostname or "").lower(), "http://" + parts.netloc
    if parts.scheme == "http":
        return plain in hosts
    return parts.scheme == "https" and parts.username is None and parts.port in (None, 443) and any(
        host == one or (one.startswith("*.") and host.endswith(one[1:])) for one in hosts
    )  # fmt: skip


def _inside(place: str, area: str) -> bool:
    return f"{place}.".startswith(f"{area}.")


def _ward(code: str) -> str:
    return ".".join(code.split(".")[:4])
