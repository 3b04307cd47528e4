"""Taking in the warnings of other agencies: from their lists by a job, from a file by an officer."""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from pasti.ews.models import ForeignAlert
from pasti.ews.rules import cap_check, cap_foreign, cap_signature
from pasti.ews.rules.cap_fault import CapFault, CapRefused
from pasti.ews.rules.cap_message import Alert, MsgType, Reference, Status
from pasti.ews.services import cap_signing, cap_words
from pasti.kernel.clock import now
from pasti.kernel.errors import Refused
from pasti.kernel.places import queries as places

UPLOAD = "unggahan"
LONGEST_NAME = 300
State, Signature = ForeignAlert.State, ForeignAlert.Signature
STORED_WARNINGS = 30


@transaction.atomic
def take(content: bytes, source: str = UPLOAD) -> ForeignAlert:
    """Keep a message of another agency; the same message again is the same row. Raises Refused with the reasons in words.

    `source` is the address of the list it came from. A message replaces or cancels earlier ones of its sender when it
    comes from the same list, is signed with the sender's known key, or was brought by an officer; in whatever order
    they arrive.
    """
    verdict = cap_check.patient(content)
    if verdict.alert is None or verdict.faults:
        raise refused(verdict.faults)
    alert = verdict.alert
    if max(len(alert.identifier), len(alert.sender)) > LONGEST_NAME:
        raise Refused("cap-ditolak", _("Identifier atau pengirim terlalu panjang"), status=422, field="berkas")
    signature = _signature(content, alert)
    _one_at_a_time(alert.sender)
    known = ForeignAlert.objects.filter(sender=alert.sender, identifier=alert.identifier, sent=alert.sent).first()
    if known is not None:
        return _the_same(known, content)
    row = ForeignAlert.objects.create(
        identifier=alert.identifier, sender=alert.sender, sent=alert.sent, source=source[:500], raw=content,
        summary=cap_foreign.summary(alert), areas=_areas(alert), expires=cap_foreign.expires(alert), signature=signature,
        replaces=[_name(one) for one in cap_foreign.replaced(alert)], state=State.SILENT, received_at=now(),
        warnings=[{"code": one.code, "id": one.id, "en": one.en} for one in verdict.warnings[:STORED_WARNINGS]],
    )  # fmt: skip
    _replace_earlier(row, alert)
    row.state = _state(row, alert)
    row.save(update_fields=["state"])
    return row


def refused(faults: tuple[CapFault, ...]) -> Refused:
    """A refusal with what is wrong, in the language of who asks; `extra["faults"]` has each with its line."""
    listed = [
        {"code": one.code, "path": one.path, "line": one.line, "detail": cap_words.said(one)}
        for one in faults[: cap_words.MOST]
    ]
    words = _("Berkas bukan peringatan CAP yang dapat diterima: %(faults)s") % {"faults": cap_words.sentence(faults)}
    return Refused("cap-ditolak", words, status=422, field="berkas", faults=listed)


def tidy(before: dt.timedelta = dt.timedelta(days=30)) -> int:
    """Forget messages that expired long ago and never touched this city; returns how many."""
    return ForeignAlert.objects.filter(expires__lt=now() - before, areas=[]).delete()[0]


def _the_same(known: ForeignAlert, content: bytes) -> ForeignAlert:
    if bytes(known.raw) != content:
        raise Refused("cap-berbeda", _("Pesan ini sudah ada dengan isi lain; yang pertama tetap berlaku"), status=409,
                      field="berkas")  # fmt: skip
    return known


def _signature(content: bytes, alert: Alert) -> str:
    """What the signature is worth. A sender whose certificate we have cannot leave it away."""
    certificate = cap_signing.known_certificate(alert.sender)
    if certificate is None:
        return Signature.UNKNOWN if cap_signature.is_signed(content) else Signature.NONE
    try:
        cap_signature.verify(content, certificate, alert.sent)
    except CapRefused as refusal:
        raise refused(refusal.faults) from None
    return Signature.TRUSTED


def _areas(alert: Alert) -> list[str]:
    drawn = places.overlapping(cap_foreign.shapes(alert), "kelurahan")
    city = places.city()
    all_codes = [one.code for one in places.within(city.code, "kelurahan")] if city else []
    return sorted({*drawn, *cap_foreign.named_codes(alert, all_codes)})


def _replace_earlier(row: ForeignAlert, alert: Alert) -> None:
    if alert.status != Status.ACTUAL or not row.replaces:
        return
    state = State.CANCELLED if alert.msg_type == MsgType.CANCEL else State.REPLACED
    earlier = ForeignAlert.objects.filter(sender=row.sender, state=State.CURRENT).exclude(pk=row.pk)
    if row.signature != Signature.TRUSTED and row.source != UPLOAD:
        earlier = earlier.filter(source=row.source)
    named = [one.pk for one in earlier if _name(Reference(one.sender, one.identifier, one.sent)) in row.replaces]
    ForeignAlert.objects.filter(pk__in=named).update(state=state)


def _state(row: ForeignAlert, alert: Alert) -> str:
    """Shown, unless it is not for people or something that came before it says it is over."""
    if not cap_foreign.for_people(alert) or alert.msg_type not in (MsgType.ALERT, MsgType.UPDATE):
        return State.SILENT
    heard = Q(signature=Signature.TRUSTED) | Q(source__in=[UPLOAD, row.source])
    over = ForeignAlert.objects.filter(
        heard, sender=row.sender, summary__status=Status.ACTUAL,
        replaces__contains=[_name(Reference(row.sender, row.identifier, row.sent))],
    ).first()  # fmt: skip
    if over is None:
        return State.CURRENT
    return State.CANCELLED if over.summary["msg_type"] == MsgType.CANCEL else State.REPLACED


def _name(one: Reference) -> str:
    return f"{one.identifier},{one.sent.astimezone(dt.UTC).isoformat()}"


def _one_at_a_time(sender: str) -> None:
    """Messages of one sender are taken one after another: each sees what the one before replaced."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 37))", [f"ews:{sender}"])
