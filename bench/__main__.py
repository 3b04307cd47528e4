"""`python -m bench`: run the rows, print the table, write `bench/results/latest.json`."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator

from bench import (
    boards,
    desk,
    flood,
    flood_faults,
    foundation,
    growth,
    identity,
    mqtt,
    papers,
    people,
    queues,
    reach,
    register,
    revocation,
    sensorthings,
    statistics,
    telemetry,
)
from bench.harness import Row, save

PARTS: dict[str, Callable[[bool], Iterator[Row]]] = {
    "foundation": lambda full: foundation.rows(full_city=full),
    "people": people.rows,
    "register": register.rows,
    "statistics": statistics.rows,
    "desk": lambda _full: desk.rows(),
    "papers": lambda _full: papers.rows(),
    "identity": lambda _full: identity.rows(),
    "telemetry": telemetry.rows,
    "mqtt": lambda _full: mqtt.rows(),
    "reach": reach.rows,
    "revocation": lambda _full: revocation.rows(),
    "flood": lambda _full: flood.rows(),
    "flood faults": lambda _full: flood_faults.faults(),
    "sensorthings": lambda _full: sensorthings.rows(),
    "queues": lambda _full: queues.rows(),
    "queues race": lambda _full: queues.race(),
    "queues growth": growth.rows,
    "boards": lambda _full: boards.rows(),
}


def main() -> None:
    """Measure everything, or the parts named; `--quick` leaves the full city out. Only a whole run is kept."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all when none is named")
    parser.add_argument("--quick", action="store_true", help="leave out the city of 213,469 people")
    wishes = parser.parse_args()
    if " ".join(wishes.parts) in PARTS:
        wishes.parts = [" ".join(wishes.parts)]
    if unknown := set(wishes.parts) - set(PARTS):
        parser.error(f"no part of the measurements: {', '.join(sorted(unknown))}")
    table: list[Row] = []
    print(f"{'name':<46} | {'ours':>17} | reference | ratio")
    for part in wishes.parts or PARTS:
        for row in PARTS[part](not wishes.quick):
            print(row.line(), flush=True)
            table.append(row)
    if not wishes.parts and not wishes.quick:
        save(table)


main()
