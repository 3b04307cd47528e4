"""`pasti doctor`: the state of the platform in a few lines, each with advice when it is not well."""

from __future__ import annotations

import shutil
import socket
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import psycopg

from pasti.platform import environment


@dataclass(frozen=True)
class Finding:
    """One thing looked at: how it is, and what to do about it when it is not well."""

    name: str
    well: bool
    text: str
    advice: str = ""


def run() -> int:
    """Print every finding; the exit code is 1 when something is not well."""
    findings = list(examine())
    for one in findings:
        print(
            f"[{'ok' if one.well else '!!'}] {one.name}: {one.text}" + (f"\n     -> {one.advice}" if one.advice else "")
        )
    return 0 if all(one.well for one in findings) else 1


def examine() -> Iterator[Finding]:
    """Look at everything, in the order in which one thing depends on another."""
    env = environment.read()
    yield _disk(env)
    connection = _connect(env)
    yield connection if isinstance(connection, Finding) else Finding("database", True, _version(connection))
    if isinstance(connection, psycopg.Connection):
        with connection:
            yield from (check(connection) for check in _DATABASE_CHECKS)
    yield _signature(env)
    if env.mqtt_url:
        yield _broker(env)
    yield _page("web", f"{env.base_url}/readyz")
    yield _page("live", f"{env.live_url}/healthz")


def _disk(env: environment.Environment) -> Finding:
    where = env.data_dir if env.data_dir.exists() else env.data_dir.parent
    free = shutil.disk_usage(where).free / 1e9
    return Finding("disk", free > 2, f"{free:.1f} GB free", "" if free > 2 else f"make room on the disk of {where}")


def _connect(env: environment.Environment) -> psycopg.Connection | Finding:
    try:
        return psycopg.connect(env.owner_url, connect_timeout=3)
    except psycopg.Error as error:
        advice = "start the platform with `pasti up`, or check PASTI_DATABASE_URL"
        return Finding("database", False, str(error).strip().splitlines()[-1], advice)


def _version(connection: psycopg.Connection) -> str:
    return f"PostgreSQL {connection.info.server_version // 10000}"


def _roles(connection: psycopg.Connection) -> Finding:
    row = connection.execute(
        "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND pg_has_role('pasti_app', tableowner, 'member')"
    ).fetchone()
    owned = row[0] if row else 0
    return Finding(
        "application role", not owned, f"pasti_app owns {owned} tables",
        "run the platform with a login that does not own the tables" if owned else "",
    )  # fmt: skip


def _events(connection: psycopg.Connection) -> Finding:
    row = connection.execute(
        "SELECT count(*), coalesce(extract(epoch FROM now() - min(occurred_at)), 0)::int "
        "FROM outbox_storedevent WHERE delivered_at IS NULL"
    ).fetchone() or (0, 0)
    late = row[1] > 120
    return Finding(
        "events", not late, f"{row[0]} waiting, the oldest for {row[1]} s",
        "is the worker running? see last_error in outbox_storedevent" if late else "",
    )  # fmt: skip


# A database that restarts fails the jobs of that moment; the next sweep does their work. More than these is trouble.
FAILURES_IN_FIVE_MINUTES = 10


def _jobs(connection: psycopg.Connection) -> Finding:
    row = connection.execute(
        "SELECT count(*) FROM procrastinate_events WHERE type = 'failed' AND at > now() - interval '5 minutes'"
    ).fetchone() or (0,)
    many = row[0] > FAILURES_IN_FIVE_MINUTES
    return Finding("jobs", not many, f"{row[0]} failed in five minutes", "see the worker's log" if many else "")


def _seals(connection: psycopg.Connection) -> Finding:
    row = connection.execute(
        "SELECT count(*) FROM audit_entry WHERE id > coalesce((SELECT max(last_id) FROM audit_seal), 0) "
        "AND at < now() - interval '5 minutes'"
    ).fetchone() or (0,)
    return Finding(
        "audit", not row[0], f"{row[0]} rows older than 5 minutes not yet sealed",
        "is the worker running? `pasti verify-audit` seals and verifies" if row[0] else "",
    )  # fmt: skip


# Remembered counts that hold (of the newest day, unmarked) beside the same counted from the records, cell by cell.
_DRIFT = """WITH held AS (SELECT t.kelurahan::text AS place, t.kind, t.first, t.second, t.people, t.day FROM civil_tally t
  WHERE t.day = (SELECT max(day) FROM civil_tally) AND t.kind IN (0, 18)
    AND NOT EXISTS (SELECT 1 FROM civil_tallymark m WHERE m.kelurahan = t.kelurahan)),
remembered AS (SELECT h.place, h.kind, u.a, u.b, u.n::bigint FROM held h, unnest(h.first, h.second, h.people) AS u (a, b, n)),
again AS (SELECT h.place, h.kind, c.first, c.second, c.people FROM held h,
  LATERAL civil_cells(civil_rt_codes(ARRAY[h.place]), 4, h.kind, h.day) c)
SELECT count(DISTINCT place), (SELECT count(DISTINCT place) FROM held) FROM (
  (SELECT * FROM remembered EXCEPT ALL SELECT * FROM again) UNION ALL
  (SELECT * FROM again EXCEPT ALL SELECT * FROM remembered)) differing"""


def _tallies(connection: psycopg.Connection) -> Finding:
    wrong, held = connection.execute(_DRIFT).fetchone() or (0, 0)
    return Finding(
        "counts of people", not wrong, f"{held} kelurahan remembered, {wrong} of them differ from the records",
        "DELETE FROM civil_tally as the owner: everything is then counted again" if wrong else "",
    )  # fmt: skip


SIGNATURES = {
    "bsre": "letters are signed by BSrE",
    "local": "letters are signed with this platform's own test certificate",
    "none": "letters are not signed",
}


def _signature(env: environment.Environment) -> Finding:
    """A demo may sign with a test certificate; a city's letters want a certified signature (UU ITE article 11)."""
    text = SIGNATURES.get(env.signature)
    if text is None:
        return Finding("signature", False, f"PASTI_SIGNATURE is {env.signature!r}", "set it to bsre, local or none")
    if env.signature == "bsre" and not (env.bsre_url and env.bsre_user and env.bsre_password):
        return Finding("signature", False, f"{text}, but its address or login is missing",
                       "set PASTI_BSRE_URL, PASTI_BSRE_USER and PASTI_BSRE_PASSWORD")  # fmt: skip
    well = env.signature == "bsre" or env.demo
    return Finding(
        "signature", well, text, "" if well else "set PASTI_SIGNATURE=bsre with PASTI_BSRE_URL, _USER, _PASSWORD"
    )


def _broker(env: environment.Environment) -> Finding:
    where = urlsplit(env.mqtt_url)
    try:
        socket.create_connection((where.hostname or "", where.port or 1883), 3).close()
    except OSError as error:
        return Finding("broker", False, f"{env.mqtt_url}: {error}", "is the broker running? see docs/mqtt.md")
    return Finding("broker", True, f"{env.mqtt_url} answers")


def _page(name: str, url: str) -> Finding:
    try:
        with urllib.request.urlopen(url, timeout=3) as answer:
            return Finding(name, True, f"{url} answers {answer.status}")
    except OSError as error:
        return Finding(name, False, f"{url}: {error}", "start the platform with `pasti up`")


def _unpublished(connection: psycopg.Connection) -> Finding:
    row = connection.execute(
        "SELECT count(*), coalesce(extract(epoch FROM now() - min(recorded_at)), 0)::int FROM telemetry_announcement"
    ).fetchone() or (0, 0)
    late = row[1] > 120
    return Finding(
        "publications", not late, f"{row[0]} waiting, the oldest for {row[1]} s",
        "is `pasti ingest` running, and the broker it speaks to?" if late else "",
    )  # fmt: skip


_DATABASE_CHECKS: tuple[Callable[[psycopg.Connection], Finding], ...] = (
    _roles, _events, _jobs, _seals, _tallies, _unpublished,
)  # fmt: skip
