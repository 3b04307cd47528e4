"""The register of clients: who may let PASTI sign people in, and what they may learn. Every act is recorded."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from pasti.identity.models import Application
from pasti.identity.rules import provider as rules
from pasti.identity.services import provider_sessions as sessions
from pasti.kernel.audit.services import record_change
from pasti.kernel.clock import now
from pasti.kernel.errors import Refused

PURPOSE = "identity.klien"


@dataclass(frozen=True)
class Wanted:
    """What is registered of a client."""

    name: str
    agency: str
    contact: str
    purpose: str
    legal_basis: str
    redirect_uris: Sequence[str]
    approved_claims: Sequence[str] = ()
    required_claims: Sequence[str] = ()
    post_logout_redirect_uris: Sequence[str] = ()
    backchannel_logout_uri: str = ""
    sector: str = ""
    public: bool = False


@transaction.atomic
def register(wanted: Wanted, *, client_id: str = "", secret: str = "") -> tuple[Application, str]:
    """Register a client; returns it with its secret, which nobody can read again. A public client has none.

    Raises Refused for an address that cannot be taken, or claims that are not approved.
    """
    _check(wanted)
    given = "" if wanted.public else secret or _new_secret()
    made = Application(
        authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE, algorithm=Application.RS256_ALGORITHM,
        client_secret=kept_secret(given), hash_client_secret=False, **_fields(wanted),
    )  # fmt: skip
    if client_id:
        made.client_id = client_id
    made.save()
    _record(made, "identity.client.registered", _shown(wanted))
    return made, given


@transaction.atomic
def change(client: Application, wanted: Wanted) -> Application:
    """Change what is registered; whether the client is public stays. Raises Refused as `register`."""
    _check(wanted)
    fields = _fields(wanted) | {"client_type": client.client_type}
    before = {name: getattr(client, name) for name in fields}
    for name, value in fields.items():
        setattr(client, name, value)
    changed = {name: value for name, value in fields.items() if value != before[name]}
    if changed:
        client.save(update_fields=[*changed, "updated"])
        _record(client, "identity.client.changed", changed)
    return client


@transaction.atomic
def renew_secret(client: Application) -> str:
    """A new secret; the old one stops working at once. Raises Refused for a public client."""
    if client.client_type == Application.CLIENT_PUBLIC:
        raise Refused("tanpa-rahasia", _("Aplikasi ini tidak punya rahasia"), status=409)
    given = _new_secret()
    client.client_secret = kept_secret(given)
    client.save(update_fields=["client_secret", "updated"])
    _record(client, "identity.client.secret", {})
    return given


@transaction.atomic
def disable(client: Application) -> bool:
    """From now on the client can do nothing, and everybody is signed out there. False when it was disabled before."""
    done = Application.objects.filter(pk=client.pk, disabled_at=None).update(disabled_at=now())
    if done:
        sessions.end_client(client, "disabled")
        _record(client, "identity.client.disabled", {})
    return bool(done)


@transaction.atomic
def enable(client: Application) -> bool:
    """The client may work again. False when it was not disabled."""
    done = Application.objects.filter(pk=client.pk, disabled_at__isnull=False).update(disabled_at=None)
    if done:
        _record(client, "identity.client.enabled", {})
    return bool(done)


def kept_secret(secret: str) -> str:
    """What is kept of a client's secret: its digest, for it is 256 random bits; nothing of none."""
    return rules.digest_of(secret).hex() if secret else ""


def _new_secret() -> str:
    return secrets.token_urlsafe(32)


def _fields(wanted: Wanted) -> dict[str, Any]:
    return {
        "name": wanted.name, "agency": wanted.agency, "contact": wanted.contact, "purpose": wanted.purpose,
        "legal_basis": wanted.legal_basis, "approved_claims": list(wanted.approved_claims),
        "required_claims": list(wanted.required_claims), "redirect_uris": " ".join(wanted.redirect_uris),
        "post_logout_redirect_uris": " ".join(wanted.post_logout_redirect_uris), "sector": wanted.sector,
        "backchannel_logout_uri": wanted.backchannel_logout_uri,
        "client_type": Application.CLIENT_PUBLIC if wanted.public else Application.CLIENT_CONFIDENTIAL,
    }  # fmt: skip


def _check(wanted: Wanted) -> None:
    if not wanted.redirect_uris:
        raise Refused("tanpa-alamat", _("Isi sedikitnya satu alamat kembali"), status=422, field="redirect_uris")
    for field in ("redirect_uris", "post_logout_redirect_uris"):
        for address in getattr(wanted, field):
            _check_address(address, field)
    if wanted.backchannel_logout_uri:
        _check_address(wanted.backchannel_logout_uri, "backchannel_logout_uri")
    unknown = set(wanted.approved_claims) - set(rules.CLAIMS)
    if unknown or set(wanted.required_claims) - set(wanted.approved_claims):
        raise Refused(
            "data-lain", _("Data wajib harus termasuk data yang disetujui"), status=422, field="required_claims"
        )


def _check_address(address: str, field: str) -> None:
    fault = rules.address_fault(address)
    words = {
        "scheme": _("Alamat harus dimulai dengan https:// (http:// hanya untuk komputer itu sendiri)"),
        "host": _("Alamat tidak lengkap, atau memakai tanda yang tidak boleh"),
        "fragment": _("Alamat tidak boleh memakai #"),
    }
    if fault:
        raise Refused(f"alamat-{fault}", f"{words[fault]}: {address}", status=422, field=field)


def _shown(wanted: Wanted) -> dict[str, Any]:
    return {key: value for key, value in _fields(wanted).items() if value}


def _record(client: Application, action: str, changes: dict[str, Any]) -> None:
    record_change(
        None, action, purpose=PURPOSE, object_type="oidc-client", object_id=client.pk, object_label=client.name,
        changes=changes,
    )  # fmt: skip
