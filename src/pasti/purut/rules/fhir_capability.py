"""The CapabilityStatement, made of the table the router uses, so that it cannot promise what is not there."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pasti.purut.rules.fhir_table import CREATE, JSON_PATCH, KINDS, MEDIA_TYPE, READ, UPDATE, Kind


def capability(base: str, hospital: str, version: str, date: dt.date) -> dict[str, Any]:
    """What this server does, as http://hl7.org/fhir/R4/capabilitystatement.html; `date` is when that was last true."""
    return {
        "resourceType": "CapabilityStatement", "status": "active", "date": date.isoformat(), "publisher": hospital,
        "kind": "instance", "fhirVersion": "4.0.1", "format": [MEDIA_TYPE], "patchFormat": [JSON_PATCH],
        "software": {"name": "PASTI", "version": version},
        "implementation": {"description": f"Registration at {hospital}", "url": base},
        "rest": [{
            "mode": "server",
            "documentation": "Searches answer _count (at most 100; 0 answers the total only) and a next link. Unknown "
                             "parameters are ignored, or refused with Prefer: handling=strict.",
            "security": {
                "cors": True,
                "service": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/restful-security-service",
                                         "code": "OAuth"}]}],
                "description": "Appointment and Patient take a bearer token with purut.book, purut.register or purut.queue; "
                               "all else is public.",
            },
            "resource": [_resource(kind) for kind in KINDS.values()],
        }],
    }  # fmt: skip


def _resource(kind: Kind) -> dict[str, Any]:
    told: dict[str, Any] = {
        "type": kind.name, "documentation": kind.words, "interaction": [{"code": code} for code in kind.interactions],
        "versioning": "no-version", "readHistory": False,
        "searchParam": [_param(param.name, param.kind, param.words) for param in kind.params],
    }  # fmt: skip
    if READ in kind.interactions:
        told["conditionalRead"] = "not-match"
    if CREATE in kind.interactions:
        told["conditionalCreate"] = True
    if UPDATE in kind.interactions:
        told |= {"updateCreate": False, "conditionalUpdate": False}
    return told


def _param(name: str, kind: str, words: str) -> dict[str, Any]:
    return {"name": name, "type": kind} | ({"documentation": words} if words else {})
