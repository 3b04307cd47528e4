"""How a SensorThings request is refused."""

from __future__ import annotations


class Unfit(Exception):
    """The request cannot be answered: HTTP `status`, words for who wrote it, and where in its text (from 0) it went wrong."""

    def __init__(self, words: str, *, status: int = 400, at: int | None = None):
        super().__init__(words)
        self.words = words if at is None else f"{words} (at character {at + 1})"
        self.status = status
        self.at = at


def missing(what: str) -> Unfit:
    """There is no such thing (404)."""
    return Unfit(f"there is no {what}", status=404)
