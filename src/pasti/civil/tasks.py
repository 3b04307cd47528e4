"""What waits for a clerk of the register: events with a last day near, and records that look alike."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from pasti.civil import queries
from pasti.kernel import clock
from pasti.kernel.accounts.access import can
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import scope_of, scoped
from pasti.kernel.publish.types import Task

SOON = dt.timedelta(days=14)
SYSTEM = "Kependudukan"


def waiting(user: User) -> list[Task]:
    """At most one task for each kind of work, within the user's scope; numbers only, nobody is read."""
    found: list[Task] = []
    if can(user, "civil.dukcapil"):
        with scoped(scope_of(user, "civil.dukcapil")):
            found += _due_soon()
    if can(user, "civil.review"):
        with scoped(scope_of(user, "civil.ganda")):
            found += _alike()
    return found


def _due_soon() -> list[Task]:
    near = queries.on_their_way(state="not_reported").filter(due__lte=clock.today() + SOON).order_by("due")
    days = list(near.values_list("due", flat=True)[:100])
    if not days:
        return []
    title = _("%(count)s peristiwa perlu diajukan ke Dispendukcapil") % {
        "count": "99+" if len(days) > 99 else len(days)
    }
    return [Task(title=title, text=_("Batas waktunya kurang dari 14 hari"), url="/kependudukan/dukcapil/", system=SYSTEM,
                 action_label=_("Buka daftar"), due=clock.start_of_day(days[0]), staff=True)]  # fmt: skip


def _alike() -> list[Task]:
    count = queries.open_pairs()[:100].count()
    if not count:
        return []
    title = _("%(count)s pasang catatan mungkin ganda") % {"count": "99+" if count > 99 else count}
    return [
        Task(title=title, text="", url="/kependudukan/ganda/", system=SYSTEM, action_label=_("Periksa"), staff=True)
    ]
