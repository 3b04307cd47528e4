"""Everything a demo needs beyond the city pack: people, accounts, and a way to see it being made."""

from __future__ import annotations

import resource
import time
from pathlib import Path
from uuid import UUID

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from pasti.civil import queries as register
from pasti.kernel.accounts.models import User
from pasti.simulation import accounts, city, gauges, hospital


def build(data_dir: Path, *, people: int, base_url: str, seed: int = 1) -> None:
    """Fill an empty register with `people` fictional residents and make the demo's accounts. Repeatable."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("membuat penduduk contoh", total=people)
        began = time.monotonic()
        built = city.build(people, seed, lambda done, total: bar.update(task, completed=done, total=total))
    if built.created:
        seconds, memory = time.monotonic() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{built.people:,} people made in {seconds:.1f} s, {memory:.0f} MB at the most")
    accounts.create(data_dir, base_url)
    hospital.fill(_own_families())
    gauges.fill_past()


def _own_families() -> list[UUID]:
    """The people of the demo's accounts and of their families."""
    people = [one for one in User.objects.values_list("person_id", flat=True).distinct() if one is not None]
    return sorted({*people, *(one for person in people for one in register.household_ids(person))})
