"""How a service says no: one exception that pages and APIs both know how to show."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """A rule refuses this act; nothing was written.

    `code` is a stable slug, `message` is for people in their language, `field` names the form field
    that is wrong, `status` is the HTTP status an API answers with (RFC 9110).
    """

    def __init__(self, code: str, message: str, *, status: int = 409, field: str | None = None, **extra: Any):
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.field = field
        self.extra = extra


class NotFound(Refused):
    """There is no such thing, or the caller may not know of it: the answer is the same."""

    def __init__(self, message: str = "Tidak ditemukan"):
        super().__init__("tidak-ditemukan", message, status=404)
