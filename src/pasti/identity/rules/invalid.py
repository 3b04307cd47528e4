"""Why a message or a credential is not accepted: one exception for all the standards of this room."""

from __future__ import annotations


class Invalid(Exception):
    """Not acceptable. `code` is the standard's error code where it has one; `description` is for the other side."""

    def __init__(self, code: str, description: str = "") -> None:
        super().__init__(description or code)
        self.code = code
        self.description = description or code
