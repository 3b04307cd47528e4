"""Deputies: who does the work of a unit while its head is away. A deputy holds the same role, with a last day."""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction
from django.utils.translation import gettext as _

from pasti.identity.services.levels import is_seen
from pasti.kernel.accounts import queries as roster
from pasti.kernel.accounts.models import Assignment, User
from pasti.kernel.accounts.scope import current_scope
from pasti.kernel.accounts.scoping import covers
from pasti.kernel.accounts.services import assign, take_away
from pasti.kernel.clock import today
from pasti.kernel.errors import NotFound, Refused
from pasti.kernel.places import queries as places

LONGEST = dt.timedelta(days=180)
ROLE_OF_LEVEL = {"rt": "ketua_rt", "rw": "ketua_rw"}


@transaction.atomic
def appoint(unit_code: str, user: User, *, starts: dt.date, ends: dt.date) -> Assignment:
    """Let `user` act for the head of an RT or RW of the scope from `starts` to `ends`, both days included.

    The same again changes nothing. Raises NotFound outside the scope, Refused `belum-dilihat`, `tanggal-tidak-sah`,
    `tanpa-ketua`, `ketua-sendiri`, `sudah-pengganti`.
    """
    lock_unit(unit_code)
    role, name = unit_role(unit_code), places.label(unit_code)
    check_seen(user)
    _check_days(starts, ends)
    heads = [one for one in roster.holders(unit_code, today(), role) if not one.deputy]
    if not heads:
        raise Refused("tanpa-ketua", _("Wilayah ini belum ada ketuanya; tetapkan ketuanya dahulu"))
    if any(head.user_id == user.pk for head in heads):
        raise Refused("ketua-sendiri", _("Orang ini ketuanya sendiri"), field="user")
    overlapping = Assignment.objects.filter(unit_code=unit_code, user=user, deputy=True, ended_at=None,
                                            starts__lte=ends, ends__gte=starts)  # fmt: skip
    if overlapping.exclude(starts=starts, ends=ends).exists():
        raise Refused("sudah-pengganti", _("Orang ini sudah menjadi pengganti pada hari-hari itu"), field="starts")
    return assign(
        user, role, unit_code=unit_code, unit_name=name, area_code=unit_code, starts=starts, ends=ends, deputy=True
    )


@transaction.atomic
def dismiss(assignment_id: int) -> bool:
    """End a deputy of the scope this moment. False when it was over already. Raises NotFound."""
    held = Assignment.objects.filter(pk=assignment_id, deputy=True).first()
    if held is None or not covers(current_scope(), held.unit_code):
        raise NotFound
    return take_away(held.pk)


def lock_unit(unit_code: str) -> None:
    """One change of a unit's roster at a time. Raises NotFound outside the scope."""
    if not covers(current_scope(), unit_code):
        raise NotFound
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 21))", [unit_code])


def check_seen(user: User) -> None:
    """An office opens other people's data: not for an account that anyone could have made online.

    Raises Refused `belum-dilihat`.
    """
    if not is_seen(user):
        raise Refused("belum-dilihat", _("Akun ini dibuat sendiri dan orangnya belum dilihat petugas. Ia perlu datang dengan "
                                         "KTP-el ke meja akun lebih dahulu"), field="user")  # fmt: skip


def unit_role(unit_code: str) -> str:
    """The role that heads this unit. Raises NotFound for what is neither RT nor RW."""
    place = places.place(unit_code)
    if place is None or place.level not in ROLE_OF_LEVEL:
        raise NotFound
    return ROLE_OF_LEVEL[place.level]


def _check_days(starts: dt.date, ends: dt.date) -> None:
    if ends < starts or ends < today():
        raise Refused(
            "tanggal-tidak-sah", _("Hari terakhir sudah lewat atau sebelum hari pertama"), field="ends", status=422
        )
    if ends - starts > LONGEST:
        raise Refused(
            "tanggal-tidak-sah", _("Paling lama 180 hari; sesudah itu serahkan jabatannya"), field="ends", status=422
        )
