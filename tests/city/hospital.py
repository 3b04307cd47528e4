"""A day at the hospital on the running platform: people who wait, a kiosk in the hall, a session tomorrow."""

from __future__ import annotations

import datetime as dt
from typing import Any

import psycopg
from django.core import signing
from playwright.sync_api import Page

from pasti.purut.web.kiosk_device import COOKIE, SALT
from tests.platform_process import Platform

_PATIENT = """INSERT INTO purut_patient (name, sex, birth_date, phone, jkn_no, kk_no, address, recorded_at)
VALUES ('Pasien Rekaan', 'L', '1980-01-01', '', '', '', '', now()) RETURNING norm"""
_WAITING = """INSERT INTO purut_antrean (code, sesi_id, poli_id, date, patient_id, number, payer, visit_kind, referral_no, priority,
  channel, state, calls, room, occurred_at, recorded_at)
SELECT upper(substr(md5(random()::text), 1, 8)), id, poli_id, date, %(norm)s, last_number + 1, 'umum', 1, '', '', 'loket',
  'checked_in', 0, '', now(), now() FROM purut_sesi WHERE id = %(sesi)s RETURNING id, number"""
_STEP = """INSERT INTO purut_antreanstep (antrean_id, step, occurred_at, recorded_at)
VALUES (%s, 'checked_in', %s, now())"""
_TOMORROW = """INSERT INTO purut_sesi (jadwal_id, poli_id, dokter_id, date, starts_at, ends_at, minutes, state, quota_jkn,
  quota_nonjkn, quota_online, quota_walkin, used_jkn, used_nonjkn, used_online, used_walkin, last_number)
SELECT jadwal_id, poli_id, dokter_id, date + 1, starts_at + interval '1 day', ends_at + interval '1 day', minutes, 'open',
  40, 40, 40, 40, 0, 0, 0, 0, 0 FROM purut_sesi WHERE id = %(sesi)s
ON CONFLICT (jadwal_id, date) DO UPDATE SET state = 'open', quota_nonjkn = purut_sesi.quota_nonjkn + 20,
  quota_online = purut_sesi.quota_online + 20"""


def owner(platform: Platform) -> psycopg.Connection[Any]:
    """The database as its owner sees it."""
    return psycopg.connect(platform.environment()["PASTI_DATABASE_OWNER_URL"], autocommit=True)


def people_wait(platform: Platform, sesi: int, count: int, minutes: int = 5) -> list[int]:
    """`count` people checked in `minutes` ago; returns their numbers."""
    came, numbers = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=minutes), []
    with owner(platform) as database:
        for _ in range(count):
            norm = _one(database.execute(_PATIENT).fetchone())
            row = database.execute(_WAITING, {"norm": norm, "sesi": sesi}).fetchone()
            assert row is not None
            database.execute(_STEP, [row[0], came])
            database.execute("UPDATE purut_sesi SET last_number = %s WHERE id = %s", [row[1], sesi])
            numbers.append(int(row[1]))
    return numbers


def tomorrow_too(platform: Platform, sesi: int) -> None:
    """The same doctor practises tomorrow as well, and nobody is registered in the clinic then."""
    with owner(platform) as database:
        database.execute(_TOMORROW, {"sesi": sesi})
        database.execute(
            "UPDATE purut_antrean SET state = 'cancelled' WHERE poli_id = 'ANA' AND date > (SELECT date FROM purut_sesi "
            "WHERE id = %s) AND state IN ('booked', 'held')",
            [sesi],
        )


def as_kiosk(page: Page, platform: Platform) -> Page:
    """The browser of `page` becomes a kiosk, as when a clerk has set it up."""
    with owner(platform) as database:
        clerk = database.execute(
            "SELECT id FROM accounts_user WHERE username = %s", [platform.accounts()["loket"]["username"]]
        ).fetchone()
    key = b"django.http.cookies" + platform.environment()["PASTI_SECRET_KEY"].encode()
    value = signing.TimestampSigner(key=key, salt=COOKIE + SALT).sign(str(_one(clerk)))  # type: ignore[arg-type]
    page.context.add_cookies([{"name": COOKIE, "value": value, "url": platform.base}])
    return page


def run_job(platform: Platform, name: str) -> None:
    """Have the worker run a job of the calendar now."""
    with owner(platform) as database:
        database.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('upkeep', %s, '{\"timestamp\": 0}')",
            [name],
        )


def _one(row: Any) -> Any:
    assert row is not None
    return row[0]
