"""Catalogues of translations with Babel alone: no gettext programs needed.

Texts in code and templates are Indonesian (the message ids); each package keeps its English in
`locale/en/LC_MESSAGES/django.po`.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract as babel_extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).resolve().parents[2]
KEYWORDS = {
    "gettext": None, "gettext_lazy": None, "_": None, "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3), "gettext_noop": None,
}  # fmt: skip
# A date in the header would make two people's additions conflict in every merge.
_UNDATED = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


def packages() -> list[Path]:
    """Every folder that keeps texts: those with an apps.py."""
    return sorted(p.parent for p in PACKAGE.rglob("apps.py"))


def extract(package: str = "") -> None:
    """Bring the catalogue of `package` (all when empty) in step with its texts, keeping translations."""
    for folder in packages():
        if package in ("", folder.name):
            found = _texts(folder)
            if len(found):
                known = _read(folder)
                known.update(found, no_fuzzy_matching=True)
                known.obsolete.clear()
                _write(folder, known)


def check() -> list[str]:
    """What is wrong with the catalogues: texts without English, empty ones, and placeholders that differ."""
    return [fault for folder in packages() for fault in _faults(folder)]


def compile_all() -> None:
    """Write the binary catalogues that Django reads."""
    for folder in packages():
        path = _path(folder)
        if path.exists():
            with path.with_suffix(".mo").open("wb") as target:
                write_mo(target, _read(folder))


def _faults(folder: Path) -> Iterator[str]:
    known, found = _read(folder), _texts(folder)
    for message in found:
        if not message.id:
            continue
        name = message.id if isinstance(message.id, str) else message.id[0]
        entry = known.get(name, message.context)
        texts = entry.string if entry and isinstance(entry.string, tuple | list) else (entry.string,) if entry else ()
        if not texts or not all(texts):
            yield f"{_path(folder).relative_to(PACKAGE)}: no English for {name!r}"
        elif any(set(_PLACEHOLDER.findall(name)) != set(_PLACEHOLDER.findall(str(t))) for t in texts[-1:]):
            yield f"{_path(folder).relative_to(PACKAGE)}: placeholders differ in {name!r}"
    for message in known:
        if message.id and message.id not in found:
            yield f"{_path(folder).relative_to(PACKAGE)}: no longer used: {message.id!r}"


def _texts(folder: Path) -> Catalog:
    catalog = Catalog(locale="en", charset="utf-8")
    nested = [p for p in packages() if p != folder and p.is_relative_to(folder)]
    for path in sorted(folder.rglob("*")):
        if path.suffix not in (".py", ".html", ".txt") or "migrations" in path.parts:
            continue
        if any(path.is_relative_to(other) for other in nested):
            continue
        for line, message, _comments, context in _of_file(path):
            catalog.add(message, locations=[(str(path.relative_to(PACKAGE)), line)], context=context)
    return catalog


def _of_file(path: Path) -> Iterator[tuple[int, str | tuple[str, ...], list[str], str | None]]:
    source = path.read_text()
    if path.suffix != ".py":
        if "{%" not in source:
            return
        source = _as_python(source)
    yield from babel_extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS, options={"encoding": "utf-8"})


def _as_python(template: str) -> str:
    from django.conf import settings
    from django.utils.translation.template import templatize

    if not settings.configured:
        settings.configure()
    return str(templatize(template))


def _path(folder: Path) -> Path:
    return folder / "locale" / "en" / "LC_MESSAGES" / "django.po"


def _read(folder: Path) -> Catalog:
    path = _path(folder)
    if not path.exists():
        return Catalog(locale="en", charset="utf-8")
    with path.open("rb") as source:
        return read_po(source, locale="en")


def _write(folder: Path, catalog: Catalog) -> None:
    path = _path(folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    catalog.creation_date = _UNDATED
    with path.open("wb") as target:
        write_po(target, catalog, width=110, omit_header=False, sort_output=True, no_location=True)
