"""What is wrong with a CAP message, in words for a person of either language and with its place in the standard."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class CapFault:
    """One departure from the standard or from good practice.

    `code` is a stable slug, `path` names the element ("info[1]/area[2]"), `section` the part of CAP 1.2 (or the profile)
    that says so, `line` the line of the file where it is known. A fault that is not `grave` is a warning.
    """

    code: str
    path: str
    id: str
    en: str
    section: str = ""
    line: int = 0
    grave: bool = True

    def as_warning(self) -> CapFault:
        """The same, to be told and lived with."""
        return replace(self, grave=False)

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}" if self.line else self.path
        return f"[{self.code}] {where}: {self.en}"


class CapRefused(Exception):
    """A message that cannot be read, or must not be."""

    def __init__(self, *faults: CapFault):
        super().__init__("; ".join(str(fault) for fault in faults))
        self.faults = faults


def grave(faults: tuple[CapFault, ...]) -> tuple[CapFault, ...]:
    """Those that make a message invalid."""
    return tuple(fault for fault in faults if fault.grave)
