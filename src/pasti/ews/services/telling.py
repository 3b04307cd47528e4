"""Telling the officers on the city's own channels. Telling the public is the work of the reach of warnings."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from pasti.ews.models import Episode, Proposal
from pasti.ews.queries.policy import policy
from pasti.kernel.accounts import queries as accounts
from pasti.kernel.clock import today
from pasti.kernel.notify.services import send
from pasti.kernel.outbox.models import StoredEvent

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


def proposed(event: StoredEvent) -> None:
    """`ews.WarningProposed`: officers who are not before the desk hear of it too."""
    row = Proposal.objects.select_related("episode__river").filter(pk=event.payload["proposal"]).first()
    if row is not None and row.state == Proposal.State.OPEN:
        title = _("Usulan peringatan %(river)s menunggu jawaban") % {"river": row.episode.river.name}
        officers(row.episode, f"ews.usulan:{row.pk}", title, row.sentence_id, sms=row.stage >= 2)


def officer_ids() -> set[UUID]:
    """Ids of those who hold a duty officer's or head's role at the agency today."""
    agency, day = policy().agency, today()
    return {one.user_id for role in ROLES for one in accounts.holders(agency, day, role)}
