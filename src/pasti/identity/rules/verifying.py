"""What a desk asks and what an answer means: names of claims to paths, queries, and the colour of a result."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pasti.identity.rules import claims, dcql
from pasti.identity.rules.dcql import CredentialQuery
from pasti.identity.rules.invalid import Invalid
from pasti.identity.rules.jws import Json

QUERY = "warga"  # the id of the one credential asked for
GREEN, AMBER, RED = "green", "amber", "red"
# A claim is named by the last step of its path.
PATHS: dict[str, tuple[str, ...]] = {path[-1]: path for path in claims.LABELS}

_CODE = re.compile(r"[a-z0-9][a-z0-9-]*")
TAKEN = {"baru"}  # `/id/pemeriksa/baru/` is the page on which one proposes


def is_code(text: str) -> bool:
    """Whether a verifier can be found under this: small letters, digits and hyphens, and no page of ours."""
    return _CODE.fullmatch(text) is not None and text not in TAKEN


def unknown(names: Iterable[str]) -> set[str]:
    """Those that no card has."""
    return set(names) - PATHS.keys()


def query_for(names: Sequence[str], required: Sequence[str], vct: str) -> Json:
    """The DCQL query for these claims: all of them, or, where the holder will not, the required ones alone."""
    credential: Json = {
        "id": QUERY, "format": dcql.SD_JWT, "meta": {"vct_values": [vct]},
        "claims": [{"id": name, "path": list(PATHS[name])} for name in names],
    }  # fmt: skip
    if set(required) != set(names):
        enough = [name for name in names if name in required]
        credential["claim_sets"] = [list(names), *([enough] if enough else [[name] for name in names])]
    return {"credentials": [credential]}


def answered(query: CredentialQuery, payload: Mapping[str, Any]) -> dict[str, Any]:
    """The claims asked for that were shown, by name; what nobody asked is left out. Raises Invalid("claims-missing")."""
    if dcql.match(query, payload) is None:
        raise Invalid("claims-missing", "not what was asked")
    shown = {str(one.id): dcql.select(payload, one.path) for one in query.claims}
    return {name: found[0] for name, found in shown.items() if found}


def colour(cause: str, shown: Mapping[str, Any]) -> str:
    """Red when the proof does not hold; amber when it holds and says no to something; green otherwise."""
    if cause:
        return RED
    return AMBER if any(value is False for value in shown.values()) else GREEN


def labelled(names: Iterable[str], english: bool) -> list[tuple[str, str]]:
    """Names of claims with their words, in the order of the card."""
    wanted = set(names)
    return [(path[-1], words[english]) for path, words in claims.LABELS.items() if path[-1] in wanted]
