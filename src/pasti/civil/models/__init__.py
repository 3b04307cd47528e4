"""The register's tables. The register of record stays with Dukcapil (SIAK); this is the city's working register."""

from pasti.civil.models.duplicates import DuplicatePair, DuplicateRun
from pasti.civil.models.exports import Export
from pasti.civil.models.families import Address, Family, FamilyCheck, FamilyNumber, Membership
from pasti.civil.models.imports import ImportBatch, ImportRow
from pasti.civil.models.people import CodeEntry, Person, PersonVersion
from pasti.civil.models.peristiwa import Peristiwa
from pasti.civil.models.statistics import Tally, TallyMark

__all__ = [
    "Address", "CodeEntry", "DuplicatePair", "DuplicateRun", "Export", "Family", "FamilyCheck", "FamilyNumber",
    "ImportBatch", "ImportRow", "Membership", "Peristiwa", "Person", "PersonVersion", "Tally", "TallyMark",
]  # fmt: skip
