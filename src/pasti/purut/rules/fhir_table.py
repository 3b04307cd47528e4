"""What the FHIR facade serves: one table, from which both the router and the CapabilityStatement are made.

Standard: HL7 FHIR R4 (4.0.1), http://hl7.org/fhir/R4/http.html and the search parameters of each resource's page.
"""

from __future__ import annotations

from dataclasses import dataclass

READ, SEARCH, CREATE, UPDATE, PATCH = "read", "search-type", "create", "update", "patch"
MEDIA_TYPE = "application/fhir+json"
JSON_TYPES = (MEDIA_TYPE, "application/json")
JSON_PATCH = "application/json-patch+json"
# Parameters that steer the answer instead of choosing what is in it.
CONTROLS = frozenset({"_count", "_format", "_cursor"})
PAGE, LARGEST_PAGE = 20, 100


@dataclass(frozen=True)
class Param:
    """A search parameter as R4 defines it: its name, its type (token, reference, string, date), and our words on it."""

    name: str
    kind: str
    words: str = ""


@dataclass(frozen=True)
class Kind:
    """A resource type: how it may be used, by which parameters it is found, and whether anyone may see it."""

    name: str
    interactions: tuple[str, ...]
    params: tuple[Param, ...]
    public: bool = True
    words: str = ""
    required: str = ""  # a search without this parameter is refused
    numbered: bool = False  # ids are numbers, and asking for one that is not the caller's is kept as an attempt


_ID = Param("_id", "token")
_IDENTIFIER = Param("identifier", "token")
_NAME = Param("name", "string", "From the beginning of any word; :contains and :exact are understood")
_ORGANIZATION = Param("organization", "reference")
_SERVICE_TYPE = Param("service-type", "token", "The clinic's BPJS code")
_ACTOR = Param("actor", "reference", "Practitioner, Location or HealthcareService")
_LOOK = (READ, SEARCH)

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("Organization", _LOOK, (_ID, _IDENTIFIER, _NAME), words="The hospital"),
        Kind("Location", _LOOK, (_ID, _IDENTIFIER, _NAME, _ORGANIZATION), words="The rooms of each clinic (poli)"),
        Kind("Practitioner", _LOOK, (_ID, _IDENTIFIER, _NAME), words="Doctors"),
        Kind("HealthcareService", _LOOK, (_ID, _IDENTIFIER, _NAME, _ORGANIZATION, Param("location", "reference"), _SERVICE_TYPE),
             words="Clinics (poli)"),
        Kind("Schedule", _LOOK, (_ID, _IDENTIFIER, _ACTOR, _SERVICE_TYPE, Param("active", "token")),
             words="A doctor's practice on one day of the week (jadwal)"),
        Kind("Slot", _LOOK, (_ID, _IDENTIFIER, Param("schedule", "reference"), Param("start", "date"), Param("status", "token"),
                             _SERVICE_TYPE),
             words="A practice on one date (sesi) with all its places; free while one is left for booking online"),
        Kind("Appointment", (*_LOOK, CREATE, UPDATE, PATCH),
             (_ID, _IDENTIFIER, Param("patient", "reference"), Param("actor", "reference"), Param("practitioner", "reference"),
              Param("location", "reference"), Param("slot", "reference"), Param("status", "token"), _SERVICE_TYPE,
              Param("date", "date", "The day of the visit; a time of day counts as its day")),
             public=False, words="A registration (antrean); update and patch only cancel it"),
        Kind("Patient", _LOOK, (Param("identifier", "token", "Only https://fhir.kemkes.go.id/id/nik"),), public=False,
             words="Residents see those on their family card, hospital staff by their role; each read is recorded",
             required="identifier", numbered=True),
    )
}  # fmt: skip


def kind_of(name: str) -> Kind:
    """The type of this name. Raises KeyError."""
    return KINDS[name]
