"""One river at a time, and one line of the timeline for everything that happens."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from pasti.ews.events import DeskChanged
from pasti.ews.models import Episode, Gauge, Note, River, Warning
from pasti.ews.queries import notes
from pasti.ews.queries.moment import now
from pasti.kernel.accounts.models import User
from pasti.kernel.audit.services import record_change
from pasti.kernel.clock import city_zone
from pasti.kernel.errors import NotFound
from pasti.kernel.outbox.services import emit

log = logging.getLogger(__name__)
PURPOSE = "ews.peringatan"
TOPIC = "ews"


def lock_river(code: str) -> River:
    """Until this transaction ends nobody else proposes, issues or ends anything about this river. Raises NotFound."""
    river = River.objects.select_for_update(no_key=True).filter(pk=code).first()
    if river is None:
        raise NotFound(_("Sungai ini tidak dikenal"))
    return river


def open_episode(river: str, drill: int | None, began_at: dt.datetime) -> Episode:
    """The river's open episode, or a new one. The river is locked before."""
    found = Episode.objects.filter(under(drill), river_id=river, ended_at=None).first()
    return found or Episode.objects.create(river_id=river, drill_id=drill, began_at=began_at, recorded_at=now())


def under(drill: int | None) -> Q:
    """What belongs to a drill, or (None) to no drill."""
    return Q(drill=drill) if drill is not None else Q(drill__isnull=True)


def in_force(episode: Episode) -> Warning | None:
    """The episode's warning in force, read anew."""
    return Warning.objects.filter(episode=episode, state=Warning.State.IN_FORCE).first()


def still_up(episode: Episode) -> Gauge | None:
    """A gauge of the river that stands above normal, the city's own first. In a drill the real water does not count."""
    if episode.drill_id:
        return None
    rows = Gauge.objects.filter(river=episode.river_id, kind=Gauge.Kind.LEVEL, stage__gt=0)
    return rows.order_by("-place_code", "-stage", "code").first()


def note(
    episode: Episode, kind: str, text: str = "", *, by: User | None = None, at: dt.datetime | None = None, **facts: Any
) -> Note:
    """One line of the episode's timeline.

    What is said follows from `kind` and `facts` (`queries.notes`), for whoever reads it. `text` is for what somebody wrote
    in one language, or an Indonesian sentence whose English is the fact `en`.
    """
    moment = now()
    with override("id"):
        text = text or notes.words(kind, facts)
    return Note.objects.create(
        episode=episode, kind=kind, text=text[:1000], facts=facts, by=by, occurred_at=at or moment, recorded_at=moment
    )


def record(action: str, warning: Warning, **changes: Any) -> None:
    """One row of the audit log about a warning: nobody's record, but an act that must be answered for."""
    record_change(
        None, action, purpose=PURPOSE, object_type="ews_warning", object_id=warning.pk,
        object_label=warning.headline_id, changes=changes,
    )  # fmt: skip


def one_by_one(act: Callable[[int], bool], ids: Iterable[int]) -> int:
    """Do `act` for each; returns for how many it did something. One that fails is logged and holds up no other: what the
    clock does for one river must not wait for another's trouble."""
    done = 0
    for pk in list(ids):
        try:
            done += act(pk)
        except Exception:
            log.exception("%s of %s failed; the others go on", act.__name__, pk)
    return done


def status_of(episode: Episode) -> str:
    """`exercise` for a drill's episode, else `actual`: nothing of a drill can become anything else."""
    return str(Warning.Status.EXERCISE if episode.drill_id else Warning.Status.ACTUAL)


def nudge(what: str, status: str) -> None:
    """Let open desks look again. Nothing of what changed is told."""
    emit(DeskChanged(what), aggregate="ews.desk", topic=TOPIC, live=live("meja", status))


def live(what: str, status: str) -> dict[str, str]:
    """What an open page is told: that something changed. It fetches the rest itself."""
    return {"apa": what, "status": status}


def clock(moment: dt.datetime | None) -> str:
    """The time of day in the city: "21.05"."""
    return f"{moment.astimezone(city_zone()):%H.%M}" if moment else ""
