"""Devices of an RT head: prepared, asked whether they still may, cut off."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from pasti.kernel.accounts.access import held_for
from pasti.kernel.accounts.models import User
from pasti.kernel.clock import now
from pasti.kernel.errors import NotFound, Refused
from pasti.siap_pak_rt.models import Device

PERMISSION = "siap_pak_rt.offline"
MOST = 5  # devices in force at one time


@transaction.atomic
def prepare(user: User, unit_code: str, label: str, device_id: UUID) -> Device:
    """Let a browser keep a copy of the RT. The browser chooses the number: the same again is the same device.

    Raises Refused `bukan-wilayah-anda` (403), `terlalu-banyak-perangkat` (409).
    """
    if unit_code not in units_of(user):
        raise Refused("bukan-wilayah-anda", _("Anda bukan pengurus wilayah ini"), status=403)
    User.objects.select_for_update().get(pk=user.pk)
    known = Device.objects.filter(pk=device_id).first()
    if known is not None:
        return in_force(device_id, user)
    if Device.objects.filter(user=user, revoked_at=None).count() >= MOST:
        text = _("Sudah ada 5 perangkat. Putuskan dahulu satu yang tidak dipakai lagi.")
        raise Refused("terlalu-banyak-perangkat", text)
    return Device.objects.create(
        pk=device_id, user=user, unit_code=unit_code, label=label.strip()[:80] or _("Perangkat"), registered_at=now(),
        seen_at=now(),
    )  # fmt: skip


def in_force(device_id: UUID, user: User) -> Device:
    """The user's device, seen now. Raises NotFound for another's, Refused `peran-berakhir` (410) when it may no longer:
    the role ended, or it was cut off. Then it is cut off for good."""
    found = Device.objects.filter(pk=device_id, user=user).first()
    if found is None:
        raise NotFound
    if not still_may(device_id):
        raise over()
    Device.objects.filter(pk=device_id).update(seen_at=now())
    return found


def still_may(device_id: UUID) -> bool:
    """Whether this device may keep its copy; what it asks when nobody is signed in. An unknown device may not."""
    found = Device.objects.select_related("user").filter(pk=device_id, revoked_at=None).first()
    if found is None:
        return False
    if found.user.is_active and found.unit_code in units_of(found.user):
        return True
    Device.objects.filter(pk=device_id, revoked_at=None).update(revoked_at=now(), known={})
    return False


def cut_off(device_id: UUID, user: User) -> None:
    """Let a device of one's own keep nothing from its next contact on. Twice is once. Raises NotFound."""
    if not Device.objects.filter(pk=device_id, user=user).exists():
        raise NotFound
    Device.objects.filter(pk=device_id, revoked_at=None).update(revoked_at=now(), known={})


def units_of(user: User) -> dict[str, str]:
    """The RT `user` heads today (or acts for): code and name."""
    return {one.area_code: one.unit_name for one in held_for(user, PERMISSION) if one.area_code}


def over() -> Refused:
    """What a device hears that may no longer keep anything."""
    text = _("Tugas Anda di wilayah ini berakhir atau perangkat ini diputus. Data di perangkat ini dihapus.")
    return Refused("peran-berakhir", text, status=410)
