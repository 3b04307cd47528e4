"""The verdict on a message: strict for what we send, patient for what others send us."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from pasti.ews.rules import cap_guard, cap_profile, cap_prose, cap_read, cap_schema
from pasti.ews.rules.cap_fault import CapFault, CapRefused
from pasti.ews.rules.cap_message import Alert

# Departures from the prose that leave a message of others understandable; each was seen in alerts of real agencies.
TOLERATED = frozenset({
    "nama", "rujukan-waktu", "batal-pihak-lain", "pembatasan", "alamat", "bukan-teks-polos", "bahasa", "alamat-web",
    "jenis-berkas", "alamat-relatif", "derefuri", "digest", "ukuran", "poligon-bersilang", "ketinggian", "kosong",
})  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """A message that could be understood, if it could, with all that was found."""

    alert: Alert | None
    faults: tuple[CapFault, ...] = ()
    warnings: tuple[CapFault, ...] = ()

    @property
    def valid(self) -> bool:
        """True when it may be used."""
        return self.alert is not None and not self.faults


def strict(content: bytes, schema: etree.XMLSchema) -> Verdict:
    """Against schema, prose and profile."""
    try:
        root = cap_guard.document(content)
        faults = cap_schema.check(root, schema)
        if faults:
            return Verdict(None, faults)
        reading = cap_read.of_root(root)
    except CapRefused as refusal:
        return Verdict(None, refusal.faults)
    return _verdict(reading.alert, (*reading.notes, *cap_prose.check(reading.alert)))


def patient(content: bytes) -> Verdict:
    """Understood as well as it can be: what others are known to do is a warning."""
    try:
        reading = cap_read.read(content)
    except CapRefused as refusal:
        return Verdict(None, refusal.faults)
    found = cap_prose.check(reading.alert)
    eased = tuple(fault.as_warning() if fault.code in TOLERATED else fault for fault in found)
    return _verdict(reading.alert, (*reading.notes, *eased))


def of_alert(alert: Alert) -> tuple[CapFault, ...]:
    """Everything prose and profile find in a message that is not written yet."""
    return (*cap_prose.check(alert), *cap_profile.check(alert))


def _verdict(alert: Alert, found: tuple[CapFault, ...]) -> Verdict:
    warnings = (*(one for one in found if not one.grave), *cap_profile.check(alert))
    return Verdict(alert, tuple(one for one in found if one.grave), warnings)
