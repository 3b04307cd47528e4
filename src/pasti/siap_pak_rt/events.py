"""What happened in the RT and RW's work that others may care about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True)
class PaperReady:
    """A paper is finished and can be downloaded; `certified` when its signature comes from a certified provider."""

    name: ClassVar[str] = "siap_pak_rt.PaperReady"
    paper_id: UUID
    subject_id: UUID
    kind: str
    number: str
    certified: bool


@dataclass(frozen=True)
class PaperRevoked:
    """A paper no longer holds."""

    name: ClassVar[str] = "siap_pak_rt.PaperRevoked"
    paper_id: UUID
    subject_id: UUID
    kind: str
    number: str


@dataclass(frozen=True)
class LetterMoved:
    """A letter was asked for, or went on a step: `verdict` led it to `state`."""

    name: ClassVar[str] = "siap_pak_rt.LetterMoved"
    letter_id: UUID
    kind: str
    rt_code: str
    verdict: str
    state: str
    version: int


@dataclass(frozen=True)
class LaporanDecided:
    """The kelurahan confirmed a report, sent it back, or took a confirmed one back; `version` counts its sendings."""

    name: ClassVar[str] = "siap_pak_rt.LaporanDecided"
    laporan_id: UUID
    kind: str
    state: str
    reporter_id: UUID | None
    rt_code: str
    version: int
