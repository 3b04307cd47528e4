"""What anyone may read of issuing: keys, status lists, metadata. None of it names anybody."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings

from pasti.identity.models import StatusEntry, StatusList
from pasti.identity.rules import status_list
from pasti.identity.rules.claims import TYPE
from pasti.identity.rules.jws import Json, PublicKey
from pasti.identity.services import issuing, keys
from pasti.identity.services.issuing_status import BITS, address_of
from pasti.kernel.clock import now

TTL = 300  # seconds after which whoever keeps a list should look for a newer one
LIFE = 24 * 3600  # seconds after which nobody may rely on a list any more
HOUR = 3600


@dataclass(frozen=True)
class Served:
    """A status list token and the tag of its content."""

    token: str
    tag: str


def issuer_jwks() -> Json:
    """The issuer's public keys, past ones included (RFC 7517)."""
    return {"keys": keys.published()}


def issuer_key(header: Json) -> PublicKey | None:
    """The key that a credential or list of ours names in its header; None for a stranger's."""
    return keys.public(header.get("kid"))


def served_list(number: int) -> Served | None:
    """The list as it is served; None when there is none. Every change is in it, and each hour it is made afresh."""
    listed = StatusList.objects.filter(pk=number).first()
    if listed is None:
        return None
    hour = int(now().timestamp()) // HOUR * HOUR
    made = max(hour, int(listed.changed_at.timestamp()))
    kid = keys.current().kid
    return Served(_token(number, listed.version, listed.size, made, kid), f"{number}-{listed.version}-{made}-{kid[:8]}")


def status_of(uri: str, idx: int) -> int | None:
    """The status of an entry of our own lists at this very moment; None when the list is not ours or gave out no such."""
    number = uri.removeprefix(address_of(0)[:-1])
    if uri == number or not (number.isascii() and number.isdecimal()) or len(number) > 6:
        return None
    return StatusEntry.objects.filter(list_id=int(number), idx=idx).values_list("value", flat=True).first()


def entries_of(number: int, size: int) -> bytes:
    """A list's entries, packed."""
    marked = StatusEntry.objects.filter(list_id=number).exclude(value=0).values_list("idx", "value")
    return status_list.pack(dict(marked), BITS, size)


def names() -> list[dict[str, Any]]:
    """The city's name as an issuer, in both languages."""
    name = settings.PASTI_CITY.get("name", "PASTI")
    return [{"name": f"Pemerintah {name}", "locale": "id"}, {"name": f"Government of {name}", "locale": "en"}]


def type_address() -> str:
    """Which type of credential the city issues."""
    return f"{issuing.issuer()}/id/vct/{TYPE}"


@lru_cache(maxsize=8)
def _token(number: int, version: int, size: int, made: int, kid: str) -> str:
    listed = status_list.StatusList(address_of(number), BITS, entries_of(number, size), made, made + LIFE, TTL)
    return status_list.token(listed, keys.driver().signer(kid))
