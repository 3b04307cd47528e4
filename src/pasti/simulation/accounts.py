"""The demo's accounts: one per role, and one client per kind of machine, with passwords of this data folder alone."""

from __future__ import annotations

import base64
import json
import secrets
import time
from pathlib import Path
from typing import Any

import yaml
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.conf import settings
from django.db import transaction

from pasti.identity.queries import provider as parties
from pasti.identity.rules.provider import scopes_of
from pasti.identity.services import provider_clients as clients
from pasti.kernel.accounts.models import Client, User
from pasti.kernel.accounts.roles import ROLES
from pasti.kernel.accounts.services import assign, issue_token, register_client
from pasti.kernel.clock import now
from pasti.kernel.places import queries as places
from pasti.platform import secret_files
from pasti.simulation import desk, residents
from pasti.simulation.pack import DemoRole, DemoSection

FILE = "demo-accounts.json"
TOTP_PERIOD = 30  # seconds, RFC 6238
CLIENTS = {
    "bpjs": ("BPJS Kesehatan (contoh)", ["antrean"]),
    "perangkat": ("Perangkat lapangan (contoh)", ["telemetry"]),
}
# An application people sign in to with their PASTI account. On the machine itself any port will do (RFC 8252).
PARTIES = {
    "mitra": clients.Wanted(
        name="Aplikasi mitra (contoh)", agency="Dinas contoh", contact="mitra@example.org",
        purpose="Mencoba masuk dengan akun PASTI", legal_basis="Contoh, tanpa dasar hukum",
        redirect_uris=("http://127.0.0.1/kembali",), post_logout_redirect_uris=("http://127.0.0.1/keluar",),
        approved_claims=("name", "gender", "birthdate", "nik", "kelurahan", "age_over_17"), required_claims=("name",),
    )
}  # fmt: skip
Known = dict[str, dict[str, Any]]


@transaction.atomic
def create(data_dir: Path, base_url: str, city_pack: Path | None = None) -> Path:
    """Make the demo's accounts where missing and write `demo-accounts.json`, readable by its owner alone.

    Doing it again keeps passwords and secrets. Returns the file. Raises LookupError without people.
    """
    section = _section(city_pack or settings.PASTI_CITY_PACK)
    home = residents.example_family(section.home)
    known, programs = _known(data_dir / FILE)
    accounts = [_resident(known, home)]
    accounts += [_official(known, wish, home) for wish in section.roles]
    desk.fill(home.rt, home.person_id)
    listed = [_client(programs, client_id) for client_id in CLIENTS]
    listed += [_party(programs, client_id) for client_id in PARTIES]
    _write(data_dir / FILE, {"base_url": base_url, "accounts": accounts, "clients": listed})
    return data_dir / FILE


def token_for(name: str) -> str | None:
    """A bearer token of the demo account with this role, or of the client with this id; None without one."""
    user = User.objects.filter(username=name).first()
    if user is not None:
        return issue_token(user, scopes=["*"])
    client = Client.objects.select_related("user").filter(client_id=name).first()
    return issue_token(client.user, scopes=client.scopes) if client else None


def code_for(data_dir: Path, role: str) -> str | None:
    """The six digits an authenticator app would show now for the demo account of `role`; None without one."""
    accounts, _clients = _known(data_dir / FILE)
    secret = accounts.get(role, {}).get("totp_secret")
    if secret is None:
        return None
    return format_hotp_value(hotp_value(secret, int(time.time()) // TOTP_PERIOD))


def _resident(known: Known, home: residents.ExampleFamily) -> dict[str, Any]:
    defaults = {"name": home.name, "person_id": home.person_id, "kind": User.Kind.CITIZEN, "seen_at": now()}
    return _account(known, "warga", defaults, second_factor=False)


def _official(known: Known, wish: DemoRole, home: residents.ExampleFamily) -> dict[str, Any]:
    role = ROLES[wish.role]
    area = {"home_rt": home.rt, "home_rw": home.rt.rpartition(".")[0], "home": home.kelurahan,
            "city": settings.PASTI_CITY.get("code", ""), "": ""}[wish.area]  # fmt: skip
    name = f"{role.name_id} (contoh)"
    account = _account(
        known, wish.role, {"name": name, "kind": User.Kind.OFFICIAL, "seen_at": now()}, second_factor=role.second_factor
    )
    unit_code = wish.unit or area
    unit_name = places.agency_names().get(unit_code) or places.label(unit_code)
    assign(User.objects.get(username=wish.role), wish.role, unit_code=unit_code, unit_name=unit_name, area_code=area)
    return account


def _account(known: Known, role: str, defaults: dict[str, Any], *, second_factor: bool) -> dict[str, Any]:
    user, created = User.objects.get_or_create(username=role, defaults=defaults)
    entry = known.get(role)
    if created or entry is None:
        entry = {"role": role, "username": role, "password": _password()}
        user.set_password(entry["password"])
        user.save(update_fields=["password"])
    entry["name"] = user.name
    if second_factor:
        entry["totp_secret"] = _second_factor(user, entry.get("totp_secret"))
    return entry


def _second_factor(user: User, secret: str | None) -> str:
    """The user's TOTP secret (RFC 6238), made when there is none yet or its text was lost."""
    mine = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP)
    if secret and mine.exists():
        return secret
    mine.delete()
    secret = base64.b32encode(secrets.token_bytes(20)).decode()
    TOTP.activate(user, secret)
    return secret


def _client(known: Known, client_id: str) -> dict[str, Any]:
    name, scopes = CLIENTS[client_id]
    entry = known.get(client_id) or {"client_id": client_id, "client_secret": secrets.token_urlsafe(24)}
    if client_id not in known or not Client.objects.filter(client_id=client_id).exists():
        register_client(client_id, entry["client_secret"], name=name, scopes=scopes)
    return entry | {"scopes": scopes}


def _party(known: Known, client_id: str) -> dict[str, Any]:
    wanted, entry = PARTIES[client_id], known.get(client_id)
    registered = parties.by_name(client_id)
    if registered is None:
        secret = entry["client_secret"] if entry else secrets.token_urlsafe(24)
        clients.register(wanted, client_id=client_id, secret=secret)
    elif entry is None:
        secret = clients.renew_secret(registered)
    else:
        secret = entry["client_secret"]
    return {
        "client_id": client_id, "client_secret": secret, "scopes": scopes_of(wanted.approved_claims),
        "redirect_uris": list(wanted.redirect_uris),
    }  # fmt: skip


def _password() -> str:
    """About 80 random bits in four groups that can be typed by hand."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


def _section(pack: Path) -> DemoSection:
    return DemoSection.model_validate(yaml.safe_load((pack / "demo.yaml").read_text()))


def _known(path: Path) -> tuple[Known, Known]:
    if not path.exists():
        return {}, {}
    held = json.loads(path.read_text())
    return {a["role"]: a for a in held["accounts"]}, {c["client_id"]: c for c in held["clients"]}


def _write(path: Path, content: dict[str, Any]) -> None:
    secret_files.put(path, json.dumps(content, indent=1, ensure_ascii=False).encode())
