"""Counters of the hospital that speak to a running platform over HTTP, as many as a race needs.

The API lets one account send fifty requests a second; so each counter is an account of its own, with its own token.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import secrets
import time
from typing import Any

import psycopg

from tests.platform_process import Platform

Answer = tuple[int, dict[str, Any]]
_CLERKS = """
INSERT INTO accounts_user SELECT (jsonb_populate_record(u, jsonb_build_object(
  'id', gen_random_uuid(), 'username', 'loket-' || n, 'email', '', 'person_id', NULL))).*
FROM accounts_user u, generate_series(1, %(count)s) n
WHERE u.username = 'loket' AND NOT EXISTS (SELECT FROM accounts_user o WHERE o.username = 'loket-' || n)
"""
_ROLES = """
INSERT INTO accounts_assignment SELECT (jsonb_populate_record(a, jsonb_build_object(
  'id', nextval(pg_get_serial_sequence('accounts_assignment', 'id')), 'user_id', c.id))).*
FROM accounts_user c, accounts_assignment a JOIN accounts_user u ON u.id = a.user_id
WHERE u.username = 'loket' AND c.username LIKE 'loket-%%' AND a.ended_at IS NULL
  AND NOT EXISTS (SELECT FROM accounts_assignment o WHERE o.user_id = c.id)
"""
_TOKEN = """
INSERT INTO accounts_accesstoken SELECT (jsonb_populate_record(t, jsonb_build_object(
  'id', nextval(pg_get_serial_sequence('accounts_accesstoken', 'id')), 'user_id', u.id, 'digest', %(digest)s::text,
  'expires_at', now() + interval '6 hours'))).*
FROM accounts_user u, accounts_accesstoken t WHERE u.username = %(username)s AND t.id = (
  SELECT max(d.id) FROM accounts_accesstoken d JOIN accounts_user l ON l.id = d.user_id WHERE l.username = 'loket')
"""


def owner(platform: Platform) -> psycopg.Connection[Any]:
    """The platform's database, by its owner."""
    return psycopg.connect(platform.environment()["PASTI_DATABASE_OWNER_URL"], autocommit=True)


def tokens(platform: Platform, count: int) -> list[str]:
    """Bearer tokens of `count` counters, made like the demo's one."""
    platform.token("loket")
    made = [f"pasti_{secrets.token_urlsafe(32)}" for _ in range(count)]
    with owner(platform) as connection:
        connection.execute(_CLERKS, {"count": count})
        connection.execute(_ROLES, {})
        for at, text in enumerate(made, 1):
            digest = "\\x" + hashlib.sha256(text.encode()).hexdigest()
            connection.execute(_TOKEN, {"digest": digest, "username": f"loket-{at}"})
    return made


class Clerk:
    """One counter's line to the platform: asks until there is an answer, always with the same key."""

    def __init__(self, platform: Platform, token: str, patience: float = 240):
        self.port, self.token, self.patience = platform.port, token, patience
        self.line = self._line()
        self.unanswered = 0

    def post(self, path: str, body: dict[str, Any], key: str, token: str = "") -> Answer:
        """The answer below 500 to a POST that may have to be sent again and again; with `token` in another's name."""
        deadline = time.monotonic() + self.patience
        while True:
            try:
                status, found = self._once(path, json.dumps(body), key, token or self.token)
                if status < 500 and status != 429:
                    return status, found
            except (OSError, http.client.HTTPException, ValueError):
                self.line.close()
                self.line = self._line()
            self.unanswered += 1
            assert time.monotonic() < deadline, f"no answer for {path} {body}"
            time.sleep(0.2)

    def _once(self, path: str, body: str, key: str, token: str) -> Answer:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Idempotency-Key": key}
        self.line.request("POST", f"/api/v1/purut/{path}", body, headers)
        answer = self.line.getresponse()
        return answer.status, json.loads(answer.read() or b"{}")

    def _line(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
