"""Everything that can be known of a pack without a database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from pasti.citypack import references
from pasti.citypack.reading import PackFile, PackProblem, read
from pasti.citypack.sections import SECTIONS, Section


@dataclass
class Checked:
    """A pack read and checked: its problems, and its sections ready to load, in order."""

    problems: list[PackProblem]
    ready: list[tuple[str, Section, BaseModel]]


def check(path: Path | str) -> list[PackProblem]:
    """What is wrong in the pack at `path`, by file and line; empty when it is sound."""
    return examine(Path(path)).problems


def examine(folder: Path) -> Checked:
    """Read every file, hold it against its schema, then look up every name used across files."""
    if not folder.is_dir():
        return Checked([PackProblem(str(folder), 1, "", "folder tidak ada (no such folder)")], [])
    result, pack = Checked([], []), {}
    for section in SECTIONS:
        for name in section.files(folder):
            if not (folder / name).exists():
                result.problems += [_missing(name)] if section.required else []
                continue
            pack[name] = file = read(folder, name)
            _validate(result, section, file)
    result.problems += references.check(pack)
    result.problems.sort(key=lambda one: (one.file, one.line))
    return result


def _validate(result: Checked, section: Section, file: PackFile) -> None:
    result.problems += file.problems
    # A file of a system this program does not have yet is still read, and its names are looked up.
    if file.problems or not section.installed:
        return
    data = file.data
    if "*" in section.file and isinstance(data, dict):
        data = {"name": Path(file.name).stem, **data}
    try:
        result.ready.append((file.name, section, section.schema().model_validate(data)))
    except ValidationError as error:
        result.problems += [_in_words(file, one) for one in error.errors()]


def _missing(name: str) -> PackProblem:
    return PackProblem(name, 1, "", "berkas wajib ini tidak ada (required file is missing)")


WORDS = {
    "missing": "wajib diisi (required)",
    "extra_forbidden": "kunci tidak dikenal (unknown key)",
    "int_type": "harus bilangan bulat (must be a whole number)",
    "int_parsing": "harus bilangan bulat (must be a whole number)",
    "int_from_float": "harus bilangan bulat (must be a whole number)",
    "float_type": "harus bilangan (must be a number)",
    "float_parsing": "harus bilangan (must be a number)",
    "decimal_parsing": "harus bilangan (must be a number)",
    "string_type": "harus teks; beri tanda kutip (must be text; quote it)",
    "string_too_short": "tidak boleh kosong (must not be empty)",
    "string_too_long": "terlalu panjang, paling banyak {max_length} huruf (too long)",
    "string_pattern_mismatch": "bentuk salah (does not match {pattern})",
    "list_type": "harus daftar (must be a list)",
    "dict_type": "harus berisi kunci dan nilai (must be a mapping)",
    "model_type": "harus berisi kunci dan nilai (must be a mapping)",
    "bool_type": "harus true atau false (must be true or false)",
    "bool_parsing": "harus true atau false (must be true or false)",
    "greater_than": "harus lebih dari {gt} (must be more than {gt})",
    "greater_than_equal": "paling sedikit {ge} (at least {ge})",
    "less_than": "harus kurang dari {lt} (must be less than {lt})",
    "less_than_equal": "paling banyak {le} (at most {le})",
    "literal_error": "harus salah satu dari {expected} (must be one of these)",
    "enum": "harus salah satu dari {expected} (must be one of these)",
    "too_short": "paling sedikit {min_length} butir (too few items)",
    "too_long": "paling banyak {max_length} butir (too many items)",
    "date_from_datetime_parsing": "bukan tanggal TTTT-BB-HH (not a date YYYY-MM-DD)",
    "date_parsing": "bukan tanggal TTTT-BB-HH (not a date YYYY-MM-DD)",
    "time_parsing": "bukan jam JJ:MM (not a time HH:MM)",
}


def _in_words(file: PackFile, error: Any) -> PackProblem:
    context = error.get("ctx", {})
    words = WORDS.get(error["type"])
    message = words.format(**context) if words else str(context.get("error") or error["msg"])
    return file.problem(tuple(error["loc"]), message)
