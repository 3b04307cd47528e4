"""Whom a warning reached, and whom it did not: by kelurahan and RT, in minutes. Numbers, never addresses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet

from pasti.ews.models import Delivery, RtTask, SirenCommand, Warning
from pasti.ews.queries import risk, warnings
from pasti.ews.queries.moment import now
from pasti.kernel.accounts.models import User
from pasti.kernel.places import queries as places

IN_TIME = dt.timedelta(minutes=10)


@dataclass(frozen=True)
class Rt:
    """One RT's task, with the RT in words."""

    task: RtTask
    words: str


@dataclass(frozen=True)
class Ward:
    """One kelurahan: its RTs asked and warned, and messages to those who asked for them."""

    name: str
    rts: list[Rt]
    planned: int
    sent: int

    @property
    def open(self) -> list[Rt]:
        """The RTs whose head has not said that they are warned."""
        return [one for one in self.rts if one.task.warned_at is None]

    @property
    def done(self) -> int:
        """How many RTs are warned."""
        return len(self.rts) - len(self.open)


@dataclass(frozen=True)
class Way:
    """One channel: how many messages in which state, and the minutes from the warning to the first and the last."""

    channel: str
    planned: int
    sent: int
    waiting: int
    failed: int
    first: float | None
    last: float | None


@dataclass(frozen=True)
class Reach:
    """A warning's reach. `people` of the RTs asked, `reached` of those warned, `in_time` of those within ten minutes."""

    warning: Warning
    wards: list[Ward]
    ways: list[Way]
    people: int
    reached: int
    in_time: int
    houses: int
    sirens: list[SirenCommand]


def reach(warning_id: int) -> Reach:
    """How far a warning came. Raises NotFound for one that was never sent."""
    warning = warnings.sent(warning_id)
    tasks = _tasks(warning)
    warned = [one for one in tasks if one.warned_at]
    in_time = [one for one in warned if one.warned_at and one.warned_at <= (one.warning.sent_at or now()) + IN_TIME]
    people, reached, quickly = (sum(one.people for one in some) for some in (tasks, warned, in_time))
    houses = sum(one.houses or 0 for one in warned)
    posts = list(SirenCommand.objects.filter(warning=warning).select_related("siren").order_by("siren_id", "pk"))
    return Reach(warning, _wards(warning, tasks), _ways(warning), people, reached, quickly, houses, posts)


def tasks_of(head: User) -> QuerySet[RtTask]:
    """The head's own RT tasks, newest first."""
    return RtTask.objects.filter(head=head).select_related("warning__episode__drill").order_by("-id")


def open_tasks_of(head: User) -> QuerySet[RtTask]:
    """Those that wait for an answer, of warnings in force or of what these go on from; of one RT the newest."""
    newer = RtTask.objects.filter(
        warning__episode=OuterRef("warning__episode"), place_code=OuterRef("place_code"), pk__gt=OuterRef("pk")
    )
    rows = tasks_of(head).filter(warned_at=None, warning__episode__warnings__state=Warning.State.IN_FORCE)
    return rows.exclude(Exists(newer))


def _tasks(warning: Warning) -> list[RtTask]:
    """The RTs asked because of a warning: where it renews or lowers another, those asked then were not asked again."""
    chain, earlier = [warning.pk], warning.replaces
    while earlier is not None and earlier.stage >= warning.stage:
        chain.append(earlier.pk)
        earlier = earlier.replaces
    rows = RtTask.objects.filter(warning__in=chain).select_related("head", "warning").order_by("place_code", "pk")
    return list({one.place_code: one for one in rows}.values())


def _wards(warning: Warning, tasks: Sequence[RtTask]) -> list[Ward]:
    counted = (
        Delivery.objects.filter(warning=warning).exclude(place_code="").values("place_code")
        .annotate(planned=Count("id"), sent=Count("id", filter=Q(state=Delivery.State.SENT)))
    )  # fmt: skip
    by_ward: dict[str, tuple[list[Rt], int, int]] = {}
    for task, words in zip(tasks, risk.names_of([task.place_code for task in tasks]), strict=True):
        by_ward.setdefault(_ward(task.place_code), ([], 0, 0))[0].append(Rt(task, words))
    for row in counted:
        mine, planned, sent = by_ward.get(_ward(row["place_code"]), ([], 0, 0))
        by_ward[_ward(row["place_code"])] = (mine, planned + row["planned"], sent + row["sent"])
    names = {one.pk: one.name for one in places.named(by_ward)}
    return [Ward(names.get(code, code), *found) for code, found in sorted(by_ward.items())]


def _ways(warning: Warning) -> list[Way]:
    states = Delivery.State
    rows = (
        Delivery.objects.filter(warning=warning).values("channel").order_by("channel")
        .annotate(
            planned=Count("id"), sent=Count("id", filter=Q(state=states.SENT)),
            waiting=Count("id", filter=Q(state=states.QUEUED)),
            failed=Count("id", filter=Q(state__in=(states.FAILED, states.GONE))),
            first=Min(F("sent_at")), last=Max(F("sent_at")),
        )
    )  # fmt: skip
    return [
        Way(row["channel"], row["planned"], row["sent"], row["waiting"], row["failed"],
            _minutes(warning, row["first"]), _minutes(warning, row["last"]))
        for row in rows
    ]  # fmt: skip


def _minutes(warning: Warning, at: dt.datetime | None) -> float | None:
    return None if at is None or warning.sent_at is None else max(0.0, (at - warning.sent_at).total_seconds() / 60)


def _ward(code: str) -> str:
    return ".".join(code.split(".")[:4])
