"""The codes of an offer: made from the platform's secret each time they are needed, so that no table holds one.

Each belongs to one round of one activation; what is in force is in the activation's row.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from uuid import UUID

from django.utils.crypto import salted_hmac

from pasti.identity.rules import jws
from pasti.kernel.clock import now

OFFER, GRANT = "offer", "grant"
TX_DIGITS = 6
NONCE_LIFE = 300  # seconds


def code(use: str, activation: UUID, number: int) -> str:
    """The code for `use` (OFFER in the QR, GRANT inside the offer) of one round: 256 bits nobody can guess."""
    return f"{activation.hex}{number:x}.{jws.b64(_mac(use, f'{activation.hex}:{number}'))}"


def read(use: str, text: str) -> tuple[UUID, int] | None:
    """The activation and round a code of `use` belongs to; None for any other text."""
    named = text.partition(".")[0]
    try:
        activation, number = UUID(named[:32]), int(named[32:], 16)
    except ValueError:
        return None
    own = code(use, activation, number)
    return (activation, number) if hmac.compare_digest(own.encode(), text.encode()) else None


def tx_code(activation: UUID, number: int) -> str:
    """The six digits the officer tells the person."""
    drawn = int.from_bytes(_mac("tx", f"{activation.hex}:{number}")[:8], "big") % 10**TX_DIGITS
    return f"{drawn:0{TX_DIGITS}d}"


def nonce() -> str:
    """A fresh c_nonce. It carries its moment and our mark, so only those that come back need to be kept."""
    said = f"{int(now().timestamp()):x}.{secrets.token_urlsafe(12)}"
    return f"{said}.{jws.b64(_mac('nonce', said))}"


def nonce_is_ours(text: str) -> bool:
    """Whether we gave this nonce within the last five minutes."""
    said, _, mark = text.rpartition(".")
    if not hmac.compare_digest(jws.b64(_mac("nonce", said)).encode(), mark.encode()):
        return False
    return now().timestamp() - int(said.partition(".")[0], 16) <= NONCE_LIFE


def digest(text: str) -> bytes:
    """What is kept of a token: 256 random bits need no salt."""
    return hashlib.sha256(text.encode()).digest()


def facts_digest(claims: bytes) -> str:
    """A digest of what a card says that tells nobody what it says, not even by trying all NIK."""
    return _mac("facts", claims.decode()).hex()


def _mac(use: str, value: str) -> bytes:
    return salted_hmac(f"pasti.identity.issuing.{use}", value, algorithm="sha256").digest()
