"""Codes sent to prove an address, and what a browser calls itself."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
from uuid import UUID

DIGITS = 6
GROWN_UP = 17  # years: the age of the KTP-el, UU 24/2013 article 63
_MOBILE = re.compile(r"^(?:\+?62|0)(8[0-9]{7,11})$")
_MAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
_BETWEEN = re.compile(r"[\s().-]")
_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
             ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("CrOS", "Chromebook"),
            ("Macintosh", "Mac"), ("Linux", "Linux"))  # fmt: skip


def code_for(secret: bytes, sign_up: UUID, sent: int) -> str:
    """The six digits of the `sent`-th sending for one sign-up. After RFC 4226, 5.3, over SHA-256."""
    digest = hmac.new(secret, f"{sign_up}:{sent}".encode(), hashlib.sha256).digest()
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def is_grown_up(born: dt.date, today: dt.date) -> bool:
    """Whether somebody born on `born` has the age at which one holds an identity card."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day)) >= GROWN_UP


def channel_of(text: str) -> tuple[str, str]:
    """Where a code can go: ("email", address) or ("sms", "+62..."). Raises ValueError for anything else."""
    plain = text.strip()
    if _MAIL.match(plain) and len(plain) <= 254:
        return "email", plain.lower()
    mobile = _MOBILE.match(_BETWEEN.sub("", plain))
    if mobile is None:
        raise ValueError(text)
    return "sms", f"+62{mobile[1]}"


def masked(address: str) -> str:
    """An address that its owner recognises and nobody else learns: "si…@contoh.id", "+62…789"."""
    name, at, host = address.partition("@")
    return f"{name[:2]}…@{host}" if at else f"{address[:3]}…{address[-3:]}"


def device_words(user_agent: str) -> tuple[str, str]:
    """Browser and system by their names, as far as the browser says; empty when it does not."""
    browser = next((name for mark, name in _BROWSERS if f"{mark}/" in user_agent), "")
    return browser, next((name for mark, name in _SYSTEMS if mark in user_agent), "")
