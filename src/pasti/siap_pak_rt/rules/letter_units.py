"""Units of a letter by the place code of its RT: "35.75.02.1004.007.006" lies in RW ....007 and kelurahan ....1004."""

from __future__ import annotations

_PARTS = {"rt": 6, "rw": 5, "kelurahan": 4}


def unit_of(level: str, rt_code: str) -> str:
    """The place code of the unit of `level` around the RT `rt_code`."""
    return ".".join(rt_code.split(".")[: _PARTS[level]])
