"""One web push: encrypted for its browser alone and posted to its push service. Without Django, for any process."""

from __future__ import annotations

import base64
from typing import NamedTuple

import aiohttp
import http_ece
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

# Of the provider alone: waiting for a free connection of ours is nobody's fault. Far below the lease of `sending`.
TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=15)


class Push(msgspec.Struct, frozen=True, array_like=True):
    """What goes to one browser. `number` is the delivery's own; `authorization` says who we are to its push service."""

    number: int
    address: str
    keys: dict[str, str]
    content: bytes
    topic: str
    seconds: int  # after which it is worth nothing any more
    authorization: str


class Sealed(NamedTuple):
    """A push, encrypted."""

    number: int
    address: str
    headers: dict[str, str]
    body: bytes


class Result(msgspec.Struct, frozen=True, array_like=True):
    """What became of an attempt: sent, again, failed (for good) or gone (the address is no more)."""

    number: int
    state: str
    receipt: str = ""
    retry_after: float | None = None


def session(connections: int) -> aiohttp.ClientSession:
    """A session for messages out; made within the loop that uses it."""
    connector = aiohttp.TCPConnector(limit=connections, ttl_dns_cache=300)
    return aiohttp.ClientSession(connector=connector, timeout=TIMEOUT, cookie_jar=aiohttp.DummyCookieJar())


def sealed(push: Push) -> Sealed:
    """The push as it leaves the house. Raises what a broken key raises."""
    headers = {
        "Authorization": push.authorization, "TTL": str(push.seconds), "Urgency": "high", "Topic": push.topic,
        "Content-Encoding": "aes128gcm", "Content-Type": "application/octet-stream",
    }  # fmt: skip
    return Sealed(push.number, push.address, headers, encrypted(push.content, push.keys))


async def post(over: aiohttp.ClientSession, letter: Sealed) -> Result:
    """Send one push. Nothing is raised: what goes wrong is a result."""
    try:
        async with over.post(letter.address, data=letter.body, headers=letter.headers) as response:
            return read(letter.number, response, response.headers.get("Location", ""))
    except Exception as error:
        return wrong(letter.number, error)


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


def read(number: int, response: aiohttp.ClientResponse, receipt: str) -> Result:
    """What a provider's status means."""
    status = response.status
    if status < 300:
        return Result(number, "sent", receipt[:200] or str(status))
    if status in (404, 410):
        return Result(number, "gone", str(status))
    if status in (408, 425, 429) or status >= 500:
        asked = response.headers.get("Retry-After", "")
        return Result(number, "again", str(status), float(asked) if asked.isdecimal() else None)
    return Result(number, "failed", str(status))


def wrong(number: int, error: Exception) -> Result:
    """What an error means: a line that failed is tried again; a broken key or address is not, and must stop no other."""
    if isinstance(error, aiohttp.ClientError | TimeoutError | OSError):
        return Result(number, "again", type(error).__name__)
    return Result(number, "failed", repr(error)[:200])


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
