"""What an OpenID Provider must reckon with: claims and scopes, pairwise names, how somebody signed in, which key signs.

OpenID Connect Core 1.0 (sections 2, 5.1, 5.4, 8.1), RFC 8176 (amr), RFC 9700 and RFC 8252 (redirect addresses).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

# Which scope asks for which claims. A client may only ask for what it was approved for.
SCOPES: dict[str, tuple[str, ...]] = {
    "openid": (),
    "profile": ("name", "gender", "birthdate"),
    "email": ("email",),
    "phone": ("phone_number",),
    "address": ("address",),
    "nik": ("nik",),
    "domisili": ("kelurahan", "rt", "rw"),
    "usia": ("age_over_17", "age_over_21"),
}
CLAIMS: tuple[str, ...] = tuple(claim for claims in SCOPES.values() for claim in claims)
# Claims that always come with another one (Core 5.1).
COMPANIONS = {"email": "email_verified", "phone_number": "phone_number_verified"}

LEVELS = (1, 2, 3)
_METHODS = {"password": "pwd", "totp": "otp", "recovery_codes": "otp", "webauthn": "hwk", "code": "otp", "sms": "sms"}
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def claims_of(scopes: Iterable[str]) -> list[str]:
    """The claims these scopes ask for, in the order of the catalogue; unknown scopes ask for nothing."""
    asked = {claim for scope in scopes for claim in SCOPES.get(scope, ())}
    return [claim for claim in CLAIMS if claim in asked]


def scopes_of(claims: Collection[str]) -> list[str]:
    """The scopes a client with these approved claims may use."""
    return [scope for scope, held in SCOPES.items() if scope == "openid" or any(claim in claims for claim in held)]


def must_ask(asked: Collection[str], given: Collection[str], refused: Collection[str]) -> bool:
    """Whether there is a claim the person has not decided about yet."""
    return bool(set(asked) - set(given) - set(refused))


def subject(secret: bytes, sector: str, user: str) -> str:
    """The pairwise name of a user at the clients of one sector (Core 8.1): the same there, unlinkable elsewhere."""
    digest = hmac.new(secret, f"{sector}\x1f{user}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def digest_of(code: str) -> bytes:
    """What is kept of a code or secret we made: text this random needs no salt and no slow hash."""
    return hashlib.sha256(code.encode()).digest()


def acr(level: int) -> str:
    """The name of a level of assurance: 1 self-asserted, 2 matched to the register, 3 seen in person."""
    return f"urn:pasti:loa:{level}"


@dataclass(frozen=True)
class SignedIn:
    """When and how somebody signed in: seconds since 1970, and the methods after RFC 8176."""

    at: float
    amr: tuple[str, ...]


def signed_in(records: Sequence[Mapping[str, Any]], otherwise: float) -> SignedIn:
    """Read the methods of a session; `otherwise` is the moment when nothing was noted of it."""
    if not records:
        return SignedIn(otherwise, ())
    found = [_METHODS.get(str(one.get("type") or one.get("method")), "") for one in records]
    methods = list(dict.fromkeys(method for method in found if method))
    if len(methods) > 1:
        methods.append("mfa")
    return SignedIn(max(float(one.get("at", 0)) for one in records), tuple(methods))


def signing_key(made: Sequence[int], now: int, *, ahead: int) -> int | None:
    """Which key signs, by the moments they were made: the newest that has been published for `ahead` seconds.

    While all are younger, the oldest: a first key signs at once. None without keys.
    """
    ready = [at for at in made if at + ahead <= now]
    return max(ready) if ready else min(made, default=None)


def kept_keys(made: Sequence[int], now: int, *, ahead: int, keep: int) -> list[int]:
    """The keys that stay published: the signing one, newer ones, and those that signed until `keep` seconds ago."""
    ordered = sorted(made)
    replaced = [following + ahead for following in ordered[1:]]
    return [at for at, end in zip(ordered, [*replaced, None], strict=True) if end is None or end + keep > now]


def is_loopback(address: str) -> bool:
    """Whether an address names this very machine (RFC 8252, section 7.3)."""
    return (urlsplit(address).hostname or "") in LOOPBACK


def address_fault(address: str) -> str:
    """Why an address of a client cannot be taken; empty when it can: "scheme", "host" or "fragment".

    Plain http only on the machine itself; no wildcards, no fragments, no user names (RFC 9700, section 4.1).
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return "host"
    if parts.fragment or "#" in address:
        return "fragment"
    if not host or "*" in address or parts.username is not None or any(c.isspace() for c in address):
        return "host"
    if parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK):
        return ""
    return "scheme"


def origin(address: str) -> str:
    """Scheme, host and port of an address, as a source in a Content-Security-Policy."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
