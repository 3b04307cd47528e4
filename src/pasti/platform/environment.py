"""The settings that come from outside, read once and typed.

A platform lives in one data folder (`DIR`, default `.pasti`). `environment.json` in it holds the
secrets and addresses the first start made; real environment variables win over it.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from pasti.platform import secret_files

FILE = "environment.json"


@dataclass(frozen=True)
class Environment:
    """Everything settings.py takes from the machine. Database URLs are PostgreSQL connection strings.

    `signature` is how letters are signed: "bsre" (certified), "local" (the system's own test certificate) or "none".
    `ews_gateways` is JSON: the providers of SMS, WhatsApp and Telegram (`ews.services.reach.channels.gateways`).
    `bpjs_user` and `bpjs_password` are what BPJS signs in to us with (docs/bpjs.md), the others what we sign in to BPJS
    with; without `bpjs_url` nothing is sent there. `cap_feeds` are the addresses of lists of other agencies' warnings,
    separated by spaces; without one nothing is fetched. `mqtt_url` is the broker (docs/mqtt.md), empty for none;
    `mqtt_secrets` are the passwords of our own programs there by user name, `mqtt_session` the part of their client ids
    nobody knows.
    """

    data_dir: Path
    secret_key: str
    database_url: str
    owner_url: str
    demo: bool
    debug: bool
    base_url: str
    live_url: str
    city: str
    insecure_http: bool
    as_owner: bool
    signature: str
    bsre_url: str
    bsre_user: str
    bsre_password: str
    bpjs_user: str
    bpjs_password: str
    bpjs_url: str
    bpjs_cons_id: str
    bpjs_secret: str
    bpjs_user_key: str
    ews_gateways: str
    cap_feeds: str
    mqtt_url: str
    mqtt_secrets: dict[str, str]
    mqtt_session: str

    @property
    def one_login(self) -> bool:
        """True when no separate owner login was given: the program then assumes the role `pasti_app`."""
        return self.owner_url == self.database_url


def data_dir() -> Path:
    """The folder of this platform's state: `PASTI_DATA`, else `.pasti` in the working folder."""
    return Path(os.environ.get("PASTI_DATA", ".pasti")).resolve()


def stored(folder: Path) -> dict[str, str]:
    """What an earlier start wrote; empty on the first."""
    path = folder / FILE
    return json.loads(path.read_text()) if path.exists() else {}


def store(folder: Path, **values: str) -> dict[str, str]:
    """Merge `values` into the folder's file, readable by its owner alone, in one rename."""
    folder.mkdir(parents=True, exist_ok=True)
    merged = stored(folder) | values
    secret_files.put(folder / FILE, json.dumps(merged, indent=1).encode())
    return merged


def ensure_secret(folder: Path) -> None:
    """Make the signing key on the first start and never again: sessions survive restarts."""
    if "PASTI_SECRET_KEY" not in stored(folder):
        store(folder, PASTI_SECRET_KEY=secrets.token_urlsafe(64))


MQTT_PROGRAMS = ("ingest", "siren", "lorawan")


def ensure_mqtt_secrets(folder: Path) -> None:
    """Make the passwords of our programs at the broker on the first start and never again."""
    names = ["PASTI_MQTT_SESSION", *(f"PASTI_MQTT_{one.upper()}_SECRET" for one in MQTT_PROGRAMS)]
    known = stored(folder)
    missing = {name: secrets.token_urlsafe(24) for name in names if name not in known}
    if missing:
        store(folder, **missing)


def read() -> Environment:
    """The environment of this process: variables first, then the data folder's file."""
    folder = data_dir()
    values = stored(folder) | {k: v for k, v in os.environ.items() if k.startswith("PASTI_")}
    url = values.get("PASTI_DATABASE_URL", "")
    return Environment(
        data_dir=folder,
        secret_key=values.get("PASTI_SECRET_KEY") or secrets.token_urlsafe(64),
        database_url=url,
        owner_url=values.get("PASTI_DATABASE_OWNER_URL") or url,
        demo=values.get("PASTI_DEMO") == "1",
        debug=values.get("PASTI_DEBUG") == "1",
        base_url=values.get("PASTI_BASE_URL", "http://127.0.0.1:8000"),
        live_url=values.get("PASTI_LIVE_URL", ""),
        city=values.get("PASTI_CITY", str(Path(__file__).resolve().parents[3] / "cities" / "pasuruan")),
        insecure_http=values.get("PASTI_INSECURE_HTTP") == "1",
        as_owner=os.environ.get("PASTI_AS_OWNER") == "1",
        signature=values.get("PASTI_SIGNATURE") or ("local" if values.get("PASTI_DEMO") == "1" else "none"),
        bsre_url=values.get("PASTI_BSRE_URL", ""),
        bsre_user=values.get("PASTI_BSRE_USER", ""),
        bsre_password=values.get("PASTI_BSRE_PASSWORD", ""),
        bpjs_user=values.get("PASTI_BPJS_USER", ""),
        bpjs_password=values.get("PASTI_BPJS_PASSWORD", ""),
        bpjs_url=values.get("PASTI_BPJS_URL", ""),
        bpjs_cons_id=values.get("PASTI_BPJS_CONS_ID", ""),
        bpjs_secret=values.get("PASTI_BPJS_SECRET", ""),
        bpjs_user_key=values.get("PASTI_BPJS_USER_KEY", ""),
        ews_gateways=values.get("PASTI_EWS_GATEWAYS", ""),
        cap_feeds=values.get("PASTI_CAP_FEEDS", ""),
        mqtt_url=values.get("PASTI_MQTT_URL", ""),
        mqtt_secrets={
            f"pasti-{one}": secret
            for one in MQTT_PROGRAMS
            if (secret := values.get(f"PASTI_MQTT_{one.upper()}_SECRET", ""))
        },
        mqtt_session=values.get("PASTI_MQTT_SESSION", ""),
    )
