"""Which file of a pack belongs to whom. The owners are named as text: nothing is imported before it is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pydantic import BaseModel


@dataclass(frozen=True)
class Section:
    """One file (or a glob of like files): its pydantic model and the function that loads it, in load order."""

    file: str
    module: str
    model: str = "Section"
    load: str = "load"
    required: bool = False

    @property
    def installed(self) -> bool:
        """Whether this program has the system the file is for."""
        try:
            return find_spec(self.module) is not None
        except ModuleNotFoundError:
            return False

    def schema(self) -> type[BaseModel]:
        """The shape the file must have."""
        model: type[BaseModel] = getattr(import_module(self.module), self.model)
        return model

    def loader(self) -> Callable[[Any], Any] | None:
        """What brings it into the database; None for files that are only read."""
        return getattr(import_module(self.module), self.load) if self.load else None

    def files(self, folder: Path) -> Iterator[str]:
        """The names in the folder this section covers; the plain name also when the file is missing."""
        if "*" not in self.file:
            yield self.file
        else:
            yield from sorted(str(found.relative_to(folder)) for found in folder.glob(self.file))


_PLACES = "pasti.kernel.places.pack"
SECTIONS = (
    Section("wilayah/areas.csv", _PLACES, "AreasSection", "load_areas", required=True),
    Section("city.yaml", _PLACES, "CitySection", "load_city", required=True),
    Section("wilayah/kecamatan.geojson", _PLACES, "BoundariesSection", "load_boundaries"),
    Section("wilayah/kelurahan.geojson", _PLACES, "BoundariesSection", "load_boundaries"),
    Section("rt_rw.yaml", _PLACES, "RtRwSection", "load_rt_rw", required=True),
    Section("agencies.yaml", _PLACES, "AgenciesSection", "load_agencies", required=True),
    Section("holidays.yaml", _PLACES, "HolidaysSection", "load_holidays"),
    Section("codelists/*.csv", "pasti.civil.pack", "CodeListSection", "load_codelist"),
    Section("letters.yaml", "pasti.siap_pak_rt.pack", "LettersSection", "load_letters"),
    Section("verifiers.yaml", "pasti.identity.pack", "VerifiersSection", "load_verifiers"),
    Section("hospital.yaml", "pasti.purut.pack"),
    Section("ews.yaml", "pasti.ews.pack"),
    Section("masterplan.yaml", "pasti.masterplan.pack"),
    Section("demo.yaml", "pasti.simulation.pack", "DemoSection", ""),
)
