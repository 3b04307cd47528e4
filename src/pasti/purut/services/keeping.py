"""Keeping a place of a session for a patient who is asked whether they want it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction

from pasti.purut.models import Antrean, Hospital, Patient, Sesi
from pasti.purut.rules.states import State
from pasti.purut.services.places import Terms, priority_of, register, take
from pasti.purut.services.steps import stamp


def keep(
    sesi: Sesi, patient: Patient, terms: Terms, until: dt.datetime, rules: Hospital, **more: Any
) -> Antrean | None:
    """A registration in state `held` until `until`; None when the session is full or the patient is registered there."""
    try:
        with transaction.atomic():
            number = take(sesi.pk, terms)
            if number is None:
                return None
            facts = {"priority": priority_of(patient, sesi.date, rules)} | more
            kept = register(sesi, patient, number, terms, state=State.HELD, held_until=until, **facts)
    except (
        IntegrityError
    ):  # registered there already, or the referral is in use: the place goes back with the savepoint
        return None
    stamp(kept, State.HELD)
    return kept
