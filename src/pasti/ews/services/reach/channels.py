"""How one message leaves the house on each channel: what is posted where, and what the answer means."""

from __future__ import annotations

import asyncio
import base64
import json
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.core.mail import EmailMessage

from pasti.ews.services.reach import vapid

# Of the provider alone: waiting for a free connection of ours is nobody's fault. Far below the lease of `sending`.
TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=15)
# Messages a second; what a contract allows is set in PASTI_EWS_GATEWAYS ("rate").
RATES = {"push": 5000.0, "email": 20.0, "sms": 50.0, "whatsapp": 80.0, "telegram": 30.0}


@dataclass(frozen=True, slots=True)
class Item:
    """One message to one address. `number` is the delivery's own and stays the same however often it is tried."""

    number: int
    channel: str
    address: str
    keys: dict[str, str]
    title: str
    body: str
    url: str
    stop_url: str
    topic: str
    seconds: int  # after which it is worth nothing any more
    attempts: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of an attempt: sent, again, failed (for good) or gone (the address is no more)."""

    item: Item
    state: str
    receipt: str = ""
    retry_after: float | None = None


@dataclass
class Post:
    """A session with all that is posted over it; made within the loop that uses it."""

    session: aiohttp.ClientSession
    mail: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(4))

    async def send(self, item: Item) -> Answer:
        """Send one message. Nothing is raised: what goes wrong is an answer."""
        try:
            if item.channel == "email":
                return await self._email(item)
            return await (self._push(item) if item.channel == "push" else self._gateway(item))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return Answer(item, "again", type(error).__name__)
        except Exception as error:  # a broken key or address must not stop the others
            return Answer(item, "failed", repr(error)[:200])

    async def _push(self, item: Item) -> Answer:
        content = json.dumps({"title": item.title, "body": item.body, "url": item.url, "tag": item.topic}).encode()
        headers = {
            "Authorization": vapid.authorization(item.address), "TTL": str(item.seconds), "Urgency": "high",
            "Topic": item.topic, "Content-Encoding": "aes128gcm", "Content-Type": "application/octet-stream",
        }  # fmt: skip
        async with self.session.post(item.address, data=encrypted(content, item.keys), headers=headers) as response:
            return _read(item, response, response.headers.get("Location", ""))

    async def _gateway(self, item: Item) -> Answer:
        """A provider of SMS, WhatsApp or Telegram behind the city's gateway; the key lets it see a repetition."""
        gateway = gateways()[item.channel]
        text = f"{item.title}. {item.body} {item.url} Berhenti: {item.stop_url}"
        headers = {"Idempotency-Key": f"pasti-ews-{item.number}", "Authorization": f"Bearer {gateway.get('token', '')}"}
        async with self.session.post(
            gateway["url"], json={"to": item.address, "text": text}, headers=headers
        ) as response:
            return _read(item, response, (await response.text())[:200])

    async def _email(self, item: Item) -> Answer:
        body = f"{item.body}\n\n{item.url}\n\nBerhenti: {item.stop_url}\n"
        headers = {"List-Unsubscribe": f"<{item.stop_url}>", "Message-ID": f"<ews-{item.number}@{_domain()}>"}
        letter = EmailMessage(item.title, body, to=[item.address], headers=headers)
        async with self.mail:
            await asyncio.to_thread(letter.send, fail_silently=False)
        return Answer(item, "sent", "diterima server surat")


def encrypted(content: bytes, keys: dict[str, str]) -> bytes:
    """The content for one browser alone (RFC 8291), with a key made for this message."""
    return bytes(
        http_ece.encrypt(
            content,
            private_key=ec.generate_private_key(ec.SECP256R1()),
            dh=_decoded(keys["p256dh"]),
            auth_secret=_decoded(keys["auth"]),
            version="aes128gcm",
        )
    )


def gateways() -> dict[str, dict[str, Any]]:
    """The city's providers by channel: {"sms": {"url": ..., "token": ..., "rate": 50}}. A channel without is recorded."""
    found: dict[str, dict[str, Any]] = settings.PASTI_EWS_GATEWAYS
    return found


def rate(channel: str) -> float:
    """How many messages a second the channel takes."""
    return float(gateways().get(channel, {}).get("rate", RATES[channel]))


def _read(item: Item, response: aiohttp.ClientResponse, receipt: str) -> Answer:
    status = response.status
    if status < 300:
        return Answer(item, "sent", receipt[:200] or str(status))
    if status in (404, 410):
        return Answer(item, "gone", str(status))
    if status in (408, 425, 429) or status >= 500:
        asked = response.headers.get("Retry-After", "")
        return Answer(item, "again", str(status), float(asked) if asked.isdecimal() else None)
    return Answer(item, "failed", str(status))


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _domain() -> str:
    return str(settings.PASTI_CITY.get("domain", "localhost"))
