"""Telling the officers on the city's own channels. Telling the public is the work of the reach of warnings."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from pasti.ews.models import Episode
from pasti.ews.queries.policy import policy
from pasti.kernel.accounts import queries as accounts
from pasti.kernel.clock import today
from pasti.kernel.notify.services import send

ROLES = ("bpbd", "bpbd_kepala")


def officers(episode: Episode, key: str, title: str, body: str, *, sms: bool = False) -> int:
    """A message to everybody who may issue or approve, once for the same `key`; returns how many.

    The text of an exercise says so first.
    """
    mark = _("LATIHAN – ") if episode.drill_id else ""
    channels = ("email", "sms") if sms else ("email",)
    people = sorted(officer_ids())
    for user_id in people:
        send(
            user_id, kind="ews", title=f"{mark}{title}", body=f"{mark}{body}", dedupe_key=key, url="/ews/jaga/",
            channels=channels,
        )  # fmt: skip
    return len(people)


def officer_ids() -> set[UUID]:
    """Ids of those who hold a duty officer's or head's role at the agency today."""
    agency, day = policy().agency, today()
    return {one.user_id for role in ROLES for one in accounts.holders(agency, day, role)}
