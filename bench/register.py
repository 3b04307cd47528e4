"""The register's rows: a whole city from one OpenSID workbook, read, stored and undone, beside a raw COPY."""

from __future__ import annotations

import datetime as dt
import io
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import xlsxwriter
from tests.platform_process import ROOT, Platform, clean

from bench.foundation import FULL_CITY
from bench.harness import Row
from pasti.civil.rules import kk, layouts, nik


def rows(full_city: bool) -> Iterator[Row]:
    """Bringing people in through the worker as it runs; a tenth of the city without `full_city`."""
    people = FULL_CITY if full_city else FULL_CITY // 10
    with Platform(ROOT / ".cache" / "bench-register", people=500) as platform:
        yield from _imported(platform, people)


def _imported(platform: Platform, people: int) -> Iterator[Row]:
    url = platform.environment()["PASTI_DATABASE_OWNER_URL"]
    with psycopg.connect(url, autocommit=True) as owner:
        path = _workbook(people, _rts(owner), platform.folder)
        batch = _receive(platform, path)
        read = _until(owner, batch, "ready")
        _advance(platform, batch, "commit")
        stored = _until(owner, batch, "committed")
        raw = people / _raw_copy(owner, batch)
        name = f"import of {people:,} people, people a second"
        yield Row(f"{name}, read and stored", people / (read + stored), raw, "/s", "raw COPY of the same rows")
        yield Row(f"{name}, read (dry run)", people / read, raw, "/s", "raw COPY of the same rows")
        yield Row(f"{name}, stored", people / stored, raw, "/s", "raw COPY of the same rows")
        _advance(platform, batch, "undo")
        yield Row(f"{name}, undone", people / _until(owner, batch, "undone"), raw, "/s", "raw COPY of the same rows")


def _rts(owner: psycopg.Connection[Any]) -> list[tuple[str, str, str]]:
    """(kelurahan, RW, RT) of the whole city, in order."""
    found = owner.execute(
        "SELECT k.name, split_part(p.code, '.', 5), split_part(p.code, '.', 6) FROM places_place p "
        "JOIN places_place k ON p.code LIKE k.code || '.%' AND k.level = 'kelurahan' WHERE p.level = 'rt' ORDER BY p.code"
    ).fetchall()
    return [(str(name), str(rw), str(rt)) for name, rw, rt in found]


def _workbook(people: int, rts: list[tuple[str, str, str]], folder: Path) -> Path:
    """Families of four in every RT of the city, in OpenSID's 43 columns."""
    target, run = folder / "people.xlsx", uuid.uuid4().int
    book = xlsxwriter.Workbook(str(target), {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, layouts.HEADERS["opensid"])
    for at in range(people):
        family = at // 4
        kelurahan, rw, rt = rts[family * len(rts) // (people // 4 + 1)]
        born = dt.date(1950, 1, 1) + dt.timedelta(days=(run + at // 9000 * 37) % 25_000)
        issued = dt.date(2000, 1, 1) + dt.timedelta(days=(run + family // 9000 * 11) % 9000)
        card = kk.build("357501", issued, family % 9000 + 1)
        values = {
            "alamat": "JL. KENANGA", "dusun": kelurahan, "rw": rw, "rt": rt, "nama": f"WARGA UJI {at:06}",
            "no_kk": card,
            "nik": nik.build("357501", born, 1 + at % 2, at % 9000 + 1), "sex": 1 + at % 2, "tempatlahir": "PASURUAN",
            "tanggallahir": f"{born:%d-%m-%Y}", "agama_id": 1, "pendidikan_kk_id": 5, "pekerjaan_id": 1 + at % 80,
            "status_kawin": 2, "kk_level": 1 if at % 4 == 0 else 4, "warganegara_id": 1, "nama_ayah": "AYAH UJI",
            "nama_ibu": "IBU UJI", "golongan_darah_id": 13, "status_dasar": 1,
        }  # fmt: skip
        for column, head in enumerate(layouts.HEADERS["opensid"]):
            if head in values:
                sheet.write(at + 1, column, values[head])
    book.close()
    return target


def _receive(platform: Platform, path: Path) -> str:
    """Hand the file in as the officer of Disdukcapil does; returns the batch."""
    return _in_process(
        platform,
        f"""
from django.core.files.base import File
with open({str(path)!r}, "rb") as source:
    print(imports.receive(File(source, name="people.xlsx"), settings.PASTI_CITY["code"], user).pk)
""",
    )


def _advance(platform: Platform, batch: str, act: str) -> None:
    _in_process(platform, f'imports.{act}("{batch}")')


def _in_process(platform: Platform, act: str) -> str:
    code = f"""
import django; django.setup()
from django.conf import settings
from pasti.civil.services import imports
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import scope_of, scoped
user = User.objects.get(username="dukcapil")
with scoped(scope_of(user, imports.PURPOSE)):
    {act.strip().replace(chr(10), chr(10) + "    ")}
"""
    env = (
        clean()
        | platform.environment()
        | {"DJANGO_SETTINGS_MODULE": "pasti.settings", "PASTI_DATA": str(platform.folder)}
    )
    done = subprocess.run([sys.executable, "-c", code], env=env, cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def _until(owner: psycopg.Connection[Any], batch: str, state: str) -> float:
    """Seconds until the batch is in the state, with its progress printed."""
    began, told = time.perf_counter(), 0.0
    while True:
        found = owner.execute(
            "SELECT state, done, total, message FROM civil_importbatch WHERE id = %s", [batch]
        ).fetchone()
        assert found
        assert found[0] != "failed", found
        passed = time.perf_counter() - began
        if found[0] == state:
            return passed
        if passed - told >= 5:
            told = passed
            print(f"  {found[0]} {found[1]:,} of {found[2]:,}", flush=True)
        time.sleep(0.05)


def _raw_copy(owner: psycopg.Connection[Any], batch: str) -> float:
    """Seconds of COPY of the people's rows, as they are stored, into a bare table without indexes."""
    held = io.BytesIO()
    mine = (
        "SELECT p.* FROM civil_person p JOIN civil_importrow r ON r.batch_id = %s AND p.id = (r.content ->> 'id')::uuid"
    )
    with owner.cursor().copy(f"COPY ({mine}) TO STDOUT", [batch]) as source:
        for part in source:
            held.write(part)
    owner.execute("CREATE TABLE bench_person (LIKE civil_person)")
    try:
        began = time.perf_counter()
        with owner.cursor().copy("COPY bench_person FROM STDIN") as target:
            view = held.getbuffer()
            for at in range(0, len(view), 1 << 20):
                target.write(view[at : at + (1 << 20)])
        return time.perf_counter() - began
    finally:
        owner.execute("DROP TABLE bench_person")
