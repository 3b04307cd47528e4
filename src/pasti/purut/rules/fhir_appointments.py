"""A registration as FHIR Appointment: its status, its shape, and what may be asked of it.

Status codes: http://hl7.org/fhir/R4/valueset-appointmentstatus.html.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from pasti.purut.rules.fhir_resources import LOCATION_PREFIX, Resource, instant, reference, service_type, system
from pasti.purut.rules.fhir_search import Unfit
from pasti.purut.rules.states import State

NIK = "https://fhir.kemkes.go.id/id/nik"  # SATUSEHAT's identifier system of a resident
REFERRAL = "urn:pasti:fhir:rujukan"  # number of a referral or control letter, in basedOn.identifier
PAYER, VISIT_KIND = "urn:pasti:fhir:penjamin", "urn:pasti:fhir:jenis-kunjungan"
QUEUE_NUMBER = "urn:pasti:fhir:nomor-antrean"

# "Arrived" waits before the paperwork is done, "checked-in" after it; once the doctor begins, the planning is over and
# what follows belongs to the visit: "fulfilled".
STATUS: dict[State, str] = {
    State.HELD: "proposed",
    State.BOOKED: "booked",
    State.ADMISSION: "arrived",
    State.ADMITTING: "arrived",
    State.CHECKED_IN: "checked-in",
    State.CALLED: "checked-in",
    State.SKIPPED: "checked-in",
    State.SERVING: "fulfilled",
    State.PHARMACY: "fulfilled",
    State.PREPARING: "fulfilled",
    State.READY: "fulfilled",
    State.DONE: "fulfilled",
    State.CANCELLED: "cancelled",
    State.NO_SHOW: "noshow",
}
_SLOT = re.compile(r"Slot/(\d{1,18})", re.ASCII)
_PATIENT = re.compile(r"Patient/(\d{1,18})", re.ASCII)
_SIXTEEN = re.compile(r"\d{16}", re.ASCII)
_LETTER = re.compile(r"[A-Za-z0-9]{1,30}", re.ASCII)


@dataclass(frozen=True)
class Wanted:
    """A booking somebody asks for. Either `norm` (a Patient of this server) or `nik` is given."""

    slot: int
    norm: int | None
    nik: str
    payer: str
    visit_kind: int
    referral_no: str


def states_of(code: str) -> list[State]:
    """The states an Appointment of this status may be in; none for a status that does not occur here."""
    return [state for state, status in STATUS.items() if status == code]


def appointment(
    *, hospital: str, code: str, state: State, slot: int, poli: str, poli_name: str, doctor: str, doctor_name: str, norm: int,
    begins: dt.datetime, ends: dt.datetime, minutes: int, created: dt.datetime, label: str, payer: str, visit_kind: int,
    referral_no: str, zone: ZoneInfo,
) -> Resource:  # fmt: skip
    """A registration. Start and end are the time the number can expect to be called; the patient is not named."""
    made: Resource = {
        "resourceType": "Appointment", "id": code,
        "extension": [{"url": QUEUE_NUMBER, "valueString": label}, {"url": PAYER, "valueCode": payer},
                      {"url": VISIT_KIND, "valuePositiveInt": visit_kind}],
        "identifier": [{"use": "official", "system": system("Appointment", hospital), "value": code}],
        "status": STATUS[state], "serviceType": [service_type(poli, poli_name)],
        "start": instant(begins, zone), "end": instant(ends, zone), "minutesDuration": minutes,
        "slot": [reference("Slot", slot)], "created": instant(created, zone),
    }  # fmt: skip
    if referral_no:
        made["basedOn"] = [{"type": "ServiceRequest", "identifier": {"system": REFERRAL, "value": referral_no}}]
    made["participant"] = [
        {"actor": reference("Patient", norm), "status": "accepted"},
        {"actor": reference("Practitioner", doctor, doctor_name), "status": "accepted"},
        {"actor": reference("Location", f"{LOCATION_PREFIX}{poli}", f"Poli {poli_name}"), "status": "accepted"},
        {"actor": reference("HealthcareService", poli), "status": "accepted"},
    ]
    return made


def patient(*, norm: int, hospital: str, nik: str | None, name: str, sex: str, birth_date: dt.date) -> Resource:
    """The hospital's record of a patient: what identifies, nothing medical."""
    known = [{"use": "usual", "system": system("Patient", hospital), "value": f"{norm:08}"}]
    if nik:
        known.insert(0, {"use": "official", "system": NIK, "value": nik})
    return {
        "resourceType": "Patient", "id": str(norm), "identifier": known, "active": True,
        "name": [{"use": "official", "text": name}], "gender": "male" if sex == "L" else "female",
        "birthDate": birth_date.isoformat(),
    }  # fmt: skip


def wanted(body: Any, base: str) -> Wanted:
    """The booking an Appointment asks for. Raises Unfit naming the element that does not do."""
    one = _resource(body, "Appointment")
    if one.get("status") not in ("booked", "proposed", "pending"):
        raise Unfit("value", "a new Appointment is booked, proposed or pending", status=422, at="Appointment.status")
    slot = _local(_only(one, "slot"), base, _SLOT, "Appointment.slot")
    norm, nik = _patient(one, base)
    referral = _referral(one)
    payer = _extension(one, PAYER, "valueCode", "jkn" if referral else "umum")
    visit_kind = _extension(one, VISIT_KIND, "valuePositiveInt", 1)
    if not isinstance(payer, str) or type(visit_kind) is not int:
        raise Unfit("value", "an extension has a value of the wrong type", status=422, at="Appointment.extension")
    return Wanted(slot, norm, nik, payer, visit_kind, referral.upper())


def cancels(body: Any, known: Resource) -> bool:
    """Whether an update asks to cancel `known`; False when it changes nothing. Raises Unfit for any other change."""
    one = _resource(body, "Appointment")
    if one.get("id") != known["id"]:
        raise Unfit("invariant", "the id of the body is not the id of the address", at="Appointment.id")
    for name, what in (("slot", _references(known["slot"])), ("participant", _actors(known["participant"]))):
        given = one.get(name)
        if given is not None and (_actors(given) if name == "participant" else _references(given)) != what:
            raise Unfit("business-rule", "an Appointment can only be cancelled", status=422, at=f"Appointment.{name}")
    return _to_cancelled(one.get("status"), known)


def patch_cancels(body: Any, known: Resource) -> bool:
    """The same for a JSON Patch (RFC 6902): tests of the status, then the status replaced by cancelled."""
    if not isinstance(body, list) or not body:
        raise Unfit("structure", "a JSON Patch is a list of operations")
    wished: Any = known["status"]
    for operation in body:
        verb = operation.get("op") if isinstance(operation, dict) else None
        if verb not in ("test", "replace", "add") or operation.get("path") != "/status":
            raise Unfit("business-rule", "only /status can be replaced", status=422, at="Appointment.status")
        if verb == "test" and operation.get("value") != wished:
            raise Unfit("conflict", "the status is another by now", status=409, at="Appointment.status")
        wished = operation.get("value")
    return _to_cancelled(wished, known)


def _to_cancelled(status: Any, known: Resource) -> bool:
    if status == known["status"]:
        return False
    if status != "cancelled":
        raise Unfit("business-rule", "an Appointment can only be cancelled", status=422, at="Appointment.status")
    return True


def _resource(body: Any, kind: str) -> Resource:
    if not isinstance(body, dict) or body.get("resourceType") != kind:
        raise Unfit("structure", f"the body is no {kind}", at="resourceType")
    return body


def _only(one: Resource, name: str) -> Any:
    given = one.get(name)
    if not isinstance(given, list) or len(given) != 1:
        raise Unfit("required", f"exactly one {name} is needed", status=422, at=f"Appointment.{name}")
    return given[0]


def _local(given: Any, base: str, pattern: re.Pattern[str], at: str) -> int:
    text = given.get("reference") if isinstance(given, dict) else None
    match = pattern.fullmatch(text.removeprefix(f"{base}/")) if isinstance(text, str) else None
    if match is None:
        raise Unfit("value", "a reference to a resource of this server is needed", status=422, at=at)
    return int(match[1])


def _patient(one: Resource, base: str) -> tuple[int | None, str]:
    at, given = "Appointment.participant", one.get("participant")
    actors = [p.get("actor") for p in given if isinstance(p, dict)] if isinstance(given, list) else []
    found = [actor for actor in actors if isinstance(actor, dict) and _is_patient(actor, base)]
    if len(found) != 1:
        raise Unfit("required", "exactly one participant is a Patient", status=422, at=at)
    if found[0].get("reference"):
        return _local(found[0], base, _PATIENT, f"{at}.actor"), ""
    nik = found[0]["identifier"]["value"]
    if not _SIXTEEN.fullmatch(nik):
        raise Unfit("value", "a NIK has sixteen digits", status=422, at=f"{at}.actor.identifier")
    return None, str(nik)


def _is_patient(actor: Resource, base: str) -> bool:
    text, known = actor.get("reference"), actor.get("identifier")
    if isinstance(text, str) and text:
        return text.removeprefix(f"{base}/").startswith("Patient/")
    return isinstance(known, dict) and known.get("system") == NIK and isinstance(known.get("value"), str)


def _referral(one: Resource) -> str:
    given = one.get("basedOn")
    if given is None:
        return ""
    first = given[0] if isinstance(given, list) and len(given) == 1 else None
    known = first.get("identifier") if isinstance(first, dict) else None
    number = known.get("value") if isinstance(known, dict) else None
    if not isinstance(number, str) or not _LETTER.fullmatch(number):
        words = "one referral or control letter, as identifier with its number of letters and digits"
        raise Unfit("value", words, status=422, at="Appointment.basedOn")
    return number


def _extension(one: Resource, url: str, value: str, usual: Any) -> Any:
    given = one.get("extension", [])
    if not isinstance(given, list):
        raise Unfit("structure", "extension is a list", at="Appointment.extension")
    return next((e.get(value, "") for e in given if isinstance(e, dict) and e.get("url") == url), usual)


def _references(given: Any) -> Any:
    return sorted(str(g.get("reference")) for g in given if isinstance(g, dict)) if isinstance(given, list) else None


def _actors(given: Any) -> Any:
    return _references([p.get("actor") for p in given if isinstance(p, dict)]) if isinstance(given, list) else None
