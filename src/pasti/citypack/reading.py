"""Files of a pack as plain data, each value with the line it stands on."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

Path_ = tuple[str | int, ...]


@dataclass(frozen=True)
class PackProblem:
    """One thing wrong in a pack: where, and what, for whoever maintains it."""

    file: str
    line: int
    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.path + ': ' if self.path else ''}{self.message}"


@dataclass
class PackFile:
    """One file read: its data, the line of every value, and what could not be read."""

    name: str
    data: Any = None
    lines: dict[Path_, int] = field(default_factory=dict)
    problems: list[PackProblem] = field(default_factory=list)

    def line_of(self, path: Path_) -> int:
        """The line of the value at `path`, else of the nearest value around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def problem(self, path: Path_, message: str) -> PackProblem:
        """A problem with the value at `path`."""
        return PackProblem(self.name, self.line_of(path), dotted(path), message)


def dotted(path: Path_) -> str:
    """A path in words: ("doctors", 3, "name") -> "doctors[3].name"."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def read(folder: Path, name: str) -> PackFile:
    """Read one file of the pack by the kind its name ends in: yaml, csv or geojson."""
    found = PackFile(name)
    try:
        text = (folder / name).read_text(encoding="utf-8-sig")
        _READERS[Path(name).suffix](found, text)
    except OSError as error:
        found.problems.append(PackProblem(name, 1, "", f"tidak terbaca (cannot be read): {error.strerror}"))
    except UnicodeDecodeError:
        found.problems.append(PackProblem(name, 1, "", "bukan UTF-8 (not UTF-8)"))
    return found


def _read_yaml(found: PackFile, text: str) -> None:
    loader = yaml.SafeLoader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            found.problems.append(PackProblem(found.name, 1, "", "berkas kosong (empty file)"))
            return
        _walk(found, node, ())
        found.data = loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        message = f"bukan YAML yang sah (not valid YAML): {error.problem}"
        found.problems.append(PackProblem(found.name, line, "", message))
    finally:
        loader.dispose()


def _walk(found: PackFile, node: yaml.Node, path: Path_) -> None:
    found.lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        for index, child in enumerate(node.value):
            _walk(found, child, (*path, index))
    elif isinstance(node, yaml.MappingNode):
        for key, child in node.value:
            inner = (*path, str(key.value))
            if inner in found.lines:
                message = "kunci ini dua kali (key given twice)"
                found.problems.append(PackProblem(found.name, key.start_mark.line + 1, dotted(inner), message))
            found.lines[inner] = key.start_mark.line + 1
            _walk(found, child, inner)


def _read_csv(found: PackFile, text: str) -> None:
    rows = list(csv.DictReader(text.splitlines()))
    found.data = {"rows": rows}
    for index, row in enumerate(rows):
        found.lines[("rows", index)] = index + 2
        if None in row or None in row.values():
            found.problems.append(found.problem(("rows", index), "banyak kolom tidak cocok (wrong number of columns)"))


def _read_geojson(found: PackFile, text: str) -> None:
    try:
        found.data = json.loads(text)
    except json.JSONDecodeError as error:
        message = f"bukan JSON yang sah (not valid JSON): {error.msg}"
        found.problems.append(PackProblem(found.name, error.lineno, "", message))


_READERS = {".yaml": _read_yaml, ".csv": _read_csv, ".geojson": _read_geojson}
