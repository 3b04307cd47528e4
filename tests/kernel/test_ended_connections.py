"""A connection that was kept for the next request, and a server that did not wait for it."""

from __future__ import annotations

import time
from typing import Any

import psycopg
from django.db import connection

from pasti.kernel.statements import run
from pasti.platform import postgres
from tests.conftest import FOLDER


def test_a_connection_the_server_has_ended_is_made_anew(fresh_database: str) -> None:
    pid = run("SELECT pg_backend_pid()", [])
    assert pid is not None
    with psycopg.connect(postgres.superuser_url(FOLDER), autocommit=True) as server:
        server.execute("SELECT pg_terminate_backend(%s)", pid)
        while server.execute("SELECT count(*) FROM pg_stat_activity WHERE pid = %s", pid).fetchone() != (0,):
            time.sleep(0.01)
    kept: Any = connection
    kept.health_check_enabled, kept.health_check_done = True, False  # as the next request finds it
    assert run("SELECT pg_backend_pid()", []) != pid
    same = run("SELECT pg_backend_pid()", [])
    kept.health_check_enabled, kept.health_check_done = True, False
    assert run("SELECT pg_backend_pid()", []) == same
