"""What the counter and the holder read: people's cards, activations under way. Scope and trace as everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from pasti.civil import queries as register
from pasti.identity.models import Activation, Card, CardStep, Credential
from pasti.identity.services.issuing_desk import LOOK_LIFE
from pasti.identity.services.issuing_facts import PURPOSE
from pasti.kernel.accounts.access import can, scope_where
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import Scope, scoped
from pasti.kernel.audit.services import record_read
from pasti.kernel.clock import now
from pasti.kernel.errors import NotFound
from pasti.kernel.publish.types import Task

MOST = 20


@dataclass(frozen=True)
class Shown:
    """An activation with the person it is for."""

    activation: Activation
    person: Any


def cards_of(person_id: UUID) -> list[Card]:
    """The cards of a person of the scope, newest first, each with its steps; recorded."""
    steps = Prefetch("steps", CardStep.objects.order_by("-id"))
    found = list(Card.objects.filter(person_id=person_id).prefetch_related(steps).order_by("-issued_at")[:MOST])
    record_read(person_id, "identity.card.read", purpose=PURPOSE, fields=(), object_type="card")
    return found


def account_to_see(person_id: UUID) -> User | None:
    """The account in this person's name of which nobody knows yet whether it is this person's."""
    return User.objects.filter(person_id=person_id, is_active=True, seen_at=None).first()


def own(user: User) -> list[Card]:
    """The signed-in resident's own cards."""
    if user.person_id is None:
        return []
    with scoped(Scope.of_person(user.person_id, PURPOSE)):
        return cards_of(user.person_id)


def activation(activation_id: UUID) -> Shown:
    """One activation of the scope with its person. Raises NotFound."""
    found = Activation.objects.filter(pk=activation_id).first()
    if found is None:
        raise NotFound
    return Shown(found, register.person(found.person_id, purpose=PURPOSE))


def waiting(besides: UUID) -> list[Shown]:
    """Activations of the scope that wait for a second officer, but for those of the officer `besides`."""
    rows = Activation.objects.filter(state=Activation.State.WAITING, seen_at__gt=now() - LOOK_LIFE)
    return _with_people(list(rows.exclude(officer_id=besides).order_by("seen_at")[:MOST]))


def under_way(officer: UUID) -> list[Shown]:
    """The officer's own activations of the last two hours that have not ended."""
    rows = Activation.objects.filter(officer_id=officer, seen_at__gt=now() - LOOK_LIFE)
    ended = (Activation.State.ISSUED, Activation.State.CANCELLED)
    return _with_people(list(rows.exclude(state__in=ended).order_by("-seen_at")[:MOST]))


def tasks(user: User) -> list[Task]:
    """What waits for a second officer."""
    if not can(user, "identity.activate"):
        return []
    with scoped(scope_where(user, "identity.activate", PURPOSE)):
        rows = Activation.objects.filter(state=Activation.State.WAITING, seen_at__gt=now() - LOOK_LIFE)
        count = rows.exclude(officer_id=user.pk).count()
    if not count:
        return []
    title = _("%(count)s Kartu Warga Digital menunggu petugas kedua") % {"count": count}
    return [Task(title, _("Orangnya sedang berada di loket."), "/id/aktivasi/", _("Periksa"), "identity", staff=True)]


def records_of(person_id: UUID) -> list[dict[str, Any]]:
    """All that is kept of a person's cards, for the person's own copy of the data."""
    with scoped(Scope.of_person(person_id, PURPOSE)):
        seen = [
            {"jenis": "aktivasi", "waktu": one.seen_at, "petugas": one.officer_name, "petugas_kedua": one.second_name,
             "tempat": one.unit_name, "dokumen": one.document, "catatan": one.document_note, "perangkat": one.device,
             "keadaan": one.state, "diterima": one.issued_at}
            for one in Activation.objects.filter(person_id=person_id).order_by("seen_at")
        ]  # fmt: skip
        steps = [
            {"jenis": "kartu", "waktu": one.at, "perangkat": one.card.device, "peristiwa": one.step, "sebab": one.why,
             "petugas": one.actor_name, "tempat": one.actor_unit, "salinan": Credential.objects.filter(card_id=one.card_id).count()}
            for one in CardStep.objects.filter(person_id=person_id).select_related("card").order_by("id")
        ]  # fmt: skip
        return seen + steps


def _with_people(rows: list[Activation]) -> list[Shown]:
    people = register.names_of([one.person_id for one in rows], purpose=PURPOSE)
    return [Shown(one, people[one.person_id]) for one in rows if one.person_id in people]
