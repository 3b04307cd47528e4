"""What the hospital tells people: the number when it is booked, the room when it is called."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from pasti.kernel.accounts.models import User
from pasti.kernel.clock import city_zone
from pasti.kernel.notify.services import send
from pasti.kernel.outbox.models import StoredEvent


def booked(event: StoredEvent) -> None:
    """The booker's receipt."""
    begins, ends = (_clock(event.payload[key]) for key in ("window_begins", "window_ends"))
    body = gettext_noop("Kode %(code)s, tanggal %(date)s, perkiraan dipanggil pukul %(begins)s–%(ends)s.")
    _tell(event, gettext_noop("Nomor antrean %(label)s"), body, begins=begins, ends=ends)


def called(event: StoredEvent) -> None:
    """The call, for a patient who is not in the waiting room."""
    _tell(event, gettext_noop("Nomor %(label)s dipanggil"), gettext_noop("Silakan ke %(room)s sekarang."))


def _tell(event: StoredEvent, title: str, body: str, **more: str) -> None:
    """Send in the reader's own language."""
    facts = event.payload | more
    user = User.objects.filter(pk=facts["booked_by"], kind=User.Kind.CITIZEN).first()
    if user is not None:
        with override(user.language):
            send(
                user.pk, kind="purut", title=_(title) % facts, body=_(body) % facts,
                url=f"/purut/antrean/{facts['code']}/", dedupe_key=str(event.uid),
            )  # fmt: skip


def _clock(text: str) -> str:
    return f"{dt.datetime.fromisoformat(text).astimezone(city_zone()):%H.%M}"
