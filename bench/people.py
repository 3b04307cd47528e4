"""Finding people and opening one: the same pages with 2,000 people and with the whole city."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from urllib.parse import quote

import psycopg
from tests.platform_process import ROOT, Platform

from bench.foundation import FULL_CITY, sign_in
from bench.harness import Row, milliseconds

FEW = 2000
SEARCHES = {
    "a name": "siti aminah",
    "a spelling": "moch sjafei",
    "nobody": "zzyzx",
    "a fragment": "minah",
    "a street": "jl mawar",
}


def rows(full_city: bool) -> Iterator[Row]:
    """Each page as the city's registry asks for it; nothing without the full city, there is nothing to compare."""
    if not full_city:
        return
    few, all_ = _measured(FEW, "bench"), _measured(FULL_CITY, "bench-full")
    for name, duration in all_.items():
        yield Row(f"{name}, 213,469 people", duration, few[name], "ms", "same, 2,000 people")


def _measured(people: int, folder: str) -> dict[str, float]:
    with Platform(ROOT / ".cache" / folder, people=people) as platform:
        cookie = sign_in(platform, "dukcapil")

        def fetch(path: str) -> bytes:
            request = urllib.request.Request(platform.base + path, headers={"Cookie": cookie})
            return bytes(urllib.request.urlopen(request).read())

        paths = {f"search for {name}": f"/kependudukan/?q={quote(words)}" for name, words in SEARCHES.items()}
        paths |= {"search for a NIK": f"/kependudukan/?q={_nik(platform)}", "one person's page": _person(platform)}
        return {name: milliseconds(lambda p=path: fetch(p), times=20) for name, path in paths.items()}  # type: ignore[misc]


def _nik(platform: Platform) -> str:
    return _one(platform, "SELECT nik FROM civil_person WHERE nik IS NOT NULL ORDER BY id LIMIT 1")


def _person(platform: Platform) -> str:
    return f"/kependudukan/orang/{_one(platform, 'SELECT id FROM civil_person ORDER BY id LIMIT 1')}/"


def _one(platform: Platform, sql: str) -> str:
    with psycopg.connect(platform.environment()["PASTI_DATABASE_OWNER_URL"], autocommit=True) as owner:
        row = owner.execute(sql.encode()).fetchone()
    assert row
    return str(row[0])
