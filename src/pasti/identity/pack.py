"""The city pack's verifiers (`verifiers.yaml`): which desks there are, what each asks and why. The pack approves them."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from pasti.identity.models import Verifier, VerifierPurpose
from pasti.identity.rules import verifying as rules
from pasti.kernel.accounts.roles import ROLES
from pasti.kernel.places import services
from pasti.kernel.places.services import Counts

Code = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,58}$")]
Claims = Annotated[list[str], Field(min_length=1)]


class Strict(BaseModel):
    """Unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid")


class Purpose(Strict):
    """One thing a desk asks for."""

    code: Code
    name: str = Field(min_length=5, max_length=200)
    legal_basis: str = Field(min_length=5, max_length=300)
    claims: Claims
    required: list[str]

    @model_validator(mode="after")
    def _required_are_asked(self) -> Purpose:
        if not set(self.required) <= set(self.claims):
            raise ValueError("required harus bagian dari claims (must be among claims)")
        return self


def _own(code: str) -> str:
    if not rules.is_code(code):
        raise ValueError("kode ini milik sebuah halaman (a page of ours has this code)")
    return code


class VerifierRow(Strict):
    """One desk: who answers for it, who works at it, the most it may ask."""

    code: Annotated[Code, AfterValidator(_own)]
    name: str = Field(min_length=3, max_length=200)
    agency: str
    contact: str = ""
    roles: list[str] = Field(min_length=1)
    unit: str = ""
    claims: Claims
    purposes: list[Purpose] = Field(min_length=1)
    source: str = ""
    status: str = ""

    @model_validator(mode="after")
    def _known_and_within(self) -> VerifierRow:
        if unknown := rules.unknown(self.claims):
            raise ValueError(f"tidak ada pada kartu (no card has): {', '.join(sorted(unknown))}")
        if strange := set(self.roles) - ROLES.keys():
            raise ValueError(f"peran tidak dikenal (unknown role): {', '.join(sorted(strange))}")
        for one in self.purposes:
            if beyond := set(one.claims) - set(self.claims):
                raise ValueError(f"{one.code}: di luar claims (beyond claims): {', '.join(sorted(beyond))}")
        return self


class VerifiersSection(Strict):
    """The file."""

    verifiers: list[VerifierRow]


def load_verifiers(section: VerifiersSection) -> Counts:
    """Keep the verifiers and their purposes. One that was stopped stays stopped: the pack only adds and changes facts."""
    known = set(Verifier.objects.filter(pk__in=[one.code for one in section.verifiers]).values_list("pk", flat=True))
    rows = [_row(one, new=one.code not in known) for one in section.verifiers]
    fresh, kept = ([row for row in rows if ("state" in row) is new] for new in (True, False))
    purposes = [
        {"key": f"{one.code}/{each.code}", "verifier_id": one.code, "code": each.code, "name": each.name,
         "legal_basis": each.legal_basis, "claims": each.claims, "required": each.required}
        for one in section.verifiers for each in one.purposes
    ]  # fmt: skip
    return services.total(
        services.put(Verifier, fresh), services.put(Verifier, kept), services.put(VerifierPurpose, purposes)
    )


def _row(one: VerifierRow, *, new: bool) -> dict[str, object]:
    facts: dict[str, object] = {
        "code": one.code, "name": one.name, "agency": one.agency, "contact": one.contact, "roles": one.roles,
        "unit_code": one.unit, "approved_claims": one.claims,
    }  # fmt: skip
    return facts | ({"state": Verifier.State.APPROVED} if new else {})
