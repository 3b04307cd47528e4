"""Bringing a checked pack into the database. Loading it again changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db import transaction

from pasti.citypack.checking import examine
from pasti.citypack.reading import PackProblem


class PackFailed(Exception):
    """The pack has problems, all of them in `problems`; nothing was loaded."""

    def __init__(self, problems: list[PackProblem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


@transaction.atomic
def load(path: Path | str) -> dict[str, Any]:
    """Load the pack at `path`: by file, what its section reports (rows created, changed, unchanged).

    Raises PackFailed when the pack is not sound; then nothing is loaded.
    """
    checked = examine(Path(path))
    if checked.problems:
        raise PackFailed(checked.problems)
    counts: dict[str, Any] = {}
    for name, section, content in checked.ready:
        loader = section.loader()
        if loader is not None:
            counts[name] = loader(content)
    return counts
