"""What a benchmark is: a name, a way to measure ours and a reference, and the ratio of the two."""

from __future__ import annotations

import json
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

RESULTS = Path(__file__).parent / "results" / "latest.json"


@dataclass(frozen=True)
class Row:
    """One line of the table. For rates a higher ratio is better, for times a lower one; `unit` says which it is."""

    name: str
    ours: float
    reference: float
    unit: str
    reference_name: str

    @property
    def ratio(self) -> float:
        """Ours by the reference."""
        return self.ours / self.reference if self.reference else float("nan")

    def line(self) -> str:
        """`name | ours | reference | ratio`."""
        return (
            f"{self.name:<46} | {self.ours:>10.1f} {self.unit:<6} | "
            f"{self.reference:>10.1f} {self.unit:<6} ({self.reference_name}) | {self.ratio:.2f}"
        )


def paired(ours: Callable[[], float], reference: Callable[[], float], rounds: int = 3) -> tuple[float, float]:
    """Medians of both, measured in turn so that a drift of the machine meets both alike."""
    mine, theirs = [], []
    for _ in range(rounds):
        mine.append(ours())
        theirs.append(reference())
    return statistics.median(mine), statistics.median(theirs)


def milliseconds(act: Callable[[], object], times: int = 50) -> float:
    """Median duration of `act` in milliseconds, after two warm-up calls."""
    act(), act()
    durations = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        durations.append((time.perf_counter() - began) * 1000)
    return statistics.median(durations)


def save(rows: list[Row]) -> None:
    """Write the table for machines."""
    RESULTS.parent.mkdir(exist_ok=True)
    found = {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "machine": f"{platform.machine()} {platform.system()} Python {platform.python_version()}",
        "rows": [asdict(row) | {"ratio": round(row.ratio, 4)} for row in rows],
    }
    RESULTS.write_text(json.dumps(found, indent=1) + "\n")
