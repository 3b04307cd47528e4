"""`pasti up`: the whole platform as one tree of processes."""

from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from signal import SIGINT

import psycopg

from pasti.platform import database, environment, postgres
from pasti.platform.supervisor import Part, Supervisor, say

EVERYWHERE = "0.0.0.0"  # noqa: S104 (compared with, not bound to)


@dataclass(frozen=True)
class Wishes:
    """What the operator asked for on the command line."""

    port: int
    data: Path
    city: Path | None
    people: int
    demo: bool
    host: str
    base_url: str
    role: str
    workers: int


def run(wishes: Wishes) -> None:
    """Start, announce, watch, and stop cleanly when asked."""
    with only_one(wishes.data):
        _run(wishes)


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold `folder` for this program: two platforms on one folder would start two servers on one database.

    The lock goes with the process, however it ends. Raises SystemExit when another holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "up.lock").open("a") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SystemExit(
                f"pasti: a platform already runs on {folder}; stop it, or give --data another folder"
            ) from None
        yield


def _run(wishes: Wishes) -> None:
    began = time.monotonic()
    tree = Supervisor()
    tree.watch_signals()
    remember(wishes)
    if "PASTI_DATABASE_URL" not in os.environ:
        _start_database(tree, wishes.data)
    try:
        if wishes.role == "all":
            _prepare(wishes)
        for part in _parts(wishes):
            tree.add(part)
        tree.run(lambda: _announce(tree, wishes, began))
    finally:
        if not tree.stopping:
            tree.stop()
    say("stopped")


def remember(wishes: Wishes) -> None:
    """Write addresses and mode where every part and every later command finds them."""
    environment.ensure_secret(wishes.data)
    environment.ensure_mqtt_secrets(wishes.data)
    base = wishes.base_url or f"http://{'127.0.0.1' if wishes.host == EVERYWHERE else wishes.host}:{wishes.port}"
    secure = base.startswith("https://")
    values = {
        "PASTI_BASE_URL": base,
        "PASTI_LIVE_PORT": str(_free_port(wishes.host, wishes.port + 1)),
        "PASTI_DEMO": "1" if wishes.demo else "0",
        "PASTI_INSECURE_HTTP": "0" if secure else "1",
    }
    # Behind a proxy the live process has the same origin; alone it has the next port.
    values["PASTI_LIVE_URL"] = base if secure else f"{base.rsplit(':', 1)[0]}:{values['PASTI_LIVE_PORT']}"
    if wishes.city:
        values["PASTI_CITY"] = str(wishes.city.resolve())
    if "PASTI_DATABASE_URL" in os.environ:
        values["PASTI_DATABASE_URL"] = os.environ["PASTI_DATABASE_URL"]
        values["PASTI_DATABASE_OWNER_URL"] = os.environ.get(
            "PASTI_DATABASE_OWNER_URL", os.environ["PASTI_DATABASE_URL"]
        )
    environment.store(wishes.data, **values, **_broker_address(wishes))


def _broker_address(wishes: Wishes) -> dict[str, str]:
    """Where the broker is: one given from outside; else, in a demo, our own beside the web's port. Empty is none."""
    if "PASTI_MQTT_URL" in os.environ:
        return {"PASTI_MQTT_URL": os.environ["PASTI_MQTT_URL"]}
    if wishes.role != "all":
        return {}
    if not wishes.demo:
        return {"PASTI_MQTT_URL": ""}
    near = "127.0.0.1" if wishes.host == EVERYWHERE else wishes.host
    return {"PASTI_MQTT_URL": f"mqtt://{near}:{_free_port(wishes.host, wishes.port + 2)}"}


def start_embedded(folder: Path) -> tuple[Part, postgres.Cluster]:
    """The part that is the embedded server of `folder`; made when missing, not yet started."""
    server = postgres.ensure(folder)
    part = Part(
        "database", postgres.start_command(server), postgres.clean_env(), SIGINT, postgres.process_identity(server)
    )
    return part, server


def _start_database(tree: Supervisor, folder: Path) -> None:
    part, _ = start_embedded(folder)
    tree.add(part)
    url = postgres.superuser_url(folder)
    deadline = time.monotonic() + 60
    while True:  # a server killed a moment ago may need a second start
        try:
            database.wait_until_up(url, 1)
            break
        except psycopg.OperationalError:
            tree.revive(time.monotonic())
            if time.monotonic() > deadline:
                raise
    database.prepare_embedded(folder)


def _prepare(wishes: Wishes) -> None:
    command = [sys.executable, "-m", "pasti", "prepare", "--people", str(wishes.people), "--data", str(wishes.data)]
    done = subprocess.run([*command, "--demo" if wishes.demo else "--no-demo"])
    if done.returncode:
        raise SystemExit("pasti: the database could not be prepared; see above")


def _parts(wishes: Wishes) -> list[Part]:
    python, env = sys.executable, os.environ | {"PASTI_DATA": str(wishes.data)}
    live_port = environment.stored(wishes.data)["PASTI_LIVE_PORT"]
    serve = [python, "-m", "granian", "--host", wishes.host, "--log-level", "warning", "--respawn-failed-workers"]
    web = [*serve, "--interface", "wsgi", "--port", str(wishes.port), "--workers", str(wishes.workers),
           "--blocking-threads", "4", "--backlog", "4096", "--workers-kill-timeout", "10", "pasti.wsgi:application"]  # fmt: skip
    live = [*serve, "--interface", "asgi", "--port", live_port, "--workers", "1", "--workers-kill-timeout", "1",
            "pasti.live:application"]  # fmt: skip
    parts = [Part("web", web, env), Part("live", live, env)]
    if wishes.role == "all":
        parts.append(Part("worker", [python, "-m", "pasti", "worker", "--data", str(wishes.data)], env))
        if wishes.demo:
            parts.append(Part("gauges", [python, "-m", "pasti", "simulate", "gauges", "--data", str(wishes.data)], env))
        parts += _mqtt_parts(wishes, env)
    return parts


def _mqtt_parts(wishes: Wishes, env: dict[str, str]) -> list[Part]:
    """A taker of messages where there is a broker, and our own broker unless one was given."""
    url = environment.stored(wishes.data).get("PASTI_MQTT_URL", "")
    if not url:
        return []
    command, data = [sys.executable, "-m", "pasti"], ["--data", str(wishes.data)]
    own = [*command, "broker", "--host", wishes.host, "--port", url.rpartition(":")[2], *data]
    broker = [] if "PASTI_MQTT_URL" in os.environ else [Part("broker", own, env)]
    return [*broker, Part("ingest", [*command, "ingest", *data], env)]


def _announce(tree: Supervisor, wishes: Wishes, began: float) -> None:
    base = f"http://{wishes.host}:{wishes.port}"
    while not tree.stopping and not _answers(f"{base}/readyz"):
        tree.revive(time.monotonic())
        time.sleep(0.1)
    if tree.stopping:
        return
    shown = environment.stored(wishes.data)["PASTI_BASE_URL"]
    print(f"\nPASTI is ready at {shown} after {time.monotonic() - began:.1f} s", flush=True)
    accounts = wishes.data / "demo-accounts.json"
    if wishes.demo and accounts.exists():
        _print_accounts(accounts)


def _print_accounts(path: Path) -> None:
    import json

    print(f"Demo accounts ({path}):")
    for account in json.loads(path.read_text())["accounts"]:
        second = f"  TOTP {account['totp_secret']}" if account.get("totp_secret") else ""
        print(f"  {account['role']:<12} {account['username']:<16} {account['password']}{second}")
    print(flush=True)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _free_port(host: str, wanted: int) -> int:
    """`wanted` when nobody listens there, else one the system gives."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, wanted))
        except OSError:
            probe.bind((host, 0))
        return int(probe.getsockname()[1])
