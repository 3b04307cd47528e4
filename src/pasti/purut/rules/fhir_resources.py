"""The hospital as FHIR R4 resources: organization, locations, doctors, clinics, schedules and slots. Nobody's data.

Identifiers follow SATUSEHAT: `http://sys-ids.kemkes.go.id/<type>/<organization>`
(https://satusehat.kemkes.go.id/platform/docs/id/fhir/resources/). The organization's number there is given by the
ministry; until a hospital has one its own code stands in its place. Extensions of our own are `urn:pasti:fhir:...`
(decision 20).
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

ADMINISTRATIVE = "https://fhir.kemkes.go.id/r4/StructureDefinition/administrativeCode"
POLI_SYSTEM = "urn:pasti:fhir:poli"  # the clinic's BPJS code
PLACES_LEFT = "urn:pasti:fhir:sisa-tempat"
LOCATION_PREFIX = "poli-"
WEEKDAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
Resource = dict[str, Any]


def system(kind: str, organization: str) -> str:
    """The identifier system of a resource type at a health facility, as SATUSEHAT names it."""
    return f"http://sys-ids.kemkes.go.id/{kind.lower()}/{organization}"


def instant(moment: dt.datetime, zone: ZoneInfo) -> str:
    """A moment in the city's own offset."""
    return moment.astimezone(zone).isoformat(timespec="seconds")


def reference(kind: str, key: object, display: str = "") -> Resource:
    """A reference within this server."""
    return {"reference": f"{kind}/{key}"} | ({"display": display} if display else {})


def organization(*, code: str, name: str, place: str) -> Resource:
    """The hospital. `place` is the dotted code of its kelurahan (Permendagri 72/2019)."""
    return _base("Organization", code, code) | {
        "active": True,
        "type": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/organization-type", "code": "prov",
                              "display": "Healthcare Provider"}]}],
        "name": name,
        "address": [{"country": "ID", "extension": [{"url": ADMINISTRATIVE, "extension": _levels(place)}]}],
    }  # fmt: skip


def location(*, hospital: str, poli: str, name: str) -> Resource:
    """Where a clinic is."""
    return _base("Location", f"{LOCATION_PREFIX}{poli}", hospital, poli) | {
        "status": "active", "name": f"Poli {name}", "mode": "instance",
        "physicalType": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/location-physical-type", "code": "ro",
                                     "display": "Room"}]},
        "managingOrganization": reference("Organization", hospital),
    }  # fmt: skip


def practitioner(*, hospital: str, code: str, name: str, fictional: bool) -> Resource:
    """A doctor; those of a demo are marked as test data (http://hl7.org/fhir/R4/valueset-security-labels.html, HTEST)."""
    made = _base("Practitioner", code, hospital) | {"active": True, "name": [{"use": "official", "text": name}]}
    if fictional:
        made["meta"] = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "HTEST",
                                      "display": "test health data"}]}  # fmt: skip
    return made


def healthcare_service(*, hospital: str, poli: str, name: str, words: list[str]) -> Resource:
    """A clinic. What people type when they mean it goes into `comment`."""
    made = _base("HealthcareService", poli, hospital) | {
        "active": True, "providedBy": reference("Organization", hospital), "type": [service_type(poli, name)],
        "location": [reference("Location", f"{LOCATION_PREFIX}{poli}")], "name": f"Poli {name}", "appointmentRequired": True,
    }  # fmt: skip
    return made | ({"comment": ", ".join(words)} if words else {})


def schedule(
    *, hospital: str, code: str, active: bool, poli: str, poli_name: str, doctor: str, doctor_name: str, weekday: int,
    starts: dt.time, ends: dt.time, first: dt.date, last: dt.date,
) -> Resource:  # fmt: skip
    """A weekly practice; its slots lie between `first` and `last`, the booking horizon. `weekday` is ISO, 1 Monday."""
    return _base("Schedule", code, hospital) | {
        "active": active, "serviceType": [service_type(poli, poli_name)],
        "actor": [reference("Practitioner", doctor, doctor_name), reference("HealthcareService", poli),
                  reference("Location", f"{LOCATION_PREFIX}{poli}", f"Poli {poli_name}")],
        "planningHorizon": {"start": first.isoformat(), "end": last.isoformat()},
        "comment": f"{WEEKDAYS[weekday - 1]} {starts:%H.%M}–{ends:%H.%M}",
    }  # fmt: skip


def slot(
    *, hospital: str, key: int, schedule: str, poli: str, poli_name: str, status: str, starts: dt.datetime,
    ends: dt.datetime, left: dict[str, int], zone: ZoneInfo,
) -> Resource:  # fmt: skip
    """A practice on one date with all its places (decision 20). `left` names the places still free online, by payer."""
    places = [{"url": name, "valueUnsignedInt": max(0, number)} for name, number in left.items()]
    return _base("Slot", key, hospital) | {
        "extension": [{"url": PLACES_LEFT, "extension": places}],
        "serviceType": [service_type(poli, poli_name)], "schedule": reference("Schedule", schedule), "status": status,
        "start": instant(starts, zone), "end": instant(ends, zone),
    }  # fmt: skip


def service_type(poli: str, name: str) -> Resource:
    """A clinic as a coded concept: its BPJS code."""
    return {"coding": [{"system": POLI_SYSTEM, "code": poli, "display": f"Poli {name}"}]}


def _base(kind: str, key: object, hospital: str, value: str = "") -> Resource:
    identifier = {"use": "official", "system": system(kind, hospital), "value": value or str(key)}
    return {"resourceType": kind, "id": str(key), "identifier": [identifier]}


def _levels(place: str) -> list[Resource]:
    """Province, city, district and village as the extension of the ministry wants them: codes without points."""
    parts = place.split(".")
    names = ("province", "city", "district", "village")
    return [
        {"url": name, "valueCode": "".join(parts[: at + 1])} for at, name in enumerate(names) if at < len(parts)
    ]  # fmt: skip
