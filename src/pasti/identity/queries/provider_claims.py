"""What an application learns of a person: only what it was approved for and the person allowed, read once and recorded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from allauth.account.models import EmailAddress

from pasti.civil import queries as register
from pasti.identity.models import Application, Consent
from pasti.identity.rules import provider as rules
from pasti.kernel.accounts.models import User
from pasti.kernel.audit.services import record_read
from pasti.kernel.clock import today
from pasti.kernel.context import Actor, acting_as
from pasti.kernel.places import queries as places

PURPOSE = "identity.masuk-aplikasi"
GIVEN = "identity.claims.given"
# The facts of the register each claim is made of.
_FROM = {
    "name": "name", "nik": "nik", "gender": "sex", "birthdate": "birth_date", "address": "address", "kelurahan": "rt_code",
    "rt": "rt_code", "rw": "rt_code", "age_over_17": "birth_date", "age_over_21": "birth_date",
}  # fmt: skip


def asked(application: Application, scopes: Collection[str]) -> list[str]:
    """The claims a request with these scopes is about: never more than the client was approved for."""
    return [claim for claim in rules.claims_of(scopes) if claim in application.approved_claims]


def consent_of(user: User, application: Application) -> Consent | None:
    """What the person allows this application now; None before the first time and after revoking."""
    return Consent.objects.filter(user=user, application=application, revoked_at=None).first()


def allowed(user: User, application: Application, scopes: Collection[str]) -> list[str]:
    """The claims that may be handed over right now."""
    consent = consent_of(user, application)
    return [claim for claim in asked(application, scopes) if consent and claim in consent.given]


def handed_over(user: User, application: Application, scopes: Collection[str]) -> dict[str, Any]:
    """The claims themselves, in the name of the application; the person sees in Jejak Akses which it received."""
    names = allowed(user, application, scopes)
    if not names:
        return {}
    with acting_as(Actor(None, application.name, "client", application.agency)):
        return _of_account(user, names) | _of_register(user, application, names)


def _of_account(user: User, names: Collection[str]) -> dict[str, Any]:
    held: dict[str, Any] = {}
    if "email" in names and user.email:
        confirmed = EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True).exists()
        held |= {"email": user.email, "email_verified": confirmed}
    if "phone_number" in names and user.phone:
        held |= {"phone_number": user.phone, "phone_number_verified": False}
    return held


def _of_register(user: User, application: Application, names: Collection[str]) -> dict[str, Any]:
    """Facts of the register for a resident; who is nobody in it has a name alone."""
    if user.person_id is None:
        record_read(None, GIVEN, purpose=PURPOSE, fields=list(names), object_type="application",
                    object_label=application.name[:100])  # fmt: skip
        return {"name": user.name} if "name" in names else {}
    wanted = list(dict.fromkeys(_FROM[claim] for claim in names if claim in _FROM))
    reading = register.Reading(PURPOSE, GIVEN, application.name)
    facts = register.facts_of(user.person_id, wanted, reading, told=names)
    made = {claim: _claim(claim, facts) for claim in names if claim in _FROM and facts}
    return {claim: value for claim, value in made.items() if value not in (None, "")}


def _claim(name: str, facts: dict[str, Any]) -> Any:
    value = facts.get(_FROM[name])
    if name == "gender":
        return {1: "male", 2: "female"}.get(value or 0)
    if name == "birthdate":
        return value.isoformat() if value else None
    if name.startswith("age_over_"):
        return _is(value, int(name.rpartition("_")[2]))
    if name == "address":
        where = places.label(facts["rt_code"]) if facts.get("rt_code") else ""
        return {"formatted": "\n".join(filter(None, [value, where]))} if value else None
    return _place(name, value) if name in ("kelurahan", "rt", "rw") else value


def _is(born: dt.date | None, years: int) -> bool | None:
    if born is None:
        return None
    day = today()
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day)) >= years


def _place(level: str, code: str | None) -> str:
    """The name of the place of this level the RT lies in."""
    if not code:
        return ""
    chain = [*places.ancestors(code), places.place(code)]
    return next((one.name for one in chain if one is not None and one.level == level), "")
