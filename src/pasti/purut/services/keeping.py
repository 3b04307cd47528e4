"""Keeping a place of a session for a patient who is asked whether they want it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction

from pasti.purut.models import Antrean, Hospital, Patient, Sesi
from pasti.purut.rules.states import State
from pasti.purut.services.places import Terms, hold, priority_of
from pasti.purut.services.steps import trace


def keep(
    sesi: Sesi, patient: Patient, terms: Terms, until: dt.datetime, rules: Hospital, **more: Any
) -> Antrean | None:
    """A registration in state `held` until `until`; None when the session is full or the patient is registered there."""
    facts = {"priority": priority_of(patient, sesi.date, rules)} | more
    try:
        with transaction.atomic():
            kept = hold(sesi, patient, terms, state=State.HELD, held_until=until, **facts)
    except (
        IntegrityError
    ):  # registered there already, or the referral is in use: the place goes back with the savepoint
        return None
    if kept is not None:
        trace(kept, State.HELD)
    return kept
