"""Keys of devices: made at random, kept as hashes, one for us and one for Mosquitto's password file."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets

CODE = re.compile(r"(?!pasti-)[a-z0-9][a-z0-9-]{1,59}")  # names with pasti- are our own programs
DEV_EUI = re.compile(r"[0-9a-f]{16}")
_ROUNDS, _SALT = 101, 12  # what mosquitto_passwd 2.0 takes: PBKDF2-SHA512 ($7$)


def new() -> str:
    """A key of 32 random bytes, as text a person can copy."""
    return secrets.token_urlsafe(32)


_PREFIX = "sha256$"
_NOBODY = _PREFIX + "0" * 64


def digest(key: str) -> str:
    """How a key is kept: SHA-256, enough for a random key, and quick at every reading sent over HTTP."""
    return _PREFIX + hashlib.sha256(key.encode(errors="replace")).hexdigest()


def matches(key: str, known: str) -> bool:
    """Whether `key` is the one with the digest `known`, in the same time whatever is wrong. An empty digest is no key."""
    return hmac.compare_digest(digest(key), known or _NOBODY)


def mosquitto(key: str) -> str:
    """The key as a line of Mosquitto's password file holds it, after the colon; the same each time.

    The salt is made of the key: salts hide that two have one password, and no two random keys are alike.
    """
    salt = hashlib.sha256(b"mosquitto:" + key.encode()).digest()[:_SALT]
    hashed = hashlib.pbkdf2_hmac("sha512", key.encode(), salt, _ROUNDS)
    return f"$7${_ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(hashed).decode()}"
