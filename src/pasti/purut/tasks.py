"""What waits for a person at the hospital: appointments for patients, queues for nurses."""

from __future__ import annotations

from django.utils.translation import gettext as _

from pasti.kernel.accounts.models import User
from pasti.kernel.clock import today
from pasti.kernel.publish.types import Task
from pasti.purut import queries
from pasti.purut.models import Antrean
from pasti.purut.rules.states import ACTIVE, State


def appointments(user: User) -> list[Task]:
    """The next registrations of the user and of those the user booked for."""
    rows = Antrean.objects.select_related("poli", "sesi").filter(date__gte=today(), state__in=sorted(ACTIVE))
    mine = list(rows.filter(booked_by=user.pk).order_by("date", "number")[:5])
    windows = queries.windows_of(mine)
    return [
        _answer(one) if one.state == State.HELD else Task(
            title=_("Antrean %(number)s, %(poli)s") % {"number": queries.label_of(one), "poli": queries.poli_name(one.poli)},
            text=_("Datang sekitar waktu yang tertera"), url=f"/purut/antrean/{one.code}/", action_label=_("Lihat nomor"),
            system="E-New Purut", due=windows[one.pk].begins,
        )
        for one in mine
    ]  # fmt: skip


def _answer(one: Antrean) -> Task:
    """A place kept for the user, who has to say yes or no."""
    return Task(
        title=_("Terima atau lepas tempat di %(poli)s") % {"poli": queries.poli_name(one.poli)},
        text=_("Tempat ini disimpan untuk Anda untuk sementara"), url=f"/purut/antrean/{one.code}/pilihan/",
        action_label=_("Jawab"), system="E-New Purut", due=one.held_until,
    )  # fmt: skip


def queues() -> list[Task]:
    """Today's sessions in which somebody waits."""
    return [
        Task(
            title=_("%(count)s pasien menunggu di %(poli)s") % {"count": row["waiting"], "poli": queries.poli_name(row["sesi"].poli)},
            text=str(row["sesi"].dokter), url=f"/purut/perawat/{row['sesi'].pk}/", action_label=_("Buka antrean"),
            system="E-New Purut", due=row["sesi"].starts_at, staff=True,
        )
        for row in queries.sessions_today() if row["waiting"]
    ]  # fmt: skip
