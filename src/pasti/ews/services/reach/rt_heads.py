"""The RT heads, who go from door to door: asked in their inbox, and counted when they say that it is done."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from pasti.civil.queries import statistics
from pasti.ews.models import RtTask, Warning
from pasti.ews.queries.moment import now
from pasti.kernel.accounts import queries as accounts
from pasti.kernel.accounts.models import User
from pasti.kernel.clock import today
from pasti.kernel.errors import NotFound, Refused
from pasti.kernel.notify.services import send
from pasti.kernel.places import queries as places

MOST_HOUSES = 2000


def ask(warning: Warning) -> int:
    """A task for every RT of the warned areas and a message to its head; returns how many are new.

    A warning that renews or lowers another asks only the RTs that were not asked yet; one that ends it asks nobody.
    """
    if warning.kind not in (Warning.Kind.ALERT, Warning.Kind.UPDATE):
        return 0
    codes = _rts(warning.area_codes) - _asked_before(warning)
    heads = _heads(warning.area_codes)
    made = [
        RtTask(
            warning=warning,
            place_code=code,
            people=statistics.people_counted(code),
            head=heads.get(code),
            asked_at=now(),
        )
        for code in sorted(codes)
    ]
    RtTask.objects.bulk_create(made, ignore_conflicts=True)
    for task in made:
        if task.head is not None:
            _tell(task, task.head, warning)
    return len(made)


@transaction.atomic
def done(task_id: int, head: User, houses: int, note: str = "") -> RtTask:
    """The head has warned the RT. Again with other numbers corrects them; the first time stays.

    Raises NotFound for another's task; Refused `rumah` for a number of houses that cannot be.
    """
    task = RtTask.objects.select_for_update().filter(pk=task_id, head=head).first()
    if task is None:
        raise NotFound(_("Tugas ini bukan milik Anda"))
    if not 0 <= houses <= MOST_HOUSES:
        raise Refused("rumah", _("Tulis jumlah rumah dari 0 sampai 2000"), status=422, field="houses")
    task.houses, task.note, task.warned_at = houses, note.strip()[:300], task.warned_at or now()
    task.save(update_fields=["houses", "note", "warned_at"])
    return task


def _rts(areas: list[str]) -> set[str]:
    return {one.pk for area in areas for one in places.within(area, "rt")}


def _asked_before(warning: Warning) -> set[str]:
    """RTs asked for a warning this one goes on from, as long as it was not of a lower stage."""
    asked: set[str] = set()
    earlier = warning.replaces
    while earlier is not None and earlier.stage >= warning.stage:
        asked |= set(RtTask.objects.filter(warning=earlier).values_list("place_code", flat=True))
        earlier = earlier.replaces
    return asked


def _heads(areas: list[str]) -> dict[str, User]:
    """Who acts as head of each RT today; a deputy where the head is away."""
    found: dict[str, User] = {}
    for area in areas:
        for one in accounts.holders_within(area, "ketua_rt", today()):
            found.setdefault(one.unit_code, one.user)
    return found


def _tell(task: RtTask, head: User, warning: Warning) -> None:
    mark = "" if warning.status == Warning.Status.ACTUAL else _("LATIHAN – ")
    send(
        head.pk, kind="ews", title=f"{mark}{_('Peringatkan RT Anda')}: {warning.headline_id}",
        body=f"{mark}{warning.instruction_id or warning.description_id}", dedupe_key=f"ews.rt.{warning.pk}.{task.place_code}",
        url="/ews/rt/", channels=("email", "sms"),
    )  # fmt: skip
