"""The provider's secrets: RSA keys that sign tokens, and the secret behind pairwise names.

They lie in the data folder, outside the database, readable by the program's user alone. A key's file bears the moment
it was made; which one signs and which are still published follows from these moments, so several processes agree
without talking to each other. Several machines share the folder.
"""

from __future__ import annotations

import json
import secrets
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from jwcrypto.jwk import JWK

from pasti.identity.rules import provider as rules
from pasti.kernel.clock import now
from pasti.platform import secret_files

BITS = 2048
PUBLISHED_AHEAD = 3600  # seconds a new key is published before it signs: longer than anyone caches our key set
CACHED = 900  # seconds a key set may be cached
KEPT = 30 * 24 * 3600  # seconds a key stays published after its last signature
LASTS = 90 * 24 * 3600  # seconds after which a key is replaced


def signing() -> JWK:
    """The key that signs now; made on first use."""
    at = rules.signing_key(_made(), _now(), ahead=PUBLISHED_AHEAD)
    return _loaded(_file(at)) if at is not None else _loaded(_file(_first()))


def published() -> list[JWK]:
    """All keys whose signatures still count, the newest first."""
    signing()
    return [_loaded(_file(at)) for at in sorted(_kept(), reverse=True)]


def key_set() -> dict[str, Any]:
    """The public halves as a JWK set (RFC 7517)."""
    return {"keys": [_public(key) for key in published()]}


def by_kid(kid: str) -> JWK | None:
    """The published key with this name."""
    return next((key for key in published() if key.thumbprint() == kid), None)


def rotate() -> int:
    """Make a new key. It is published at once and signs an hour later. Returns the moment it was made."""
    with secret_files.alone(folder()):
        return _write(max([_now(), *(at + 1 for at in _made())]))


def keep_fresh() -> bool:
    """Replace the newest key once it is old, and take away files nobody needs. Returns whether a key was made."""
    signing()
    kept = set(_kept())
    for at in _made():
        if at not in kept:
            _file(at).unlink(missing_ok=True)
    if max(_made()) + LASTS > _now():
        return False
    rotate()
    return True


def pairwise_secret() -> bytes:
    """What the names of people at applications are made with. It never changes: else everybody is a stranger there."""
    place = folder() / "pairwise.secret"
    if not place.exists():
        with secret_files.alone(folder()):
            if not place.exists():
                secret_files.put(place, secrets.token_bytes(32))
    return _secret(place)


def folder() -> Path:
    """Where the keys lie."""
    return Path(settings.PASTI_DATA_DIR) / "kunci" / "openid"


def _now() -> int:
    return int(now().timestamp())


def _made() -> list[int]:
    return [int(one.stem) for one in folder().glob("*.pem") if one.stem.isdecimal()]


def _kept() -> list[int]:
    return rules.kept_keys(_made(), _now(), ahead=PUBLISHED_AHEAD, keep=KEPT)


def _file(at: int) -> Path:
    return folder() / f"{at}.pem"


def _first() -> int:
    with secret_files.alone(folder()):
        found = _made()
        return min(found) if found else _write(_now())


def _write(at: int) -> int:
    key = JWK.generate(kty="RSA", size=BITS)
    secret_files.put(_file(at), key.export_to_pem(private_key=True, password=None))
    return at


@cache
def _loaded(place: Path) -> JWK:
    return JWK.from_pem(place.read_bytes())


@cache
def _secret(place: Path) -> bytes:
    return place.read_bytes()


def _public(key: JWK) -> dict[str, Any]:
    return {"alg": "RS256", "use": "sig", "kid": key.thumbprint()} | json.loads(key.export_public())
