"""The answers that are no resource of the hospital: OperationOutcome and searchset Bundle."""

from __future__ import annotations

import hashlib
import json
from typing import Any

# Issue types (http://hl7.org/fhir/R4/valueset-issue-type.html) of the HTTP statuses we answer.
ISSUES = {
    400: "invalid", 401: "login", 403: "forbidden", 404: "not-found", 405: "not-supported", 406: "not-supported",
    409: "conflict", 412: "conflict", 413: "too-long", 415: "not-supported", 422: "business-rule", 429: "throttled",
    500: "exception",
}  # fmt: skip
PROBLEMS = "urn:pasti:fhir:masalah"  # our own stable slugs, the same as in the problem details of /api/v1


def outcome(
    status: int, words: str, *, issue: str = "", slug: str = "", technical: str = "", at: str = ""
) -> dict[str, Any]:
    """An OperationOutcome with one error: `words` for people, `slug` and `technical` for programs, `at` a FHIRPath."""
    details: dict[str, Any] = {"text": words} if words else {}
    if slug:
        details["coding"] = [{"system": PROBLEMS, "code": slug}]
    told: dict[str, Any] = {"severity": "error", "code": issue or ISSUES.get(status, "processing")}
    if details:
        told["details"] = details
    if technical:
        told["diagnostics"] = technical
    if at:
        told["expression"] = [at]
    return {"resourceType": "OperationOutcome", "issue": [told]}


def bundle(
    base: str, resources: list[dict[str, Any]], *, self_url: str, next_url: str = "", total: int | None = None
) -> dict[str, Any]:
    """One page of a search. `total` only where it was counted; no empty arrays, which FHIR's JSON does not know."""
    links = [{"relation": "self", "url": self_url}] + ([{"relation": "next", "url": next_url}] if next_url else [])
    made: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset", "link": links}
    if total is not None:
        made["total"] = total
    if resources:
        made["entry"] = [
            {"fullUrl": f"{base}/{one['resourceType']}/{one['id']}", "resource": one, "search": {"mode": "match"}}
            for one in resources
        ]
    return made


def encoded(resource: dict[str, Any]) -> bytes:
    """The resource as it goes out."""
    return json.dumps(resource, ensure_ascii=False, separators=(",", ":")).encode()


def etag(body: bytes) -> str:
    """A weak tag of the content: nothing here keeps versions."""
    return f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'
