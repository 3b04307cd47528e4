"""Watching the 3 x 24 hours: reminders to those who must answer."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from pasti.kernel import clock
from pasti.kernel.accounts.models import Assignment
from pasti.kernel.accounts.scope import everyone, in_force, scoped
from pasti.kernel.notify.services import send
from pasti.kernel.places import queries as places
from pasti.siap_pak_rt.models import Breach, DataRequest
from pasti.siap_pak_rt.rules import rights as rules

PURPOSE = "siap_pak_rt.hak"
ANSWERS = {"correction": ("kelurahan", "dukcapil"), "restriction": ("dukcapil",), "lifting": ("dukcapil",)}


def remind() -> int:
    """Remind the officers of requests and breaches with little time left, each once a stage. Returns messages sent.

    Once the time is up the auditor hears of it too.
    """
    moment = clock.now()
    city = places.city()
    with scoped(everyone(city.code if city else "", PURPOSE)):
        late = DataRequest.objects.filter(state="open", asked_at__lte=moment - rules.LIMIT + rules.WARN)
        sent = sum(_remind(row, moment) for row in late.order_by("asked_at")[:1000])
    unreported = Breach.objects.filter(state="open", discovered_at__lte=moment - rules.LIMIT + rules.WARN)
    for breach in unreported.filter(Q(reported_at=None) | Q(notified_at=None)):
        sent += _send(holders(("admin", "auditor")), f"breach:{breach.pk}", breach.discovered_at, moment,
                      "/siap-pak-rt/kegagalan/")  # fmt: skip
    return sent


def holders(roles: tuple[str, ...], rt_code: str = "") -> list[UUID]:
    """Users who hold one of the roles today; with `rt_code` only those whose area holds it."""
    rows = (
        Assignment.objects.filter(in_force(clock.today()), role__in=roles)
        .values_list("user_id", "area_code")
        .distinct()
    )
    return [user for user, area in rows if not rt_code or (area and f"{rt_code}.".startswith(f"{area}."))]


def _remind(row: DataRequest, moment: dt.datetime) -> int:
    who = holders(ANSWERS.get(row.kind, ("dukcapil",)), row.rt_code)
    if rules.clock(row.asked_at, moment).over:
        who += holders(("auditor",))
    return _send(who, f"hak:{row.pk}", row.asked_at, moment, f"/siap-pak-rt/hak/{row.pk}/")


def _send(who: list[UUID], key: str, since: dt.datetime, moment: dt.datetime, url: str) -> int:
    over = rules.clock(since, moment).over
    title = _("Batas 3x24 jam sudah lewat") if over else _("Tinggal kurang dari 24 jam untuk menjawab")
    for user in set(who):
        send(user, kind="hak", title=title, body=_("Undang-undang memberi waktu 3x24 jam."), url=url,
             dedupe_key=f"{key}:{'over' if over else 'soon'}")  # fmt: skip
    return len(set(who))
