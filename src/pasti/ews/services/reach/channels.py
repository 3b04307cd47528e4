"""How one message leaves the house on each channel: what is posted where, and what the answer means."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from django.conf import settings
from django.core.mail import EmailMessage

from pasti.ews.services.reach import push, vapid
from pasti.ews.services.reach.push import Push, Result

# Messages a second; what a contract allows is set in PASTI_EWS_GATEWAYS ("rate").
RATES = {"push": 5000.0, "email": 20.0, "sms": 50.0, "whatsapp": 80.0, "telegram": 30.0}


@dataclass(frozen=True, slots=True)
class Words:
    """What a warning says in one language, made once for all who get it."""

    title: str
    body: str
    url: str
    topic: str
    seconds: int  # after which it is worth nothing any more
    content: bytes  # as a browser is told
    stop: str = "Berhenti"  # what the link is called that ends it


@dataclass(frozen=True, slots=True)
class Item:
    """One message to one address. `number` is the delivery's own and stays the same however often it is tried."""

    number: int
    channel: str
    address: str
    keys: dict[str, str]
    words: Words
    stop_url: str
    attempts: int
    failed_before: bool = False  # the last to this address, so that a success is to be noted


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of an attempt, as `push.Result` says, with the message it is about."""

    item: Item
    state: str
    receipt: str = ""
    retry_after: float | None = None


@dataclass
class Post:
    """A session with all that is posted over it; made within the loop that uses it."""

    session: aiohttp.ClientSession
    mail: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(4))

    async def send(self, item: Item) -> Result:
        """Send one message. Nothing is raised: what goes wrong is a result."""
        try:
            if item.channel == "email":
                return await self._email(item)
            if item.channel == "push":
                return await push.post(self.session, push.sealed(packed(item)))
            return await self._gateway(item)
        except Exception as error:
            return push.wrong(item.number, error)

    async def _gateway(self, item: Item) -> Result:
        """A provider of SMS, WhatsApp or Telegram behind the city's gateway; the key lets it see a repetition."""
        gateway = gateways()[item.channel]
        text = f"{item.words.title}. {item.words.body} {item.words.url} {item.words.stop}: {item.stop_url}"
        headers = {"Idempotency-Key": f"pasti-ews-{item.number}", "Authorization": f"Bearer {gateway.get('token', '')}"}
        async with self.session.post(
            gateway["url"], json={"to": item.address, "text": text}, headers=headers
        ) as response:
            return push.read(item.number, response, (await response.text())[:200])

    async def _email(self, item: Item) -> Result:
        body = f"{item.words.body}\n\n{item.words.url}\n\n{item.words.stop}: {item.stop_url}\n"
        headers = {"List-Unsubscribe": f"<{item.stop_url}>", "Message-ID": f"<ews-{item.number}@{_domain()}>"}
        letter = EmailMessage(item.words.title, body, to=[item.address], headers=headers)
        async with self.mail:
            await asyncio.to_thread(letter.send, fail_silently=False)
        return Result(item.number, "sent", "diterima server surat")


def packed(item: Item) -> Push:
    """A push, ready for whoever posts it. Raises ValueError for an address that is none."""
    words = item.words
    signed = vapid.authorization(item.address)
    return Push(item.number, item.address, item.keys, words.content, words.topic, words.seconds, signed)


def gateways() -> dict[str, dict[str, Any]]:
    """The city's providers by channel: {"sms": {"url": ..., "token": ..., "rate": 50}}. A channel without is recorded."""
    found: dict[str, dict[str, Any]] = settings.PASTI_EWS_GATEWAYS
    return found


def rate(channel: str) -> float:
    """How many messages a second the channel takes."""
    return float(gateways().get(channel, {}).get("rate", RATES[channel]))


def _domain() -> str:
    return str(settings.PASTI_CITY.get("domain", "localhost"))
