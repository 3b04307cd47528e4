"""Asking to be warned, saying that it was really oneself, and stopping: without an account, by links that nobody can guess."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from pasti.ews.models import Subscription
from pasti.ews.rules import reach
from pasti.ews.services.reach.channels import encrypted, gateways
from pasti.kernel.clock import now
from pasti.kernel.errors import NotFound, Refused
from pasti.kernel.notify.models import Recorded
from pasti.kernel.places import queries as places

CONFIRM_WITHIN = dt.timedelta(days=2)
ASK_AGAIN_AFTER = dt.timedelta(minutes=10)  # so that nobody can have somebody else's telephone ring all day
MOST_PLACES = 5
Channel = Subscription.Channel


@dataclass(frozen=True)
class Wish:
    """What somebody asks for. For `push` the address is the browser's, with its `keys`."""

    channel: str
    address: str
    place_codes: Sequence[str] = ()
    language: str = "id"
    keys: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def subscribe(wish: Wish) -> Subscription:
    """Keep the wish and send the link that confirms it; a browser that allowed it needs none. Again changes the places.

    Whether the address was known is not told. Raises Refused with the field at fault.
    """
    address, codes = _address(wish), _places(wish.place_codes)
    row, _created = Subscription.objects.select_for_update().get_or_create(
        channel=wish.channel, address=address, ended_at=None,
        defaults={"created_at": now(), "place_codes": codes, "language": wish.language, "keys": dict(wish.keys)},
    )  # fmt: skip
    if wish.channel == Channel.PUSH:
        row.place_codes, row.language, row.keys, row.confirmed_at = codes, wish.language, dict(wish.keys), now()
        row.save()
    elif row.asked_at is None or row.asked_at < now() - ASK_AGAIN_AFTER:
        row.asked_at = now()
        row.save(update_fields=["asked_at"])
        _ask(row, codes, wish.language)
    return row


@transaction.atomic
def confirm(token: str) -> Subscription:
    """The link was opened: from now on warnings come, for the places of that link. Raises NotFound for none of ours."""
    row, codes, language = _read(token, "ews.confirm", CONFIRM_WITHIN)
    row.place_codes, row.language, row.confirmed_at = codes, language, row.confirmed_at or now()
    row.save(update_fields=["place_codes", "language", "confirmed_at"])
    return row


def stop(token: str) -> None:
    """No more warnings to this address, which is forgotten. Again is no fault. Raises NotFound for none of ours."""
    try:
        end(int(signing.loads(token, salt="ews.stop")))
    except (signing.BadSignature, ValueError, TypeError):
        raise NotFound(_("Tautan ini tidak berlaku")) from None


def end(subscription_id: int) -> None:
    """Take an address out and forget it, also where texts to it were recorded for want of a provider."""
    rows = Subscription.objects.filter(pk=subscription_id, ended_at=None)
    _forget_recorded(rows)
    rows.update(ended_at=now(), address="", keys={})


def stop_token(subscription_id: int) -> str:
    """What the link at the end of every message carries."""
    return signing.dumps(subscription_id, salt="ews.stop")


def forget_unconfirmed() -> int:
    """Addresses that nobody confirmed are taken out; returns how many."""
    rows = Subscription.objects.filter(confirmed_at=None, ended_at=None, created_at__lt=now() - CONFIRM_WITHIN)
    _forget_recorded(rows)
    return rows.delete()[0]


def asking(row: Subscription, codes: Sequence[str], language: str) -> tuple[str, str]:
    """Title and text of the message with the link that confirms."""
    token = signing.dumps([row.pk, list(codes), language], salt="ews.confirm")
    url = f"{settings.PASTI_BASE_URL}/ews/langganan/setuju/{token}/"
    with override(language):
        title = _("Setujui peringatan banjir dari PASTI")
        body = _("Buka tautan ini untuk mulai menerima peringatan banjir. Bila bukan Anda yang meminta, abaikan.")
    return title, f"{body}\n\n{url}\n"


def _forget_recorded(rows: QuerySet[Subscription]) -> None:
    for channel, address in rows.values_list("channel", "address"):
        Recorded.objects.filter(channel=channel, address=address, text__contains="/ews/").delete()


def _read(token: str, salt: str, within: dt.timedelta) -> tuple[Subscription, list[str], str]:
    try:
        pk, codes, language = signing.loads(token, salt=salt, max_age=within)
    except (signing.BadSignature, ValueError, TypeError):
        raise NotFound(_("Tautan ini tidak berlaku atau sudah lewat dua hari")) from None
    row = Subscription.objects.select_for_update().filter(pk=pk, ended_at=None).first()
    if row is None:
        raise NotFound(_("Langganan ini sudah berhenti"))
    return row, codes, language


def _ask(row: Subscription, codes: list[str], language: str) -> None:
    """Send the confirming link: by mail, or through the channel's gateway when the next message goes out."""
    if row.channel in gateways():
        from pasti.ews.jobs.reach import ask_by_gateway

        # Without the address: a job that fails stays in the queue's table.
        ask_by_gateway.defer(number=row.pk, codes=list(codes), language=language, asked=int(now().timestamp()))
        return
    title, text = asking(row, codes, language)
    if row.channel == Channel.EMAIL:
        letter = EmailMessage(title, text, to=[row.address])
        transaction.on_commit(lambda: letter.send(fail_silently=True), robust=True)
    else:
        Recorded.objects.create(channel=row.channel, address=row.address, text=short(title, text), at=now())


def short(title: str, text: str) -> str:
    """Title and text in one line, for channels that know no title."""
    return " ".join(f"{title}. {text}".split())


def _address(wish: Wish) -> str:
    address = wish.address.strip()
    try:
        if wish.channel == Channel.EMAIL:
            validate_email(address)
            return address.lower()
        if wish.channel == Channel.PUSH:
            return _push_address(address, wish.keys)
        if wish.channel == Channel.TELEGRAM and re.fullmatch(r"-?\d{5,20}", address):
            return address
        if wish.channel in (Channel.SMS, Channel.WHATSAPP):
            return _phone(address)
    except (ValidationError, ValueError, KeyError):
        pass
    raise Refused("alamat", refused_address(wish.channel), status=422, field="address")


def refused_address(channel: str) -> str:
    """What an address of this channel looks like, for whoever wrote none or another."""
    words: dict[str, str] = {
        Channel.EMAIL: _("Tulis alamat surel seperti nama@contoh.id"),
        Channel.TELEGRAM: _("Tulis nomor obrolan Telegram, misalnya 123456789"),
        Channel.PUSH: _("Peramban ini tidak memberi alamat yang dapat dipakai"),
    }
    return words.get(channel, _("Tulis nomor HP seperti 0812 3456 7890"))


def _push_address(address: str, keys: Mapping[str, str]) -> str:
    if len(address) > 600 or not reach.push_allowed(address, settings.PASTI_PUSH_HOSTS or reach.PUSH_HOSTS):
        raise ValueError
    encrypted(b"", dict(keys))  # keys that encrypt nothing are refused now, not when it floods
    return address


def _phone(text: str) -> str:
    digits = re.sub(r"[\s().-]", "", text)
    digits = f"+62{digits[1:]}" if digits.startswith("0") else digits
    if not re.fullmatch(r"\+\d{9,15}", digits):
        raise ValueError
    return digits


def _places(codes: Sequence[str]) -> list[str]:
    wanted = list(dict.fromkeys(codes))
    known = {one.pk for one in places.named(wanted) if one.level in ("kelurahan", "rw", "rt")}
    if len(wanted) > MOST_PLACES or set(wanted) - known:
        raise Refused(
            "tempat", _("Pilih paling banyak 5 kelurahan, RW, atau RT dari daftar"), status=422, field="place"
        )
    return wanted
