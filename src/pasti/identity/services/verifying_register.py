"""The register of verifiers: proposed by a unit's officer or by the city pack, approved by the civil registry, stopped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from pasti.identity.models import Verifier, VerifierPurpose
from pasti.identity.rules import verifying as rules
from pasti.kernel.accounts.access import held_for
from pasti.kernel.accounts.models import User
from pasti.kernel.audit.services import record_change
from pasti.kernel.clock import now
from pasti.kernel.errors import Refused

PURPOSE = "identity.pemeriksa"
State = Verifier.State


@dataclass(frozen=True)
class Wanted:
    """A verifier with one purpose, as an officer proposes it."""

    code: str
    name: str
    agency: str
    contact: str
    purpose: str
    legal_basis: str
    claims: Sequence[str]
    required: Sequence[str]


@transaction.atomic
def propose(user: User, wanted: Wanted) -> Verifier:
    """Ask for a desk at one's own unit. Raises Refused: the code is taken or no code, a claim no card has, needed but not asked."""
    at = next(iter(held_for(user, "identity.propose_verifier")), None)
    if at is None:
        raise Refused("bukan-petugas", _("Hanya petugas sebuah unit yang dapat mengajukan"), status=403)
    _check(wanted)
    verifier = Verifier(
        code=wanted.code, name=wanted.name, agency=wanted.agency, contact=wanted.contact, approved_claims=[*wanted.claims],
        roles=[at.role], unit_code=at.unit_code, proposed_by=user.pk, changed_at=now(),
    )  # fmt: skip
    try:
        with transaction.atomic():
            verifier.save(force_insert=True)
    except IntegrityError as taken:
        raise Refused("kode-terpakai", _("Kode ini sudah dipakai"), field="code") from taken
    VerifierPurpose.objects.create(
        key=f"{wanted.code}/utama", verifier=verifier, code="utama", name=wanted.purpose, legal_basis=wanted.legal_basis,
        claims=[*wanted.claims], required=[*wanted.required], changed_at=now(),
    )  # fmt: skip
    _record(verifier, "identity.verifier.proposed")
    return verifier


def approve(user: User, code: str) -> bool:
    """Let the desk ask from now on. False when it could already. Raises Refused for one's own proposal."""
    return _move(user, code, State.APPROVED, "identity.verifier.approved")


def stop(user: User, code: str) -> bool:
    """The desk may ask nothing any more, open questions included. False when it was stopped before."""
    return _move(user, code, State.STOPPED, "identity.verifier.stopped")


@transaction.atomic
def _move(user: User, code: str, state: str, act: str) -> bool:
    verifier = Verifier.objects.filter(pk=code).first()
    if verifier is None:
        raise Refused("tidak-ditemukan", _("Pemeriksa tidak ditemukan"), status=404)
    if state == State.APPROVED and verifier.proposed_by == user.pk:
        raise Refused("usul-sendiri", _("Usul sendiri disetujui oleh petugas lain"))
    moved = Verifier.objects.filter(pk=code).exclude(state=state)
    decided = user.pk if verifier.proposed_by != user.pk else verifier.decided_by
    if not moved.update(state=state, decided_by=decided, changed_at=now()):
        return False
    _record(verifier, act)
    return True


def _check(wanted: Wanted) -> None:
    if not rules.is_code(wanted.code):
        raise Refused("kode-salah", _("Pakai huruf kecil, angka, dan tanda hubung saja, dan bukan kata “baru”"), field="code",
                      status=422)  # fmt: skip
    if not wanted.claims or rules.unknown(wanted.claims):
        raise Refused("data-salah", _("Pilih sedikitnya satu data yang ada pada kartu"), field="claims", status=422)
    if not set(wanted.required) <= set(wanted.claims):
        raise Refused(
            "wajib-tak-diminta", _("Yang wajib harus ada di antara yang diminta"), field="required", status=422
        )


def _record(verifier: Verifier, act: str) -> None:
    record_change(
        None, act, purpose=PURPOSE, object_type="verifier", object_id=verifier.pk, object_label=verifier.name,
        changes={"claims": verifier.approved_claims},
    )  # fmt: skip
