"""The counter: an officer sees person and document, offers a card, or confirms what a colleague has seen."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from pasti.civil import queries as register
from pasti.civil.rules import peristiwa as states
from pasti.identity.models import Activation, Card
from pasti.identity.models.issuing import ROUNDS
from pasti.identity.services.issuing_facts import PURPOSE
from pasti.identity.services.levels import SEEN, raise_level
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.queries import is_own
from pasti.kernel.audit.services import record_change
from pasti.kernel.clock import now, today
from pasti.kernel.context import current_actor
from pasti.kernel.errors import NotFound, Refused

State = Activation.State
OFFER_LIFE = dt.timedelta(minutes=5)
LOOK_LIFE = dt.timedelta(hours=2)  # after that the person and the document are to be seen again
TWO_OFFICERS = dt.timedelta(days=30)  # within which one more card takes a second officer
MOST_DEVICES = 3
ADULT = 17  # UU 23/2006 article 63: a KTP-el from 17 on, or once married
SINGLE = 1


@dataclass(frozen=True)
class Seen:
    """What the officer saw, and for which device the card is.

    `account`: the person has the own account open before the officer's eyes. A card in the hand alone does not say that an
    account in this name is this person's: anyone who knows NIK and family card can make one.
    """

    document: str
    mode: str
    device: str
    note: str = ""
    account: bool = False


@dataclass(frozen=True)
class Desk:
    """The unit at which the officer works."""

    code: str
    name: str


@transaction.atomic
def begin(person_id: UUID, seen: Seen, desk: Desk) -> Activation:
    """Record that person and document were seen, and offer a card; within 30 days of the last one a second officer first.

    The person's account rises to level 3 when it was seen too.

    Raises NotFound outside the scope, Refused `diri-sendiri`, `tidak-aktif`, `tanpa-nik`, `belum-ktp`,
    `dokumen`, `perangkat-penuh`.
    """
    person = register.person(person_id, purpose=PURPOSE)
    _of_another(person.pk)
    _entitled(person)
    if seen.document == Activation.Document.OTHER and not seen.note.strip():
        raise Refused("dokumen", _("Tulis dokumen apa yang ditunjukkan"), field="note", status=422)
    if seen.mode == Activation.Mode.BESIDES and _active(person.pk) >= MOST_DEVICES:
        raise Refused("perangkat-penuh", _("Sudah ada kartu di tiga perangkat: pilih ganti perangkat, atau cabut salah satu"),
                      field="mode")  # fmt: skip
    actor = current_actor()
    made = Activation.objects.create(
        person_id=person.pk, rt_code=person.rt_code, unit_code=desk.code, unit_name=desk.name, officer_id=_officer(),
        officer_name=actor.name, document=seen.document, document_note=seen.note.strip()[:200], mode=seen.mode,
        device=seen.device.strip()[:60] or _("Telepon"), seen_at=now(),
        state=State.WAITING if issued_lately(person.pk) else State.SEEN,
    )  # fmt: skip
    _told(made, "identity.activation.seen")
    if seen.account:
        _raise(person.pk)
    if made.state == State.SEEN:
        offer(made.pk)
    return get(made.pk)


def confirm(activation_id: UUID) -> Activation:
    """A second officer has seen the person too. Twice is once.

    Raises NotFound, Refused `petugas-sama`, `diri-sendiri`, `sudah-lewat`.
    """
    found, actor = get(activation_id), current_actor()
    if found.officer_id == actor.user_id:
        raise Refused("petugas-sama", _("Petugas kedua harus orang lain"))
    _of_another(found.person_id)
    with transaction.atomic():
        moved = Activation.objects.filter(pk=found.pk, state=State.WAITING, seen_at__gt=now() - LOOK_LIFE).update(
            state=State.SEEN, second_id=actor.user_id, second_name=actor.name, second_at=now()
        )
        if moved:
            _told(found, "identity.activation.confirmed")
    after = get(activation_id)
    if not moved and after.second_id != actor.user_id:
        raise Refused("sudah-lewat", _("Permintaan ini sudah tidak menunggu petugas kedua"))
    return after


@transaction.atomic
def offer(activation_id: UUID) -> Activation:
    """A fresh offer of five minutes from one's own look at the document; the codes of the one before open nothing.

    Raises NotFound for another officer's, Refused `sudah-lewat` after two hours, five offers, or once a card was issued.
    """
    found, actor = get(activation_id), current_actor()
    if found.officer_id != actor.user_id:
        raise NotFound
    moved = Activation.objects.filter(
        pk=found.pk, state__in=[State.SEEN, State.OFFERED, State.DEAD], seen_at__gt=now() - LOOK_LIFE, round__lt=ROUNDS
    ).update(state=State.OFFERED, round=F("round") + 1, attempts=0, expires_at=now() + OFFER_LIFE)
    if not moved:
        raise Refused("sudah-lewat", _("Tawaran baru tidak dapat dibuat lagi: mulai dari awal dengan melihat orang dan "
                                       "dokumennya"))  # fmt: skip
    _told(found, "identity.activation.offered")
    return get(activation_id)


@transaction.atomic
def cancel(activation_id: UUID) -> Activation:
    """Nothing is handed over after all. Does nothing once a wallet has the code."""
    found = get(activation_id)
    if Activation.objects.filter(pk=found.pk, state__in=[State.WAITING, State.SEEN, State.OFFERED, State.DEAD]).update(
        state=State.CANCELLED
    ):
        _told(found, "identity.activation.cancelled")
    return get(activation_id)


def get(activation_id: UUID) -> Activation:
    """One activation of the scope. Raises NotFound."""
    found = Activation.objects.filter(pk=activation_id).first()
    if found is None:
        raise NotFound
    return found


def issued_lately(person_id: UUID) -> bool:
    """Whether a card was issued to the person within the last thirty days."""
    return Activation.objects.filter(person_id=person_id, issued_at__gt=now() - TWO_OFFICERS).exists()


def _officer() -> UUID:
    """Who is at the counter: never a program."""
    found = current_actor().user_id
    if found is None:
        raise Refused("tanpa-petugas", _("Aktivasi memerlukan petugas"), status=403)
    return found


def _raise(person_id: UUID) -> None:
    """The account matched to this person has been seen together with the person."""
    account = User.objects.filter(person_id=person_id, is_active=True).first()
    if account is not None:
        raise_level(account, SEEN, "aktivasi kartu")


def _of_another(person_id: UUID) -> None:
    if is_own(person_id):
        raise Refused("diri-sendiri", _("Ini data Anda sendiri: petugas lain yang melihat Anda dan KTP-el Anda"))


def _active(person_id: UUID) -> int:
    cards = Card.objects.filter(person_id=person_id, expires_at__gt=now())
    return cards.exclude(state=Card.State.REVOKED).count()


def _entitled(person: Any) -> None:
    if person.status_dasar != states.ALIVE:
        raise Refused("tidak-aktif", _("Orang ini tidak tercatat sebagai penduduk yang hidup di kota ini"))
    if not person.nik:
        raise Refused("tanpa-nik", _("Orang ini belum ber-NIK: urus dulu NIK-nya di Dispendukcapil"))
    if states.age_on(person.birth_date, today()) < ADULT and person.marital_status == SINGLE:
        raise Refused("belum-ktp", _("Kartu ini untuk yang sudah ber-KTP-el: 17 tahun, atau sudah pernah kawin"))


def _told(one: Activation, action: str) -> None:
    record_change(one.person_id, action, purpose=PURPOSE, object_type="activation", object_id=one.pk,
                  object_label=one.unit_name, fields=("name", "birth_date", "nik"))  # fmt: skip
