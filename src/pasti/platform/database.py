"""Roles, databases and connections, before and beside Django.

`pasti_owner` owns the tables and runs migrations; `pasti_app` is the group that may use them, without
owning: row-level security and the append-only tables bind it. The web logs in as `pasti_web`, a member.
"""

from __future__ import annotations

import secrets
import time
from pathlib import Path

import psycopg
from psycopg import sql

from pasti.platform import environment, postgres

APP_ROLE = "pasti_app"
OWNER_LOGIN = "pasti_owner"
WEB_LOGIN = "pasti_web"
DATABASE = "pasti"


def owner_connection(*, autocommit: bool = False) -> psycopg.Connection:
    """A connection as the owner of the tables, for migrations, bulk loads and maintenance."""
    return psycopg.connect(environment.read().owner_url, autocommit=autocommit)


def wait_until_up(url: str, seconds: float = 30) -> None:
    """Return when the server answers. Raises the last connection error after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            psycopg.connect(url, connect_timeout=3).close()
            return
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def prepare_embedded(folder: Path, database: str = DATABASE) -> dict[str, str]:
    """Create logins and database on the running embedded server; keep their URLs in the data folder."""
    admin = postgres.superuser_url(folder)
    known = environment.stored(folder)
    owner = known.get("PASTI_OWNER_PASSWORD") or secrets.token_urlsafe(24)
    web = known.get("PASTI_WEB_PASSWORD") or secrets.token_urlsafe(24)
    with psycopg.connect(admin, autocommit=True) as connection:
        ensure_app_role(connection)
        _ensure_login(connection, OWNER_LOGIN, owner, in_role=None)
        _ensure_login(connection, WEB_LOGIN, web, in_role=APP_ROLE)
        create_database(connection, database)
    server = postgres.cluster(folder)
    return environment.store(
        folder,
        PASTI_OWNER_PASSWORD=owner,
        PASTI_WEB_PASSWORD=web,
        PASTI_DATABASE_URL=server.url(WEB_LOGIN, web, database),
        PASTI_DATABASE_OWNER_URL=server.url(OWNER_LOGIN, owner, database),
    )


def create_database(connection: psycopg.Connection, name: str, template: str = "template1") -> None:
    """Create database `name` owned by the owner login, unless it is there."""
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(OWNER_LOGIN), sql.Identifier(template)
            )
        )


def ensure_app_role(connection: psycopg.Connection) -> None:
    """Create the group role that may use the tables without owning them."""
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP_ROLE]).fetchone():
        connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(APP_ROLE)))


def grant_usage(connection: psycopg.Connection) -> None:
    """Let the application role use what the owner has made and will make. Run before migrations.

    Append-only tables take UPDATE and DELETE back in their own migrations.
    """
    role = sql.Identifier(APP_ROLE)
    for statement in (
        "GRANT USAGE ON SCHEMA public TO {}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {}",
    ):
        connection.execute(sql.SQL(statement).format(role))


def _ensure_login(connection: psycopg.Connection, name: str, password: str, in_role: str | None) -> None:
    exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone()
    verb = "ALTER" if exists else "CREATE"
    connection.execute(
        sql.SQL(verb + " ROLE {} LOGIN NOSUPERUSER PASSWORD {}").format(sql.Identifier(name), sql.Literal(password))
    )
    if in_role:
        connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(in_role), sql.Identifier(name)))
