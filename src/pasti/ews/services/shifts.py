"""The watch at PUSDALOPS: taking over, writing down, handing over."""

from __future__ import annotations

from django.db import connection, transaction
from django.utils.translation import gettext as _

from pasti.ews.models import Shift, ShiftEntry
from pasti.ews.queries.moment import now
from pasti.kernel.accounts.models import User
from pasti.kernel.audit.services import record_change
from pasti.kernel.errors import Refused

PURPOSE = "ews.peringatan"


@transaction.atomic
def take_over(by: User) -> Shift:
    """Begin a watch. Twice is once. Raises Refused `masih-dijaga` while another has not handed over."""
    _one_at_a_time()
    running = Shift.objects.select_related("by").filter(ended_at=None).first()
    if running is not None:
        if running.by_id == by.pk:
            return running
        raise Refused("masih-dijaga", _("%(who)s masih jaga dan belum menyerahkan.") % {"who": running.by.name})
    made = Shift.objects.create(by=by, began_at=now())
    _record("ews.shift.began", made)
    return made


@transaction.atomic
def write(by: User, text: str) -> ShiftEntry:
    """One line into the log of the watch that is on, by whoever is on duty. Raises Refused `tidak-dijaga`, `isi-wajib`."""
    if not text.strip():
        raise Refused("isi-wajib", _("Tulis apa yang terjadi"), status=422, field="text")
    return ShiftEntry.objects.create(shift=_running(), text=text.strip()[:500], at=now(), by=by)


@transaction.atomic
def hand_over(by: User, handover: str) -> Shift:
    """End the watch with a note for the next. A colleague may end it for one who left. Raises Refused `tidak-dijaga`,
    `isi-wajib`."""
    if not handover.strip():
        raise Refused("isi-wajib", _("Tulis catatan untuk yang jaga berikutnya"), status=422, field="handover")
    _one_at_a_time()
    shift = _running()
    if shift.by_id != by.pk:
        ShiftEntry.objects.create(shift=shift, text=_("Diserahkan oleh %(who)s") % {"who": by.name}, at=now(), by=by)
    shift.ended_at, shift.handover = now(), handover.strip()
    shift.save(update_fields=["ended_at", "handover"])
    _record("ews.shift.ended", shift)
    return shift


def _running() -> Shift:
    shift = Shift.objects.select_for_update(of=("self",)).filter(ended_at=None).first()
    if shift is None:
        raise Refused("tidak-dijaga", _("Belum ada yang jaga. Ambil jaga lebih dulu."))
    return shift


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('ews:shift', 31))")


def _record(action: str, shift: Shift) -> None:
    record_change(None, action, purpose=PURPOSE, object_type="ews_shift", object_id=shift.pk, fields=("by",))
