"""Digital Credentials Query Language: what a verifier asks of a wallet (OpenID4VP 1.0, section 6 and 7).

Queries of any format are read; only dc+sd-jwt credentials are matched, the one kind this city issues.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pasti.identity.rules.invalid import Invalid

SD_JWT, MDOC = "dc+sd-jwt", "mso_mdoc"
ERROR = "invalid_request"
Path = tuple[str | int | None, ...]
_ID = re.compile(r"[A-Za-z0-9_-]+")
_META = {SD_JWT: "vct_values", "jwt_vc_json": "type_values", "ldp_vc": "type_values", MDOC: "doctype_value"}


@dataclass(frozen=True, slots=True)
class ClaimQuery:
    """One claim asked for, by its path; with `values`, only if it is one of them."""

    path: Path
    id: str | None = None
    values: tuple[str | int | bool, ...] = ()


@dataclass(frozen=True, slots=True)
class CredentialQuery:
    """One credential asked for. `meta` says of which type, in the manner of its format."""

    id: str
    format: str
    meta: Mapping[str, Any]
    claims: tuple[ClaimQuery, ...] = ()
    claim_sets: tuple[tuple[str, ...], ...] = ()
    multiple: bool = False
    holder_binding: bool = True

    @property
    def types(self) -> tuple[str, ...]:
        """The types (vct) that will do."""
        return tuple(self.meta.get("vct_values", ()))


@dataclass(frozen=True, slots=True)
class SetQuery:
    """Sets of credentials of which one will do; without `required` none need be given."""

    options: tuple[tuple[str, ...], ...]
    required: bool = True


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked: all `credentials`, or, with `sets`, what satisfies those."""

    credentials: tuple[CredentialQuery, ...]
    sets: tuple[SetQuery, ...] = ()

    def credential(self, name: str) -> CredentialQuery | None:
        """The query with this id."""
        return next((one for one in self.credentials if one.id == name), None)

    def answered(self, given: set[str]) -> bool:
        """Whether credentials for these ids are an answer (6.4.2), and none that nobody asked for."""
        if not given <= {one.id for one in self.credentials}:
            return False
        if not self.sets:
            return given == {one.id for one in self.credentials}
        needed = (one for one in self.sets if one.required)
        return all(any(given.issuperset(option) for option in one.options) for one in needed)


def parse(query: object) -> Query:
    """The query in a `dcql_query`. Raises Invalid("invalid_request") saying where it breaks the standard."""
    read = _object(query, "dcql_query")
    credentials = tuple(_credential(one) for one in _some(read.get("credentials"), "credentials"))
    names = [one.id for one in credentials]
    _need(len(set(names)) == len(names), "ids of credentials are unique")
    sets = _some(read["credential_sets"], "credential_sets") if "credential_sets" in read else []
    return Query(credentials, tuple(_set(one, set(names)) for one in sets))


def match(asked: CredentialQuery, payload: Mapping[str, Any]) -> tuple[Path, ...] | None:
    """The paths of the claims that answer `asked`, out of a credential's payload; None if it is no answer (6.4.1).

    Without claims asked for, any credential of the type will do, and nothing of it need be shown.
    """
    if asked.format != SD_JWT or payload.get("vct") not in asked.types:
        return None
    named = {one.id: one for one in asked.claims}
    options = [[named[name] for name in option] for option in asked.claim_sets] or [list(asked.claims)]
    for option in options:
        if all(_holds(one, payload) for one in option):
            return tuple(one.path for one in option)
    return None


def select(payload: Any, path: Path) -> list[Any]:
    """What `path` points at (7): a name takes a member, a number an element, None every element."""
    found = [payload]
    for step in path:
        if step is None:
            found = [item for node in found if isinstance(node, list) for item in node]
        elif isinstance(step, str):
            found = [node[step] for node in found if isinstance(node, Mapping) and step in node]
        else:
            found = [node[step] for node in found if isinstance(node, list) and step < len(node)]
    return found


def _holds(asked: ClaimQuery, payload: Mapping[str, Any]) -> bool:
    found = select(payload, asked.path)
    if not asked.values:
        return bool(found)
    return any(type(one) is type(value) and one == value for one in found for value in asked.values)


def _credential(raw: object) -> CredentialQuery:
    read = _object(raw, "credential query")
    form = read.get("format")
    _need(isinstance(form, str) and bool(form), "format is missing")
    claims = tuple(_claim(one, form == MDOC) for one in _some(read["claims"], "claims")) if "claims" in read else ()
    names = [one.id for one in claims if one.id is not None]
    _need(len(set(names)) == len(names), "ids of claims are unique")
    sets = _claim_sets(read["claim_sets"], claims) if "claim_sets" in read else ()
    if "trusted_authorities" in read:
        _authorities(read["trusted_authorities"])
    return CredentialQuery(
        _id(read.get("id")),
        str(form),
        _meta(str(form), read.get("meta")),
        claims,
        sets,
        _flag(read, "multiple", default=False),
        _flag(read, "require_cryptographic_holder_binding", default=True),
    )


def _meta(form: str, raw: object) -> dict[str, Any]:
    meta = _object(raw, "meta")
    needed = _META.get(form)
    if needed == "doctype_value":
        _need(isinstance(meta.get(needed), str), "doctype_value is a text")
    elif needed == "vct_values":
        _need(all(isinstance(one, str) for one in _some(meta.get(needed), needed)), "vct_values are texts")
    elif needed:
        lists = [_some(one, needed) for one in _some(meta.get(needed), needed)]
        _need(all(isinstance(one, str) for each in lists for one in each), "type_values are lists of texts")
    return meta


def _claim(raw: object, mdoc: bool) -> ClaimQuery:
    read = _object(raw, "claim query")
    path = tuple(_some(read.get("path"), "path"))
    _need(all(_step(one) for one in path), "a path has names, numbers from 0 and null")
    _need(not mdoc or (len(path) == 2 and all(isinstance(one, str) for one in path)), "namespace and element expected")
    values = tuple(_some(read["values"], "values")) if "values" in read else ()
    _need(all(isinstance(one, str | int) for one in values), "values are texts, whole numbers, true or false")
    return ClaimQuery(path, _id(read["id"]) if "id" in read else None, values)


def _step(one: object) -> bool:
    return one is None or isinstance(one, str) or (isinstance(one, int) and not isinstance(one, bool) and one >= 0)


def _claim_sets(raw: object, claims: tuple[ClaimQuery, ...]) -> tuple[tuple[str, ...], ...]:
    _need(bool(claims) and all(one.id is not None for one in claims), "claim_sets need claims with ids")
    return _options(raw, {str(one.id) for one in claims}, "claim_sets")


def _options(raw: object, known: set[str], name: str) -> tuple[tuple[str, ...], ...]:
    options = tuple(tuple(_some(one, name)) for one in _some(raw, name))
    _need(all(isinstance(one, str) and one in known for each in options for one in each), f"{name} name known ids")
    return options


def _set(raw: object, known: set[str]) -> SetQuery:
    read = _object(raw, "credential set")
    return SetQuery(_options(read.get("options"), known, "options"), _flag(read, "required", default=True))


def _authorities(raw: object) -> None:
    for one in _some(raw, "trusted_authorities"):
        read = _object(one, "trusted authority")
        _need(isinstance(read.get("type"), str), "an authority has a type")
        _need(all(isinstance(value, str) for value in _some(read.get("values"), "values")), "and values")


def _flag(read: Mapping[str, Any], name: str, *, default: bool) -> bool:
    value = read.get(name, default)
    _need(isinstance(value, bool), f"{name} is true or false")
    return bool(value)


def _id(value: object) -> str:
    _need(isinstance(value, str) and _ID.fullmatch(value) is not None, "an id has letters, digits, _ and -")
    return str(value)


def _object(value: object, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Invalid(ERROR, f"{name} is an object")
    return value


def _some(value: object, name: str) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise Invalid(ERROR, f"{name} is a list that is not empty")
    return value


def _need(holds: bool, words: str) -> None:
    if not holds:
        raise Invalid(ERROR, words)
