"""The dry run: every line of a file becomes a row of its batch, with what is wrong with it and what it would change."""

from __future__ import annotations

import itertools
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from django.db import connection, transaction
from django.utils.translation import gettext as _

from pasti.civil.models import ImportBatch
from pasti.civil.rules import layouts, names, sounds
from pasti.civil.services import codes, workbooks
from pasti.civil.services.import_known import COMPARED, Known, known_of
from pasti.kernel import clock
from pasti.kernel.errors import Refused

CHUNK = 4000  # rows a transaction
OUTCOMES = ("new", "same", "differs", "error", "warned")
_JSON = msgspec.json.Encoder()


class Reader:
    """Reads one file into rows and remembers what it must compare across them."""

    def __init__(self, batch: ImportBatch, table: workbooks.Table):
        self.batch, self.table = batch, table
        self.counts: Counter[str] = Counter()
        self.problems: Counter[str] = Counter()
        self.seen_niks: set[str] = set()
        self.heads: dict[str, bool] = {}
        self.homes: dict[str, tuple[str, str]] = {}
        self.line = 0  # of the file, as a spreadsheet counts

    def run(self) -> dict[str, Any]:
        """Store every row; returns the counts. Raises Refused `kepala-kolom` for a file of another kind."""
        lines = iter(self.table.rows)
        reading = self._header(lines)
        self.batch.total = max(0, self.table.total - self.line)
        while chunk := tuple(itertools.islice(lines, CHUNK)):
            self._store(chunk, reading)
        headless = sum(not has for has in self.heads.values())
        return {
            **{outcome: self.counts[outcome] for outcome in OUTCOMES},
            "problems": dict(self.problems.most_common()), "families": len(self.heads), "headless": headless,
        }  # fmt: skip

    def _header(self, lines: Iterator[Sequence[layouts.Cell]]) -> layouts.Reading:
        for self.line, cells in enumerate(itertools.islice(lines, 10), 1):
            found = layouts.recognised(cells)
            if found is None:
                continue
            layout, columns = found
            if missing := layouts.missing_columns(layout, columns):
                text = _("Kolom ini tidak ada di dalam berkas: %(columns)s") % {"columns": ", ".join(missing)}
                raise Refused("kepala-kolom", text, field="file")
            self.batch.layout = layout
            self.batch.save(update_fields=["layout"])
            return layouts.Reading(layout, columns, codes.tables(), codes.rts(self.batch.area), clock.today())
        raise Refused("kepala-kolom", _("Baris judul kolom tidak dikenali: pakai susunan OpenSID, SIAK, atau PASTI"),
                      field="file")  # fmt: skip

    def _store(self, chunk: Sequence[Sequence[layouts.Cell]], reading: layouts.Reading) -> None:
        rows = []
        for cells in chunk:
            self.line += 1
            if any(cell not in (None, "") for cell in cells):
                rows.append(layouts.read_row(cells, reading))
                rows[-1].content["line"] = self.line
        known = known_of(rows)
        first = self.batch.done + 1
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_STAGING)
            with cursor.copy(
                "COPY importing (number, content, problems, outcome, person_id, differences) FROM STDIN"
            ) as copy:
                for number, row in enumerate(rows, first):
                    copy.write_row(self._judged(number, row, known))
            cursor.execute(_KEEP_ROWS, [self.batch.pk, self.batch.area])
            cursor.execute("DROP TABLE importing")
            self.batch.done += len(rows)
            self.batch.save(update_fields=["done", "total", "touched_at"])

    def _judged(self, number: int, row: layouts.Row, known: Known) -> tuple[Any, ...]:
        content = row.content
        if content.get("name"):
            content["name_search"] = names.folded(content["name"])
        existing = known.person(content)
        self._compare_rows(row, known, existing)
        differences = _differences(row, existing) if existing else {}
        stopped = any(problem.stops for problem in row.problems)
        outcome = "error" if stopped else "differs" if differences else "same" if existing else "new"
        self.counts[outcome] += 1
        self.counts["warned"] += bool(row.problems) and not stopped
        self.problems.update(f"{problem.field}.{problem.code}" for problem in row.problems)
        if outcome == "new":
            content["id"] = uuid.uuid4().hex
            content["name_sounds"] = sounds.keys(content["name"])
            self._join(content, known)
        problems = [[p.field, p.code, p.value, p.stops] for p in row.problems]
        return (number, _json(content), _json(problems) if problems else "[]", outcome,
                existing["id"] if existing else None, _json(differences) if differences else "{}")  # fmt: skip

    def _compare_rows(self, row: layouts.Row, known: Known, existing: Mapping[str, Any] | None) -> None:
        nik, kk = row.content["nik"], row.content["kk"]
        if nik:
            if nik in self.seen_niks:
                row.problems.append(layouts.Problem("nik", "twice_in_file", nik))
            elif existing is None and nik in known.taken:
                row.problems.append(layouts.Problem("nik", "elsewhere", nik))
            self.seen_niks.add(nik)
        if not kk:
            return
        if existing and existing["kk"] and existing["kk"] != kk:
            row.problems.append(layouts.Problem("kk", "other_card", kk, stops=False))
        if known.is_elsewhere(kk):
            row.problems.append(layouts.Problem("kk", "elsewhere", kk))
        is_head = row.content["relation"] == 1
        if is_head and existing is None and (self.heads.get(kk) or kk in known.headed):
            row.problems.append(layouts.Problem("relation", "second_head", kk))
        self.heads[kk] = self.heads.get(kk, False) or is_head or kk in known.headed

    def _join(self, content: dict[str, Any], known: Known) -> None:
        """The card of a new person: the one that is there, or one whose id follows from batch and number."""
        kk = content["kk"]
        if kk and content["status_dasar"] == 1:
            home = self.homes.get(kk)
            if home is None:
                house = uuid.uuid5(self.batch.pk, f"rumah {kk}")
                home = self.homes[kk] = (str(known.cards.get(kk) or uuid.uuid5(self.batch.pk, kk)), str(house))
            content["family"], content["address"] = home


def _differences(row: layouts.Row, existing: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Field -> [in the register, in the file], for what the file says and says otherwise. Blank says nothing."""
    said = row.given | {"rt_code"}
    found = {}
    for name in COMPARED:
        if name in said:
            here, there = existing[name], row.content.get(name)
            here = here.isoformat() if hasattr(here, "isoformat") else here
            if here != there and not (isinstance(there, str) and _same_words(here, there)):
                found[name] = [here, there]
    return found


def _same_words(here: Any, there: str) -> bool:
    return layouts.plain_text(here or "").casefold() == there.casefold()


def _json(value: Any) -> str:
    return _JSON.encode(value).decode()


_STAGING = """CREATE TEMP TABLE importing (number int, content jsonb, problems jsonb, outcome text, person_id uuid,
  differences jsonb)"""
_KEEP_ROWS = """INSERT INTO civil_importrow (batch_id, area, number, content, problems, outcome, person_id, differences)
SELECT %s, %s, number, content, problems, outcome, person_id, differences FROM importing"""
