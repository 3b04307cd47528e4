"""What the desk tells people: the reporter what became of a report, the RT whose stays end."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from pasti.kernel.accounts import queries as roster
from pasti.kernel.accounts.models import User
from pasti.kernel.notify.services import send
from pasti.kernel.outbox.models import StoredEvent
from pasti.siap_pak_rt.models import Kos, Tamu
from pasti.siap_pak_rt.rules import stays

OUTCOMES = {
    "confirmed": gettext_noop("Laporan Anda disahkan kelurahan: %(kind)s"),
    "returned": gettext_noop("Laporan Anda dikembalikan: %(kind)s"),
    "reversed": gettext_noop("Laporan Anda dibatalkan kelurahan: %(kind)s"),
}
KINDS = {
    "birth": gettext_noop("Kelahiran"), "stillbirth": gettext_noop("Lahir mati"), "death": gettext_noop("Kematian"),
    "move_in": gettext_noop("Pindah datang"), "move_out": gettext_noop("Pindah keluar"),
    "move_within": gettext_noop("Pindah rumah"), "marriage": gettext_noop("Perkawinan"),
    "divorce": gettext_noop("Perceraian"), "missing": gettext_noop("Orang hilang"),
    "data_change": gettext_noop("Perubahan data"), "temporary": gettext_noop("Penduduk sementara"),
}  # fmt: skip


def decided(event: StoredEvent) -> None:
    """Tell whoever sent the report, in the own language; names stay on the page, out of the message."""
    told = event.payload
    user = User.objects.filter(pk=told["reporter_id"]).first()
    if user is None or told["state"] not in OUTCOMES:
        return
    outcome, kind = OUTCOMES[told["state"]], KINDS[told["kind"]]
    with override(user.language):
        send(
            user.pk, kind="siap_pak_rt", title=_(outcome) % {"kind": _(kind)},
            body=_("Buka laporannya untuk melihat siapa yang memeriksa dan apa katanya."),
            url=f"/siap-pak-rt/lapor/{told['laporan_id']}/", dedupe_key=str(event.uid),
        )  # fmt: skip


def remind(day: dt.date) -> int:
    """Tell each RT, and each owner with an account, of the stays that end on `day` or the next; once a day.

    Needs the whole city's scope. Returns how many were told.
    """
    ending = Tamu.objects.filter(state=Tamu.State.HERE, until__range=(day, day + stays.REMINDED_BEFORE))
    by_rt: dict[str, int] = defaultdict(int)
    by_house: dict[object, int] = defaultdict(int)
    for rt_code, kos_id in ending.values_list("rt_code", "kos_id"):
        by_rt[rt_code] += 1
        by_house[kos_id] += 1
    told = sum(_tell_rt(rt_code, count, day) for rt_code, count in by_rt.items())
    houses = Kos.objects.filter(pk__in=[pk for pk in by_house if pk], owner__isnull=False)
    owners = {
        user.person_id: user for user in User.objects.filter(person_id__in=houses.values_list("owner_id", flat=True))
    }
    for house in houses:
        if house.owner_id in owners:
            told += _tell(
                owners[house.owner_id], by_house[house.pk], day, f"/siap-pak-rt/tamu/kos/{house.pk}/", str(house.pk)
            )
    return told


def _tell_rt(rt_code: str, count: int, day: dt.date) -> int:
    heads = roster.holders(rt_code, day, "ketua_rt")
    return sum(_tell(one.user, count, day, "/siap-pak-rt/tamu/", rt_code) for one in heads)


def _tell(user: User, count: int, day: dt.date, url: str, about: str) -> int:
    with override(user.language):
        send(
            user.pk, kind="siap_pak_rt", title=_("%(count)s tamu habis masa tinggalnya") % {"count": count},
            body=_("Tanyakan: sudah pulang, atau tinggal lebih lama?"), url=url, dedupe_key=f"tamu:{about}:{day}",
        )  # fmt: skip
    return 1
