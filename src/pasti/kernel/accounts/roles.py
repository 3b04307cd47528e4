"""The roles of the platform. What each may do is granted by the systems themselves (`published.GRANTS`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Role:
    """A role a person can hold: its code, its name in both languages, the level of unit it is held at."""

    code: str
    name_id: str
    name_en: str
    level: str

    @property
    def is_official(self) -> bool:
        """True for every role but the citizen's own."""
        return self.code != "warga"

    @property
    def second_factor(self) -> bool:
        """Officials open data of others: a password alone never suffices."""
        return self.is_official


_ALL = (
    Role("warga", "Warga", "Resident", "person"),
    Role("ketua_rt", "Ketua RT", "Head of RT", "rt"),
    Role("ketua_rw", "Ketua RW", "Head of RW", "rw"),
    Role("kelurahan", "Petugas kelurahan", "Kelurahan officer", "kelurahan"),
    Role("dukcapil", "Petugas Dispendukcapil", "Civil registry officer", "agency"),
    Role("loket", "Petugas loket RSUD", "Hospital clerk", "hospital"),
    Role("perawat", "Perawat RSUD", "Hospital nurse", "hospital"),
    Role("dokter", "Dokter RSUD", "Hospital doctor", "hospital"),
    Role("manajer_rs", "Manajer RSUD", "Hospital manager", "hospital"),
    Role("bpbd", "Petugas jaga BPBD", "Disaster duty officer", "agency"),
    Role("bpbd_kepala", "Kepala BPBD", "Head of disaster agency", "agency"),
    Role("dlhkp", "Petugas DLHKP", "Environment officer", "agency"),
    Role("pustakawan", "Pustakawan", "Librarian", "library"),
    Role("bappeda", "Perencana Bappeda", "City planner", "agency"),
    Role("opd", "Petugas perangkat daerah", "Agency officer", "agency"),
    Role("asesor_1", "Asesor pertama", "First assessor", "city"),
    Role("asesor_2", "Asesor kedua", "Second assessor", "city"),
    Role("auditor", "Auditor", "Auditor", "city"),
    Role("admin", "Administrator", "Administrator", "city"),
)
ROLES: dict[str, Role] = {role.code: role for role in _ALL}
