"""What every test stands on: a real PostgreSQL of its own, with the application's rights, not the owner's.

The server is the embedded one, its data kept in `.cache/test` between runs; the last run to end stops it.
Each worker gets a database cloned from a migrated template; `fresh_database` gives one test a database of its
own whose commits are real.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".cache" / "test"
os.environ["PASTI_DATA"] = str(FOLDER)
os.environ["PASTI_INSECURE_HTTP"] = "1"
TEMPORARY = ROOT / ".cache" / "tmp"  # where tests write: nothing is left outside of the checkout
TEMPORARY.mkdir(parents=True, exist_ok=True)
os.environ["PYTEST_DEBUG_TEMPROOT"] = str(TEMPORARY)
os.environ["PASTI_SECRET_KEY"] = "only-for-tests-" + "x" * 50

import fasteners  # noqa: E402
import psycopg  # noqa: E402
import pytest  # noqa: E402
from hypothesis import HealthCheck, settings  # noqa: E402

from pasti.platform import database, environment, postgres  # noqa: E402
from tests.foreign_clients import node  # noqa: E402

# A busy machine is no fault of a rule.
settings.register_profile("city", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("city")

RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid.uuid4().hex)[:12]


def _state_of_schema() -> str:
    """A name for what a migrated database would look like: of the migrations, all they import, and the libraries."""
    source = ROOT / "src" / "pasti"
    imported = (
        "kernel/accounts/row_locks.py", "platform/database.py", "purut/models/hospital.py", "purut/rules/states.py",
        "siap_pak_rt/rules/letter_states.py",
    )  # fmt: skip
    files = [ROOT / "uv.lock", *(source / name for name in imported), *sorted(source.rglob("migrations/*.py"))]
    parts = (f"{one.relative_to(ROOT)}\0".encode() + one.read_bytes() for one in files)
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:12]


# Migrating takes a quarter of a minute: the template stays for as long as no migration changes.
TEMPLATE = f"tpl_{_state_of_schema()}"


def _start_server() -> None:
    """Start the test server once for all workers of all runs; it stays up for the next run."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with fasteners.InterProcessLock(FOLDER / "lock"):
        server = postgres.ensure(FOLDER)
        try:
            database.wait_until_up(postgres.superuser_url(FOLDER), 0)
        except psycopg.OperationalError:
            command = [*postgres.start_command(server), "-c", "fsync=off", "-c", "max_connections=300"]
            subprocess.Popen(
                command, env=postgres.clean_env(), start_new_session=True, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, **postgres.process_identity(server),
            )  # fmt: skip
            database.wait_until_up(postgres.superuser_url(FOLDER))
        database.prepare_embedded(FOLDER)


def _migrated_template() -> None:
    """Make the template once: as the owner, exactly as `pasti prepare` does it."""
    admin = postgres.superuser_url(FOLDER)
    with fasteners.InterProcessLock(FOLDER / f"{TEMPLATE}.lock"), psycopg.connect(admin, autocommit=True) as server:
        if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone():
            return
        partial = f"{TEMPLATE}_part"
        server.execute(f'DROP DATABASE IF EXISTS "{partial}" WITH (FORCE)')  # of a run that was killed
        database.create_database(server, partial)
        owner = _url("PASTI_DATABASE_OWNER_URL", partial)
        with psycopg.connect(owner, autocommit=True) as connection:
            database.grant_usage(connection)
        env = os.environ | {"PASTI_AS_OWNER": "1", "PASTI_DATABASE_OWNER_URL": owner, "PASTI_DATABASE_URL": owner}
        subprocess.run([sys.executable, str(ROOT / "manage.py"), "migrate", "-v", "0"], env=env, check=True, cwd=ROOT)
        server.execute(f"ALTER DATABASE {partial} RENAME TO {TEMPLATE}")


def _url(key: str, name: str) -> str:
    return psycopg.conninfo.make_conninfo(environment.stored(FOLDER)[key], dbname=name)


# Runs may share the server: each holds this lock for reading, and who gets it for writing may stop the server.
_in_use = fasteners.InterProcessReaderWriterLock(FOLDER.parent / "test-in-use.lock")
FOLDER.parent.mkdir(parents=True, exist_ok=True)
_in_use.acquire_read_lock()

# Before Django reads its settings: the server must be up and its addresses known.
_start_server()
for _key in ("PASTI_DATABASE_URL", "PASTI_DATABASE_OWNER_URL"):
    os.environ[_key] = environment.stored(FOLDER)[_key]
os.environ["DJANGO_SETTINGS_MODULE"] = "pasti.settings"

import django  # noqa: E402

django.setup()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of a folder that use its running platform go to one worker, so it is started once."""
    for item in items:
        if "platform" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group(item.path.parent.name))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """The run's databases go; the last run takes those of killed runs and old templates with it."""
    if hasattr(session.config, "workerinput"):
        return
    _drop(f"t_{RUN}%")
    _in_use.release_read_lock()
    if _in_use.acquire_write_lock(blocking=False):
        _drop("t_%")
        _drop("tpl_%")
        postgres.stop(postgres.cluster(FOLDER))
        _in_use.release_write_lock()


def _drop(names: str) -> None:
    """Drop the databases of these names, but for the template."""
    with psycopg.connect(postgres.superuser_url(FOLDER), autocommit=True) as server:
        for (name,) in server.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE %s AND datname <> %s",
            [names.replace("_", r"\_"), TEMPLATE],
        ).fetchall():
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def _clone(label: str) -> Iterator[str]:
    name = f"t_{RUN}_{label}"
    with psycopg.connect(postgres.superuser_url(FOLDER), autocommit=True) as server:
        server.execute(
            f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}" STRATEGY FILE_COPY OWNER {database.OWNER_LOGIN}'
        )
        yield name
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any, worker_id: str) -> Iterator[None]:
    """Each worker works in a clone of the migrated template, with the application's login."""
    from django.db import connection

    _migrated_template()
    with _clone(worker_id) as name:
        connection.settings_dict["NAME"] = name
        yield
        with django_db_blocker.unblock():
            connection.close()


@pytest.fixture
def fresh_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A database for this test alone, where commits are real: for concurrency, kills and jobs.

    Yields its name; Django's connections in every thread of the test go to it.
    """
    from django.db import connection, connections

    label = uuid.uuid4().hex[:8]
    with _clone(label) as name, django_db_blocker.unblock():
        before = connection.settings_dict["NAME"]
        connection.close()
        connections.settings["default"]["NAME"] = connection.settings_dict["NAME"] = name
        yield name
        connections.close_all()
        connections.settings["default"]["NAME"] = connection.settings_dict["NAME"] = before


@pytest.fixture(scope="session")
def foreign_node() -> node.Node:
    """Node with OpenID clients and a wallet that nobody here wrote; `.program` and `.packages` are the paths."""
    return node.installed()


@pytest.fixture(autouse=True)
def _static_files_as_they_are(settings: Any) -> None:
    """Pages are rendered without the manifest that only a build makes."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}


@pytest.fixture(autouse=True)
def _officials_work_at_once(request: pytest.FixtureRequest, settings: Any) -> None:
    """Officials of a test need no second factor of their own, but where the mark `second_factor` says so."""
    settings.PASTI_SECOND_FACTOR = "second_factor" in request.keywords


@pytest.fixture(autouse=True)
def _indonesian_again() -> Iterator[None]:
    """A page asked for in English leaves its language in the thread; the next test starts in Indonesian."""
    yield
    from django.utils import translation

    translation.deactivate()


@pytest.fixture
def owner_url(request: pytest.FixtureRequest) -> str:
    """The owner's connection string to the database this test works in."""
    from django.db import connection

    return _url("PASTI_DATABASE_OWNER_URL", connection.settings_dict["NAME"])


@pytest.fixture
def wait_until() -> Any:
    """`wait_until(lambda: ...)`: poll until true; fails the test after the given seconds."""

    def wait(condition: Any, seconds: float = 60, every: float = 0.05) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "waited in vain"
            time.sleep(every)

    return wait
