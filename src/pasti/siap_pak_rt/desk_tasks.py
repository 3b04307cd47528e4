"""What waits at the desk, for the staff's home: reports to look at, reports that came back, stays that ended."""

from __future__ import annotations

from django.utils.translation import gettext as _

from pasti.kernel.accounts.access import can, scope_where
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import scoped
from pasti.kernel.clock import today
from pasti.kernel.publish.types import Task
from pasti.siap_pak_rt.queries import desk

SYSTEM = "SIAP PAK RT"


def of(user: User) -> list[Task]:
    """The user's tasks; one statement for each role's work."""
    found = _queue(user) if can(user, "siap_pak_rt.decide") else []
    return found + (_rt(user) if can(user, "siap_pak_rt.report") else [])


def _queue(user: User) -> list[Task]:
    with scoped(scope_where(user, "siap_pak_rt.decide", desk.PURPOSE)) as scope:
        waiting = [one for area in scope.areas for one in desk.waiting(area, today=today()).values()]
    count = sum(one.submitted for one in waiting)
    title = _("%(count)s laporan RT menunggu diperiksa") % {"count": count}
    return [_task(title, _("Periksa lalu sahkan atau kembalikan"), "/siap-pak-rt/lapor/masuk/")] if count else []


def _rt(user: User) -> list[Task]:
    with scoped(scope_where(user, "siap_pak_rt.report", desk.PURPOSE)) as scope:
        waiting = [one for area in scope.areas for one in desk.waiting(area, today=today()).values()]
    returned, overdue = sum(one.returned for one in waiting), sum(one.overdue for one in waiting)
    found = []
    if returned:
        found.append(_task(_("%(count)s laporan dikembalikan") % {"count": returned}, _("Perbaiki lalu kirim lagi"),
                           "/siap-pak-rt/lapor/daftar/?keadaan=returned"))  # fmt: skip
    if overdue:
        found.append(_task(_("%(count)s tamu lewat masa tinggalnya") % {"count": overdue},
                           _("Sudah pulang atau tinggal lebih lama?"), "/siap-pak-rt/tamu/?lihat=lewat"))  # fmt: skip
    return found


def _task(title: str, text: str, url: str) -> Task:
    return Task(title=title, text=text, url=url, action_label=_("Buka"), system=SYSTEM, staff=True)
