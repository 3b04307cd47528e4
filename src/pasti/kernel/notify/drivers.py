"""How a message leaves the house. A driver takes address, title and body and returns the provider's receipt."""

from __future__ import annotations

from typing import Protocol

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.module_loading import import_string

from pasti.kernel.clock import now
from pasti.kernel.notify.models import Recorded

DEFAULTS = {"email": "pasti.kernel.notify.drivers.Email", "sms": "pasti.kernel.notify.drivers.Recording"}


class Driver(Protocol):
    """Sends one text to one address. Raises any exception when it could not; it is tried again later."""

    def send(self, channel: str, address: str, title: str, body: str) -> str:
        """Send and return a receipt."""


class Email:
    """E-mail through Django's configured backend."""

    def send(self, channel: str, address: str, title: str, body: str) -> str:
        """Raises OSError or SMTPException when the server refuses."""
        EmailMessage(title, body, to=[address]).send(fail_silently=False)
        return "diterima server surat"


class Recording:
    """Keeps what it is given in the database, for a channel whose provider is not contracted yet."""

    def send(self, channel: str, address: str, title: str, body: str) -> str:
        """Always succeeds."""
        return (
            f"rekaman {Recorded.objects.create(channel=channel, address=address, text=f'{title}: {body}', at=now()).pk}"
        )


def driver_of(channel: str) -> Driver:
    """The driver set for `channel` (setting PASTI_NOTIFY_DRIVERS). Raises KeyError for a channel nobody set up."""
    chosen = DEFAULTS | getattr(settings, "PASTI_NOTIFY_DRIVERS", {})
    driver: Driver = import_string(chosen[channel])()
    return driver
