"""The keys that sign cards and status lists: outside the database, behind a driver, replaced without a break.

A driver makes and holds keys; each is known with the moment from which it signs, so that processes agree without talking to
each other. A new key is published a day before it signs: desks that work without a network have it by
then. Public halves stay published for good: cards signed by them still hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

from pasti.identity.rules import jws
from pasti.identity.rules.jws import Json, LocalKey, PublicKey, SigningKey
from pasti.kernel.clock import now
from pasti.platform import secret_files

PUBLISHED_AHEAD = 24 * 3600  # seconds between publishing a key and its first signature


@dataclass(frozen=True)
class Held:
    """A key of the driver: its name, since when it signs (seconds since 1970; 0 for the first), its public half."""

    kid: str
    since: int
    public: PublicKey


class Driver(Protocol):
    """Where keys lie. A driver for a device gives a SigningKey that has the device sign."""

    def held(self) -> list[Held]:
        """All keys ever made, in the order in which they sign."""
        ...

    def make(self, since: int) -> Held:
        """A new P-256 key that signs from then on; where another process was first with this moment, that one's."""
        ...

    def signer(self, kid: str) -> SigningKey:
        """The key with this name. Raises LookupError when its private half is gone."""
        ...

    def destroy(self, kid: str) -> None:
        """Take the private half away for good; the public one stays."""
        ...


def driver() -> Driver:
    """The driver of this platform: files in the data folder."""
    return FileDriver(Path(settings.PASTI_DATA_DIR) / "kunci" / "kartu")


def current() -> SigningKey:
    """The key that signs now; made on first use."""
    return driver().signer(_signing(_known()).kid)


def rotate(*, at_once: bool = False) -> str:
    """Make a new key, which signs a day later, or at once when the old one is not to be trusted. Returns its kid.

    Private halves that will not sign any more are destroyed.
    """
    keep = driver()
    _known()
    new = keep.make(int(now().timestamp()) + (0 if at_once else PUBLISHED_AHEAD))
    held = keep.held()
    signing = _signing(held)
    for one in held:
        if one.since < signing.since:
            keep.destroy(one.kid)
    return new.kid


def published() -> list[Json]:
    """The public keys as JWKs, the one that signs first, then the newest."""
    held = _known()
    signing = _signing(held)
    return [
        {**jws.jwk_of(one.public), "kid": one.kid, "use": "sig", "alg": jws.ALGORITHM}
        for one in sorted(held, key=lambda one: (one.kid != signing.kid, -one.since))
    ]


def public(kid: object) -> PublicKey | None:
    """The public key with this name; None for a stranger's."""
    return next((one.public for one in _known() if one.kid == kid), None)


def _known() -> list[Held]:
    keep = driver()
    return keep.held() or [keep.make(0)]


def _signing(held: list[Held]) -> Held:
    return [one for one in held if one.since <= now().timestamp()][-1]


class FileDriver:
    """Keys as files that only the program's user can read. A key is named by the thumbprint of its public half."""

    def __init__(self, folder: Path):
        self._folder = folder

    def held(self) -> list[Held]:
        """All keys ever made, in the order in which they sign."""
        return [_held(one, one.stat().st_mtime_ns) for one in sorted(self._folder.glob("*.pub"), key=_since)]

    def make(self, since: int) -> Held:
        """A new key, or the one another process made for the same moment."""
        with secret_files.alone(self._folder):
            if not (self._folder / f"{since}.pub").exists():
                self._draw(since)
        return next(one for one in self.held() if one.since == since)

    def _draw(self, since: int) -> None:
        private = ec.generate_private_key(ec.SECP256R1())
        pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
        secret_files.put(
            self._folder / f"{since}.key", private.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
        )
        shown = private.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo)
        secret_files.put(self._folder / f"{since}.pub", shown)  # last: what is published can sign

    def signer(self, kid: str) -> SigningKey:
        """The key with this name. Raises LookupError."""
        found = next((one for one in self.held() if one.kid == kid), None)
        place = self._folder / f"{found.since}.key" if found else None
        if place is None or not place.exists():
            raise LookupError(kid)
        return _loaded(place, place.stat().st_mtime_ns)

    def destroy(self, kid: str) -> None:
        """The private file goes; twice is once."""
        for one in self.held():
            if one.kid == kid:
                (self._folder / f"{one.since}.key").unlink(missing_ok=True)


def _since(place: Path) -> int:
    return int(place.stem)


@cache
def _held(place: Path, stamp: int) -> Held:
    key = serialization.load_pem_public_key(place.read_bytes())
    assert isinstance(key, ec.EllipticCurvePublicKey)
    return Held(jws.thumbprint(jws.jwk_of(key)), _since(place), key)


@cache
def _loaded(place: Path, stamp: int) -> LocalKey:
    key = serialization.load_pem_private_key(place.read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return LocalKey(jws.thumbprint(jws.jwk_of(key.public_key())), key)
