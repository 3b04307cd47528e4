"""Numbers of people: a city page after a change, beside counting rows and counting everything; and a city's loading."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import psycopg
from psycopg import sql
from tests.platform_process import ROOT, Platform, clean

from bench.foundation import FULL_CITY
from bench.harness import Row, milliseconds

PATH = "/siap-pak-rt/statistik/"
CHANGES = 15
RAW = "SELECT count(*) FROM civil_person WHERE status_dasar = 1"
WHOLE = "SELECT civil_tally_refresh(code, current_date) FROM places_place WHERE level = 'kelurahan'"
SOMEBODY = "SELECT id FROM civil_person WHERE status_dasar = 1 ORDER BY id OFFSET %s LIMIT 1"


def rows(full_city: bool) -> Iterator[Row]:
    """The page at 2,000 and, on request, at 213,469 people."""
    with Platform(ROOT / ".cache" / "bench", people=2000) as platform:
        small = _page_after_a_change(platform)
        loaded, copied = _loading(platform) if full_city else (0.0, 0.0)
    if not full_city:
        return
    with Platform(ROOT / ".cache" / "bench-full", people=FULL_CITY) as platform:
        after = _page_after_a_change(platform)
        with _owner(platform) as owner:
            raw = milliseconds(lambda: owner.execute(RAW).fetchone(), times=CHANGES)
            began = time.perf_counter()
            owner.execute(WHOLE)
            whole = (time.perf_counter() - began) * 1000
        unchanged = milliseconds(lambda: _get(platform), times=CHANGES)
    yield Row("city statistics after a change", after, raw, "ms", "raw count(*) of the living")
    yield Row("city statistics after a change", after, whole, "ms", "counting all tables of the city")
    yield Row("city statistics after a change", after, small, "ms", "same page, 2,000 people")
    yield Row("city statistics after a change", after, unchanged, "ms", "same page, nothing changed")
    yield Row("213,469 people through the bulk door", loaded, copied, "s", "raw COPY of the same rows")


def _owner(platform: Platform) -> psycopg.Connection:
    return psycopg.connect(platform.environment()["PASTI_DATABASE_OWNER_URL"], autocommit=True)


def _get(platform: Platform) -> bytes:
    return bytes(urllib.request.urlopen(platform.base + PATH).read())


def _page_after_a_change(platform: Platform) -> float:
    """Median milliseconds of the first look after each of many changes, reported all over the city as a counter does."""
    durations = []
    with _owner(platform) as owner, _counter(platform) as report:
        people = owner.execute(RAW).fetchone()
        assert people
        _get(platform), _get(platform)
        for number in range(CHANGES):
            who = owner.execute(SOMEBODY, [people[0] * number // CHANGES]).fetchone()
            assert who
            report(str(who[0]))
            began = time.perf_counter()
            _get(platform)
            durations.append((time.perf_counter() - began) * 1000)
    return statistics.median(durations)


@contextmanager
def _counter(platform: Platform) -> Iterator[Callable[[str], None]]:
    """A process at the platform's database that gives a person another occupation, one for each line it reads."""
    command = [sys.executable, "-m", "bench.statistics", str(platform.folder)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=clean()
    ) as process:
        assert process.stdin
        assert process.stdout
        into, out = process.stdin, process.stdout

        def report(person: str) -> None:
            print(person, file=into, flush=True)
            assert out.readline() == "ok\n"

        yield report
        process.terminate()


def main(folder: Path) -> None:
    """Answer each line, a person, with ok when the change is committed."""
    os.environ["PASTI_DATA"], os.environ["DJANGO_SETTINGS_MODULE"] = str(folder), "pasti.settings"
    import django

    django.setup()
    from django.conf import settings

    from pasti.civil import services as register
    from pasti.civil.models import Person
    from pasti.kernel.accounts.scope import everyone, scoped
    from pasti.kernel.clock import today

    for line in sys.stdin:
        with scoped(everyone(settings.PASTI_CITY["code"], "civil.pelayanan")):
            occupation = Person.objects.get(pk=line.strip()).occupation % 80 + 1
            told = register.Report(today(), "civil.pelayanan")
            register.report_change(UUID(line.strip()), {"occupation": occupation}, told)
        print("ok", flush=True)


def _loading(platform: Platform) -> tuple[float, float]:
    """Seconds a whole city takes through the register's door, and through COPY into bare tables; none of it stays."""
    os.environ.setdefault("PASTI_DATABASE_URL", "postgresql:///none")
    os.environ.setdefault("PASTI_SECRET_KEY", "bench" * 12)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pasti.settings")
    import django

    django.setup()
    from pasti.civil.services import bulk
    from pasti.simulation import city

    with psycopg.connect(platform.environment()["PASTI_DATABASE_OWNER_URL"]) as owner:
        owner.execute(sql.SQL("TRUNCATE {} CASCADE").format(sql.SQL(", ").join(map(sql.Identifier, bulk.TABLES))))
        town, settlements = city._city_name(owner), city.settle(city._rts(owner), FULL_CITY)
        began = time.perf_counter()
        bulk.load(owner, city.batches(1, settlements, city.REFERENCE, town))
        ours = time.perf_counter() - began
        raw = sum(_copied(owner, table, columns) for table, columns in bulk.TABLES.items())
        owner.rollback()
    return ours, raw


def _copied(owner: psycopg.Connection, table: str, columns: tuple[str, ...]) -> float:
    """Seconds to copy the rows of a table into one without index, key and trigger."""
    names = {"table": sql.Identifier(table), "columns": sql.SQL(", ").join(map(sql.Identifier, columns))}
    with owner.cursor() as cursor:
        with cursor.copy(sql.SQL("COPY {table} ({columns}) TO STDOUT").format(**names)) as out:
            lines = [bytes(part) for part in out]
        cursor.execute(
            sql.SQL("CREATE TEMP TABLE bare ON COMMIT DROP AS SELECT {columns} FROM {table} LIMIT 0").format(**names)
        )
        began = time.perf_counter()
        with cursor.copy("COPY bare FROM STDIN") as copy:
            for line in lines:
                copy.write(line)
        seconds = time.perf_counter() - began
        cursor.execute("DROP TABLE bare")
    return seconds


if __name__ == "__main__":
    main(Path(sys.argv[1]))
