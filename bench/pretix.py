"""pretix beside us: its REST API creates orders from one quota, on the platform's own PostgreSQL, under gunicorn.

It is put into a virtual environment of its own when it is measured and is no part of the product. Its background tasks go
to a broker in memory and are never run, so what is measured is the creation of the order alone.
"""

from __future__ import annotations

import json
import os
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict
from tests.platform_process import ROOT, Platform, clean, free_port

from bench.load import Request, hammer
from bench.server import wait_for
from pasti.platform import postgres

VERSION = "2026.8.0"
FOLDER = ROOT / ".cache" / "peers" / "pretix"
DATABASE = "bench_pretix"
_CONFIG = """[pretix]
instance_name=bench
url={base}
datadir={data}
[database]
backend=postgresql
name={dbname}
user={user}
password={password}
host={host}
[celery]
broker=memory://
backend=cache+memory://
"""
# One event, one free product, one quota for all; prints a token of its REST API and the product's id.
_SHOP = """
import datetime as dt, sys
from django.utils.timezone import now
from django_scopes import scopes_disabled
from pretix.base.models import Organizer, Team
with scopes_disabled():
    organizer, made = Organizer.objects.get_or_create(slug="bench", defaults={"name": "Bench"})
    if made:
        event = organizer.events.create(name="Bench", slug="bench", currency="IDR", date_from=now() + dt.timedelta(days=9),
                                        live=True, plugins="")
        item = event.items.create(name="Place", default_price=0)
        quota = event.quotas.create(name="Places", size=1000000)
        quota.items.add(item)
    event = organizer.events.get(slug="bench")
    team = Team.objects.create(organizer=organizer, name="bench", all_events=True)
    for name in ("all_event_permissions", "all_organizer_permissions", "can_change_orders", "can_view_orders"):
        if any(field.name == name for field in Team._meta.get_fields()):
            setattr(team, name, True)
    team.save()
    print("SHOP", team.tokens.create(name="bench").token, event.items.get().pk)
"""


def orders_per_second(platform: Platform, *, orders: int, workers: int, connections: int = 8) -> float:
    """Orders a second over HTTP, all of one quota, with as many worker processes and threads as ours has."""
    with _served(platform, workers) as (base, token, item):

        def request(number: int) -> Request:
            body = json.dumps({
                "email": f"pasien{number}@example.org", "locale": "en", "sales_channel": "web", "send_email": False,
                "positions": [{"item": item, "attendee_name": f"Pasien {number}", "answers": []}],
            }).encode()  # fmt: skip
            headers = {"Authorization": f"Token {token}", "Content-Type": "application/json"}
            return "POST", "/api/v1/organizers/bench/events/bench/orders/", body, headers | {
                "X-Idempotency-Key": uuid.uuid4().hex
            }  # fmt: skip

        hammer(base, request, total=connections * 4, connections=connections)
        outcome = hammer(base, request, total=orders, connections=connections)
    # Where many press at once some are told 409 to try again later: not an order.
    assert outcome.statuses.keys() <= {201, 409}, outcome.statuses
    return outcome.rate * outcome.statuses[201] / orders


@contextmanager
def _served(platform: Platform, workers: int) -> Iterator[tuple[str, str, int]]:
    """A running pretix: its address, a token, the product."""
    _install()
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    env = clean() | {
        "PRETIX_CONFIG_FILE": str(_configured(platform, base)),
        "DJANGO_SETTINGS_MODULE": "pretix.settings",
    }
    _python(env, "-m", "pretix", "migrate", "-v", "0")
    said = _python(env, "-m", "pretix", "shell", "-c", _SHOP)
    _, token, item = next(line for line in said.splitlines() if line.startswith("SHOP")).split()
    command = [str(FOLDER / "bin" / "gunicorn"), "pretix.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", str(workers),
               "--threads", "4", "--log-level", "error"]  # fmt: skip
    with (FOLDER / "gunicorn.log").open("wb") as log:
        process = subprocess.Popen(command, env=env, cwd=FOLDER, stdout=log, stderr=log)
        try:
            wait_for(f"{base}/control/login", seconds=120)
            yield base, token, int(item)
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()
            process.wait()


def _install() -> None:
    if (FOLDER / "bin" / "gunicorn").exists():
        return
    uv, env = str(ROOT / ".cache" / "tools" / "bin" / "uv"), os.environ | {"UV_CACHE_DIR": str(ROOT / ".cache" / "uv")}
    subprocess.run([uv, "venv", "--quiet", "--clear", str(FOLDER)], env=env, check=True)
    python = str(FOLDER / "bin" / "python")
    subprocess.run(
        [uv, "pip", "install", "--quiet", "--python", python, f"pretix=={VERSION}", "gunicorn"], env=env, check=True
    )


def _configured(platform: Platform, base: str) -> Path:
    """A database of its own on the platform's server, and the file that says where it is."""
    with psycopg.connect(postgres.superuser_url(platform.folder), autocommit=True) as server:
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            server.execute(f"CREATE DATABASE {DATABASE} OWNER pasti_owner")
    (FOLDER / "state").mkdir(exist_ok=True)
    url = conninfo_to_dict(platform.environment()["PASTI_DATABASE_OWNER_URL"]) | {"dbname": DATABASE}
    path = FOLDER / "pretix.cfg"
    path.write_text(
        _CONFIG.format(base=base, data=FOLDER / "state", **{k: url[k] for k in ("dbname", "user", "password", "host")})
    )
    return path


def _python(env: dict[str, str], *words: str) -> str:
    done = subprocess.run([str(FOLDER / "bin" / "python"), *words], env=env, cwd=FOLDER, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout
