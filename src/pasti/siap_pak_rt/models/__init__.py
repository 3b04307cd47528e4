"""The tables of the RT and RW's work, by area."""

from pasti.siap_pak_rt.models.attachments import Attachment, Upload
from pasti.siap_pak_rt.models.desk import Kos, Laporan, LaporanStep, Tamu
from pasti.siap_pak_rt.models.letters import Letter, LetterKind, LetterStep, LetterUnit, NumberSeries
from pasti.siap_pak_rt.models.papers import Paper, PaperCheck
from pasti.siap_pak_rt.models.rights import Breach, BreachSubject, DataRequest
from pasti.siap_pak_rt.models.sync import Device, SyncAction

__all__ = [
    "Attachment",
    "Breach",
    "BreachSubject",
    "DataRequest",
    "Device",
    "Kos",
    "Laporan",
    "LaporanStep",
    "Letter",
    "LetterKind",
    "LetterStep",
    "LetterUnit",
    "NumberSeries",
    "Paper",
    "PaperCheck",
    "SyncAction",
    "Tamu",
    "Upload",
]
