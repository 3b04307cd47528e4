"""`python -m bench`: run the rows, print the table, write `bench/results/latest.json`."""

from __future__ import annotations

import argparse
import itertools

from bench import desk, foundation, papers, people
from bench.harness import Row, save


def main() -> None:
    """Measure everything; `--quick` leaves the full city out."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--quick", action="store_true", help="leave out the city of 213,469 people")
    wishes = parser.parse_args()
    table: list[Row] = []
    print(f"{'name':<46} | {'ours':>17} | reference | ratio")
    full = not wishes.quick
    for row in itertools.chain(foundation.rows(full_city=full), people.rows(full), desk.rows(), papers.rows()):
        print(row.line(), flush=True)
        table.append(row)
    save(table)


main()
