"""Opening files of rows from anybody: workbooks and CSV, read line by line, never trusted."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from pasti.civil.rules.layouts import Cell
from pasti.kernel.errors import Refused

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
MAX_UNPACKED = 2 * 1024**3  # 213,469 people in OpenSID's 43 columns unpack to about 0.6 GB
MAX_RATIO = 200
MAX_PARTS = 2000
MAX_ROWS = 1_000_000


@dataclass(frozen=True)
class Table:
    """Lines of a file and how many there are (0: not known before the end)."""

    rows: Iterator[Sequence[Cell]]
    total: int


@contextmanager
def opened(path: Path) -> Iterator[Table]:
    """The lines of a workbook's first sheet, or of a CSV. Raises Refused `berkas-rusak`, `berkas-bom`."""
    if zipfile.is_zipfile(path):
        yield _workbook(path)
        return
    delimiter = _delimiter(path)
    encoding = "utf-8-sig" if _is_utf8(path) else "cp1252"
    with path.open(encoding=encoding, newline="", errors="replace") as source:
        yield Table(iter(csv.reader(source, delimiter=delimiter)), 0)


def _workbook(path: Path) -> Table:
    _check_parts(path)
    try:
        sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    except (CalamineError, zipfile.BadZipFile, OSError, IndexError, ValueError) as error:
        raise _broken() from error
    if sheet.total_height > MAX_ROWS:
        raise _bomb()
    return Table(iter(sheet.iter_rows()), sheet.total_height)


def _check_parts(path: Path) -> None:
    """Look at the sizes a ZIP names before unpacking anything."""
    try:
        with zipfile.ZipFile(path) as parts:
            infos = parts.infolist()
    except zipfile.BadZipFile as error:
        raise _broken() from error
    unpacked, packed = sum(i.file_size for i in infos), sum(i.compress_size for i in infos)
    if len(infos) > MAX_PARTS or unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(packed, 1_000_000):
        raise _bomb()
    if any(i.flag_bits & 1 for i in infos):
        raise _broken()


def _is_utf8(path: Path) -> bool:
    with path.open("rb") as source:
        while block := source.read(1 << 20):
            try:
                block.decode()
            except UnicodeDecodeError as error:
                if error.start < len(block) - 3:  # else a character cut by the block's end
                    return False
    return True


def _delimiter(path: Path) -> str:
    with path.open("rb") as source:
        head = source.readline(65536)
    return max(";,\t", key=lambda one: head.count(one.encode()))


def _broken() -> Refused:
    return Refused("berkas-rusak", _("Berkas ini bukan lembar kerja yang dapat dibaca"), status=422, field="file")


def _bomb() -> Refused:
    return Refused("berkas-bom", _("Berkas ini mengembang terlalu besar bila dibuka"), status=422, field="file")
