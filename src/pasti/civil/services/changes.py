"""What one event changes in the register, step by step, written down so that it can be taken back."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from pasti.civil.models import Family, FamilyNumber, Membership, Person
from pasti.civil.services.persons import NewPerson, register_person, update_person
from pasti.kernel import clock
from pasti.kernel.errors import NotFound, Refused

Effect = dict[str, Any]


class Changes:
    """Changes the register and remembers each effect with what was before."""

    def __init__(self, purpose: str, since: dt.date):
        self.purpose, self.since = purpose, since
        self.effects: list[Effect] = []

    def register(self, new: NewPerson) -> Person:
        """Add a person."""
        person = register_person(new, purpose=self.purpose)
        self.effects.append({"act": "register", "person": str(person.pk)})
        return person

    def set(self, person_id: UUID, **fields: Any) -> Person:
        """Change fields of a person."""
        before = Person.objects.filter(pk=person_id).first()
        if before is None:
            raise NotFound
        old = {name: getattr(before, name) for name in fields}
        person = update_person(person_id, fields, purpose=self.purpose, since=self.since)
        if old != fields:
            self.effects.append({"act": "set", "person": str(person_id), "before": plain(old), "after": plain(fields)})
        return person

    def leave(self, person_id: UUID, on: dt.date) -> Membership | None:
        """End the person's place on the family card; None when there is none."""
        member = Membership.objects.select_for_update().filter(person_id=person_id, ends__isnull=True).first()
        if member is not None:
            member.ends = max(on, member.starts)
            member.save(update_fields=["ends"])
            self.effects.append({"act": "leave", "membership": member.pk})
        return member

    def join(self, family: Family, person_id: UUID, relation: int, on: dt.date) -> Membership:
        """Put a person on a family card. Raises Refused `sudah-berkeluarga`."""
        member = Membership(person_id=person_id, family=family, relation=relation, starts=on, rt_code=family.rt_code,
                            recorded_at=clock.now())  # fmt: skip
        try:
            with transaction.atomic():
                member.save(force_insert=True)
        except IntegrityError as error:
            raise Refused(
                "sudah-berkeluarga", _("Orang ini sudah ada di KK lain, atau KK ini sudah ada kepalanya")
            ) from error
        self.effects.append({"act": "join", "membership": member.pk})
        return member

    def close(self, family: Family, on: dt.date) -> None:
        """Close a card on which nobody is left; does nothing while somebody is."""
        if not Membership.objects.filter(family=family, ends__isnull=True).exists():
            self.place(family, closed_on=on)

    def place(self, family: Family, **fields: Any) -> None:
        """Change a family's card: number, place, closing day."""
        old = {name: getattr(family, name) for name in fields}
        if "number" in fields and fields["number"] != family.number:
            _keep_number(family, self.since)
        for name, value in fields.items():
            setattr(family, name, value)
        family.save(update_fields=list(fields))
        self.effects.append({"act": "card", "family": str(family.pk), "before": plain(old), "after": plain(fields)})


def _keep_number(family: Family, until: dt.date) -> None:
    last = FamilyNumber.objects.filter(family=family).order_by("-id").first()
    since = last.ends if last and last.ends else family.recorded_at.date()
    FamilyNumber.objects.create(
        family=family, number=family.number, starts=min(since, until), ends=until, rt_code=family.rt_code,
        recorded_at=clock.now(),
    )  # fmt: skip


def plain(values: dict[str, Any]) -> dict[str, Any]:
    """Values as JSON keeps them: days and ids become text."""
    return {name: str(value) if isinstance(value, dt.date | UUID) else value for name, value in values.items()}


def take_back(effects: list[Effect], purpose: str) -> list[Effect]:
    """Undo effects, the last first. Returns what the undoing itself changed.

    Raises Refused `sudah-berubah` when something was changed again since: then nothing is undone.
    """
    undoing = Changes(purpose, clock.today())
    for effect in reversed(effects):
        _UNDO[effect["act"]](undoing, effect)
    return undoing.effects


def typed(model: type[models.Model], values: dict[str, Any]) -> dict[str, Any]:
    """JSON values as the model's fields hold them."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    return {name: fields[name].to_python(value) for name, value in values.items()}


def _changed_since(what: str) -> Refused:
    return Refused("sudah-berubah", _("Tidak dapat dibatalkan: %(what)s sudah diubah lagi sesudahnya") % {"what": what})


def _undo_register(undoing: Changes, effect: Effect) -> None:
    person = Person.objects.filter(pk=effect["person"]).first()
    if person is None or person.status_dasar not in (1, 9):
        raise _changed_since(person.name if person else _("orang"))
    undoing.leave(person.pk, undoing.since)
    undoing.set(person.pk, status_dasar=9)


def _undo_set(undoing: Changes, effect: Effect) -> None:
    person = Person.objects.filter(pk=effect["person"]).first()
    if person is None or plain({name: getattr(person, name) for name in effect["after"]}) != effect["after"]:
        raise _changed_since(person.name if person else _("orang"))
    undoing.set(person.pk, **typed(Person, effect["before"]))


def _undo_leave(undoing: Changes, effect: Effect) -> None:
    member = Membership.objects.select_for_update().select_related("person").filter(pk=effect["membership"]).first()
    if member is None or Membership.objects.filter(person=member.person_id, ends__isnull=True).exists():
        raise _changed_since(member.person.name if member else _("anggota keluarga"))
    undoing.join(Family.objects.get(pk=member.family_id), member.person_id, member.relation, undoing.since)


def _undo_join(undoing: Changes, effect: Effect) -> None:
    member = Membership.objects.filter(pk=effect["membership"], ends__isnull=True).first()
    if member is None:
        raise _changed_since(_("anggota keluarga"))
    undoing.leave(member.person_id, undoing.since)


def _undo_card(undoing: Changes, effect: Effect) -> None:
    family = Family.objects.select_for_update().filter(pk=effect["family"]).first()
    if family is None or plain({name: getattr(family, name) for name in effect["after"]}) != effect["after"]:
        raise _changed_since(_("kartu keluarga"))
    undoing.place(family, **typed(Family, effect["before"]))


_UNDO = {"register": _undo_register, "set": _undo_set, "leave": _undo_leave, "join": _undo_join, "card": _undo_card}
