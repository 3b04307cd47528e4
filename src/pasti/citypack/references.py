"""Words in one file that must be defined in another (or elsewhere in the same): every such use is looked up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps

from pasti.citypack.reading import PackFile, PackProblem, Path_
from pasti.kernel.publish.registry import registry

Pack = dict[str, PackFile]


@dataclass(frozen=True)
class Use:
    """In `file`, the values at `path` ("[]" stands for every item) name a thing of `kind`."""

    file: str
    path: str
    kind: str


# Where each kind of thing gets its name.
DEFINED = {
    "place": (("wilayah/areas.csv", "rows[].code"),),
    "source": (("city.yaml", "sources[].id"),),
    "agency": (("agencies.yaml", "agencies[].code"),),
    "clinic": (("hospital.yaml", "clinics[].code"),),
    "letter route": (("letters.yaml", "routes[].code"),),
    "letter law": (("letters.yaml", "laws[].code"),),
    "letter kind": (("letters.yaml", "kinds[].code"),),
    "river": (("ews.yaml", "rivers[].code"),),
    "gauge": (("ews.yaml", "gauges[].code"),),
    "shelter": (("ews.yaml", "shelters[].code"),),
    "dimension": (("masterplan.yaml", "dimensions[].code"),),
    "subdimension": (("masterplan.yaml", "dimensions[].subdimensions[].code"),),
    "mission": (("masterplan.yaml", "missions[].code"),),
    "goal": (("masterplan.yaml", "goals[].code"),),
    "sasaran": (("masterplan.yaml", "sasaran[].code"),),
    "quick win": (("masterplan.yaml", "quick_wins[].code"),),
}
# Kinds whose names must be given only once.
UNIQUE = (
    "place", "source", "agency", "clinic", "river", "gauge", "shelter",
    "letter route", "letter law", "letter kind", "dimension", "mission", "goal",
    "sasaran", "quick win",
)  # fmt: skip
USES = (
    Use("city.yaml", "code", "place"),
    Use("city.yaml", "smart_city_lead", "agency"),
    Use("wilayah/areas.csv", "rows[].parent", "place"),
    Use("wilayah/kecamatan.geojson", "features[].id", "place"),
    Use("wilayah/kelurahan.geojson", "features[].id", "place"),
    Use("rt_rw.yaml", "kelurahan[].code", "place"),
    Use("demo.yaml", "home", "place"),
    Use("demo.yaml", "roles[].unit", "agency"),
    Use("verifiers.yaml", "verifiers[].agency", "agency"),
    Use("verifiers.yaml", "verifiers[].unit", "agency"),
    Use("hospital.yaml", "hospital.place", "place"),
    Use("hospital.yaml", "hospital.agency", "agency"),
    Use("hospital.yaml", "doctors[].clinic", "clinic"),
    Use("ews.yaml", "rivers[].areas[].place", "place"),
    Use("ews.yaml", "gauges[].river", "river"),
    Use("ews.yaml", "gauges[].place", "place"),
    Use("ews.yaml", "gauges[].upstream[].gauge", "gauge"),
    Use("ews.yaml", "shelters[].place", "place"),
    Use("ews.yaml", "sender.agency", "agency"),
    Use("letters.yaml", "kinds[].route", "letter route"),
    Use("letters.yaml", "kinds[].law", "letter law"),
    Use("masterplan.yaml", "missions[].dimensions[]", "dimension"),
    Use("masterplan.yaml", "goals[].mission", "mission"),
    Use("masterplan.yaml", "sasaran[].goal", "goal"),
    Use("masterplan.yaml", "sasaran[].dimensions[]", "dimension"),
    Use("masterplan.yaml", "sasaran[].subdimensions[]", "subdimension"),
    Use("masterplan.yaml", "indicators[].sasaran", "sasaran"),
    Use("masterplan.yaml", "indicators[].dimensions[]", "dimension"),
    Use("masterplan.yaml", "indicators[].quick_wins[]", "quick win"),
    Use("masterplan.yaml", "indicators[].owner", "agency"),
    Use("masterplan.yaml", "quick_wins[].dimension", "dimension"),
    Use("masterplan.yaml", "quick_wins[].owner", "agency"),
    Use("masterplan.yaml", "quick_wins[].basis", "source"),
)
_MEASURE = re.compile(r"\b([a-z_]+)\.[a-z_0-9]+\b")


def check(pack: Pack) -> Iterator[PackProblem]:
    """Every name that is used and not defined, or defined twice."""
    for kind in UNIQUE:
        yield from _repeated(pack, kind)
    names = {kind: {value for *_, value in _definitions(pack, kind)} for kind in DEFINED}
    for use in USES:
        yield from _unknown(pack.get(use.file), use.path, use.kind, names[use.kind] | _outside(use))
    for file in pack.values():
        yield from _sources(file, names["source"])
    yield from _measures(pack.get("masterplan.yaml"))


def _outside(use: Use) -> set[Any]:
    # The city's own parent is its province, which no pack holds.
    return {""} if use.path != "rows[].parent" else {"", None}


def _definitions(pack: Pack, kind: str) -> Iterator[tuple[PackFile, Path_, Any]]:
    for name, path in DEFINED[kind]:
        if name in pack:
            yield from ((pack[name], at, value) for at, value in _values(pack[name].data, path.split("."), ()))


def _repeated(pack: Pack, kind: str) -> Iterator[PackProblem]:
    seen: set[Any] = set()
    for file, at, value in _definitions(pack, kind):
        if isinstance(value, str) and value in seen:
            yield file.problem(at, f"{kind} {value!r} ditetapkan dua kali (defined twice)")
        seen.add(value if isinstance(value, str) else None)


def _unknown(file: PackFile | None, path: str, kind: str, known: set[Any]) -> Iterator[PackProblem]:
    if file is None:
        return
    for at, value in _values(file.data, path.split("."), ()):
        if isinstance(value, str) and value not in known and not _is_province(file, at, path):
            yield file.problem(at, f"{kind} {value!r} tidak ada (unknown {kind})")


def _is_province(file: PackFile, at: Path_, path: str) -> bool:
    return path == "rows[].parent" and file.data["rows"][at[1]].get("level") == "kabupaten_kota"


def _sources(file: PackFile, known: set[Any]) -> Iterator[PackProblem]:
    for at, value in _everywhere(file.data, ()):
        if at and at[-1] == "source" and isinstance(value, str) and value not in known:
            yield file.problem(at, f"sumber {value!r} tidak ada di city.yaml (unknown source)")


def _measures(file: PackFile | None) -> Iterator[PackProblem]:
    if file is None:
        return
    systems = {config.label for config in apps.get_app_configs() if config.name.startswith("pasti.")}
    for at, value in _values(file.data, ["indicators[]", "formula"], ()):
        for found in _MEASURE.finditer(str(value)):
            # A measure of a system this program does not have yet is no mistake of the pack.
            if found[1] in systems and found[0] not in registry().measures:
                yield file.problem(at, f"ukuran {found[0]!r} tidak diterbitkan (unknown measure)")


def _values(data: Any, parts: list[str], at: Path_) -> Iterator[tuple[Path_, Any]]:
    if not parts:
        yield at, data
        return
    key, many = parts[0].removesuffix("[]"), parts[0].endswith("[]")
    if not isinstance(data, dict) or key not in data:
        return
    inner = data[key]
    if not many:
        yield from _values(inner, parts[1:], (*at, key))
    elif isinstance(inner, list):
        for index, item in enumerate(inner):
            yield from _values(item, parts[1:], (*at, key, index))


def _everywhere(data: Any, at: Path_) -> Iterator[tuple[Path_, Any]]:
    yield at, data
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in pairs:
        if key != "coordinates":
            yield from _everywhere(value, (*at, key))
