"""The city's key for web push (RFC 8292), made on first use, in the data folder outside the database."""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import serialization
from django.conf import settings
from py_vapid import Vapid02

from pasti.kernel.clock import now
from pasti.platform import secret_files

LIFE = 12 * 3600  # seconds a signature holds; at most 24 hours may be asked for
FILE = "vapid.pem"


def public_key() -> str:
    """What a browser needs for subscribing: the uncompressed point, base64url without padding."""
    point = serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    return base64.urlsafe_b64encode(_key().public_key.public_bytes(*point)).rstrip(b"=").decode()


def authorization(endpoint: str) -> str:
    """The Authorization header for a push service; one signature serves all its addresses for half its life."""
    parts = urlsplit(endpoint)
    return _signed(f"{parts.scheme}://{parts.netloc}", int(now().timestamp()) // (LIFE // 2))


@cache
def _signed(origin: str, stretch: int) -> str:
    contact = f"mailto:pasti@{settings.PASTI_CITY.get('domain', 'localhost')}"
    claims = {"aud": origin, "sub": contact, "exp": (stretch + 2) * (LIFE // 2)}
    return str(_key().sign(claims)["Authorization"])


@cache
def _key() -> Vapid02:
    folder = Path(settings.PASTI_DATA_DIR) / "kunci" / "push"
    with secret_files.alone(folder):
        if not (folder / FILE).exists():
            made = Vapid02()
            made.generate_keys()
            secret_files.put(folder / FILE, made.private_pem())
    return Vapid02.from_pem((folder / FILE).read_bytes())
