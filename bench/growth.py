"""Each page of the hospital with 10,000 past registrations, and again with 1,000,000."""

from __future__ import annotations

import http.cookiejar
import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import psycopg
from tests.platform.clerks import owner
from tests.platform_process import ROOT, Platform

from bench.foundation import sign_in
from bench.harness import Row, milliseconds

FEW, MANY = 10_000, 1_000_000
PATIENTS = 100_000
EACH = 30  # registrations of a past session
# Sessions of days long ago, for the weekly schedules as they are; the newest of those days is `%(before)s`.
_SESSIONS = """
INSERT INTO purut_sesi (jadwal_id, poli_id, dokter_id, date, minutes, starts_at, ends_at, quota_jkn, quota_nonjkn,
  quota_online, quota_walkin, state, used_jkn, used_nonjkn, used_online, used_walkin, last_number)
SELECT j.code, d.poli_id, d.code, day, j.minutes, (day + j.starts) AT TIME ZONE 'Asia/Jakarta',
  (day + j.ends) AT TIME ZONE 'Asia/Jakarta', greatest(j.quota_jkn, %(each)s), greatest(j.quota_nonjkn, %(each)s),
  greatest(j.quota_online, %(each)s), greatest(j.quota_walkin, %(each)s), 'open', 0, 0, 0, 0, 0
FROM (SELECT (%(before)s::date - n) AS day FROM generate_series(0, 6000) n) days
JOIN purut_jadwal j ON j.weekday = extract(isodow FROM day) AND j.active JOIN purut_dokter d ON d.code = j.dokter_id
ORDER BY day DESC LIMIT %(sessions)s ON CONFLICT DO NOTHING
"""
_PATIENTS = """
INSERT INTO purut_patient (person_id, nik, name, sex, birth_date, phone, jkn_no, kk_no, address, recorded_at)
SELECT NULL, '99' || lpad(n::text, 14, '0'), 'Pasien Lama ' || n, CASE n %% 2 WHEN 0 THEN 'L' ELSE 'P' END,
  date '1950-01-01' + (n %% 20000), '', '', '', '', now() FROM generate_series(1, %(patients)s) n ON CONFLICT DO NOTHING
"""
# Crockford's base 32 of the row's number after a letter the simulation does not begin with.
_CODE = "'Z' || " + " || ".join(
    f"substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', ((s.id * 64 + n) >> {5 * at} & 31)::int + 1, 1)"
    for at in range(6, -1, -1)
)
# What is past has the lower ids, as in life: pages that show the newest first must not be slowed by what nobody sees.
_REGISTRATIONS = f"""
INSERT INTO purut_antrean (id, code, sesi_id, poli_id, date, patient_id, number, payer, visit_kind, referral_no, priority,
  channel, booked_by, state, calls, room, called_at, occurred_at, recorded_at)
SELECT p.newest - row_number() OVER (ORDER BY s.date DESC, s.id, n DESC), {_CODE}, s.id, s.poli_id, s.date,
  p.first + (s.id * 37 + n) %% %(patients)s, n,
  CASE n %% 3 WHEN 0 THEN 'umum' ELSE 'jkn' END, 1, CASE n %% 3 WHEN 0 THEN '' ELSE 'LAMA' || s.id || 'N' || n END,
  CASE n %% 7 WHEN 0 THEN 'lansia' ELSE '' END, CASE n %% 2 WHEN 0 THEN 'loket' ELSE 'web' END, NULL,
  CASE n %% 9 WHEN 0 THEN 'no_show' ELSE 'done' END, CASE n %% 9 WHEN 0 THEN 0 ELSE 1 END, '',
  CASE n %% 9 WHEN 0 THEN NULL ELSE s.starts_at + n * interval '8 minutes' END, s.starts_at - interval '3 days',
  s.starts_at - interval '3 days'
FROM purut_sesi s, generate_series(1, %(each)s) n,
  (SELECT (SELECT min(norm) FROM purut_patient WHERE nik = '99' || lpad('1', 14, '0')) AS first, min(id) AS newest
   FROM purut_antrean) p
WHERE s.last_number = 0 AND s.date <= %(before)s
"""
_STEPS = """
INSERT INTO purut_antreanstep (id, antrean_id, step, occurred_at, recorded_at, actor_id)
SELECT (SELECT min(id) FROM purut_antreanstep) - row_number() OVER (ORDER BY a.id DESC, w.at_place DESC),
  a.id, w.step, w.at, w.at, NULL FROM purut_antrean a JOIN purut_sesi s ON s.id = a.sesi_id
CROSS JOIN LATERAL (VALUES (1, 'booked', a.recorded_at), (2, 'checked_in', s.starts_at + (a.number - 4) * interval '8 minutes'),
  (3, 'called', a.called_at), (4, 'serving', a.called_at + interval '1 minute'),
  (5, 'done', a.called_at + interval '8 minutes'), (6, 'no_show', s.ends_at + interval '9 hours')) w (at_place, step, at)
WHERE s.last_number = 0 AND s.date <= %(before)s
  AND (a.state = 'done' AND w.step <> 'no_show' OR a.state = 'no_show' AND w.step IN ('booked', 'no_show'))
"""
_ESTIMATES = """
INSERT INTO purut_estimate (antrean_id, made_at, ahead, point, lower, upper, basis)
SELECT a.id, a.called_at - interval '30 minutes', 3, a.called_at, a.called_at - interval '9 minutes',
  a.called_at + interval '9 minutes', 'riwayat'
FROM purut_antrean a JOIN purut_sesi s ON s.id = a.sesi_id
WHERE s.last_number = 0 AND s.date <= %(before)s AND a.state = 'done'
"""
_SCORES = """
INSERT INTO purut_estimatescore (estimate_id, called_at, error_minutes, inside, first, recorded_at)
SELECT e.id, e.point, 0, true, true, e.point FROM purut_estimate e JOIN purut_antrean a ON a.id = e.antrean_id
JOIN purut_sesi s ON s.id = a.sesi_id WHERE s.last_number = 0 AND s.date <= %(before)s
"""
_PLACES = """
UPDATE purut_sesi s SET last_number = n.total, used_jkn = n.jkn, used_nonjkn = n.total - n.jkn, used_walkin = n.walkin,
  used_online = n.total - n.walkin
FROM (SELECT sesi_id, count(*) AS total, count(*) FILTER (WHERE payer = 'jkn') AS jkn,
  count(*) FILTER (WHERE channel = 'loket') AS walkin FROM purut_antrean GROUP BY sesi_id) n
WHERE n.sesi_id = s.id AND s.last_number = 0 AND s.date <= %(before)s
"""
LOADS = (_PATIENTS, _SESSIONS, _REGISTRATIONS, _STEPS, _ESTIMATES, _SCORES, _PLACES)


def rows(full: bool) -> Iterator[Row]:
    """Every page at both sizes; nothing without the full one, there is nothing to compare."""
    if not full:
        return
    with Platform(ROOT / ".cache" / "bench-growth", people=2000) as platform:
        _fill(platform, FEW)
        pages = _pages(platform)
        small = {name: milliseconds(fetch, times=15) for name, fetch in pages.items()}
        seconds = _fill(platform, MANY)
        print(f"  registrations brought to {MANY:,} in {seconds:.0f} s")
        for name, fetch in pages.items():
            yield Row(
                f"{name}, 1,000,000", milliseconds(fetch, times=15), small[name], "ms", "same, 10,000 registrations"
            )
        began = time.perf_counter()
        done = platform.command("check-queues")
        print(f"  pasti check-queues over them took {time.perf_counter() - began:.1f} s\n{done.stdout}")
        assert done.returncode == 0


def _fill(platform: Platform, registrations: int) -> float:
    """Bring the past to so many registrations, consistent in all their rows; returns the seconds it took."""
    began = time.perf_counter()
    with owner(platform) as connection, connection.transaction():
        have = connection.execute("SELECT count(*), min(date) - 1 FROM purut_antrean").fetchone()
        assert have
        values = {
            "each": EACH,
            "patients": PATIENTS,
            "before": have[1],
            "sessions": max(0, registrations - have[0]) // EACH,
        }
        for statement in LOADS:
            connection.execute(statement, values)
    with owner(platform) as connection:
        for table in ("sesi", "antrean", "antreanstep", "estimate", "estimatescore", "patient"):
            connection.execute(f"VACUUM ANALYZE purut_{table}")
    return time.perf_counter() - began


def _pages(platform: Platform) -> dict[str, Callable[[], bytes]]:
    """A way to fetch each page, as its user does."""
    cookies = {role: sign_in(platform, role) for role in ("warga", "perawat", "loket", "manajer_rs")}
    with owner(platform) as connection:
        sesi, code, poli, nik, today = _example(connection)
    staff = {"Authorization": f"Bearer {platform.token('loket')}"}
    paths = {
        "patient: clinics": ("/purut/", "warga"), "patient: one clinic": (f"/purut/poli/{poli}/", "warga"),
        "patient: mine": ("/purut/antrean/", "warga"), "patient: one number": (f"/purut/antrean/{code}/", "warga"),
        "boards": ("/purut/papan/", "warga"), "one board": (f"/purut/papan/{poli}/", "warga"),
        "nurse: sessions": ("/purut/perawat/", "perawat"), "nurse: one queue": (f"/purut/perawat/{sesi}/", "perawat"),
        "counter": ("/purut/loket/", "loket"), "pharmacy": ("/purut/farmasi/", "loket"),
        "changes": ("/purut/jadwal/", "manajer_rs"), "manager, 30 days": ("/purut/manajer/", "manajer_rs"),
        "BPJS messages": ("/purut/bpjs/", "manajer_rs"), "measure of the frame": ("/smart-city/indikator/IK-PURUT-DARING/", "warga"),
    }  # fmt: skip
    pages = {name: _getting(platform, path, {"Cookie": cookies[role]}) for name, (path, role) in paths.items()}
    of_nik = urllib.parse.quote(f"https://fhir.kemkes.go.id/id/nik|{nik}", safe="")
    fhir = {
        "appointments of a day": f"Appointment?date={today}&_count=20",
        "appointments since January": "Appointment?date=ge2026-01-01&_count=20",
        "appointments of a clinic": f"Appointment?service-type={poli}&_count=20",
        "patient by NIK": f"Patient?identifier={of_nik}",
        "free slots": "Slot?status=free&_count=20",
    }
    pages |= {f"FHIR {name}": _getting(platform, f"/fhir/R4/{path}", staff) for name, path in fhir.items()}
    pages |= {
        "API sessions": _getting(platform, "/api/v1/purut/sesi", staff),
        "API one number": _getting(platform, f"/api/v1/purut/antrean/{code}", staff),
    }
    return pages | {"kiosk: by NIK": _kiosk(platform, nik), "BPJS: status": _bpjs(platform, sesi)}


def _example(connection: psycopg.Connection[Any]) -> tuple[int, str, str, str, str]:
    """The fullest session of today, the code, clinic and NIK of one of its registrations, and the day."""
    row = connection.execute(
        "SELECT s.id, a.code, s.poli_id, p.nik, s.date::text FROM purut_sesi s JOIN purut_antrean a ON a.sesi_id = s.id "
        "JOIN purut_patient p ON p.norm = a.patient_id WHERE s.date = (now() AT TIME ZONE 'Asia/Jakarta')::date "
        "ORDER BY s.last_number DESC, s.id, a.number LIMIT 1"
    ).fetchone()
    assert row, "nobody is registered today"
    return row


def _getting(platform: Platform, path: str, headers: dict[str, str]) -> Callable[[], bytes]:
    def fetch() -> bytes:
        with urllib.request.urlopen(urllib.request.Request(platform.base + path, headers=headers)) as answer:
            assert answer.url == platform.base + path, f"{path} leads to {answer.url}"
            return bytes(answer.read())

    return fetch


def _kiosk(platform: Platform, nik: str) -> Callable[[], bytes]:
    """The NIK typed at a device that a clerk has made a kiosk."""
    time.sleep(31)  # a code of the second step is taken once, and the counter has just used one
    cookie = sign_in(platform, "loket")
    token = re.search(r"csrftoken=([^;]+)", cookie)
    assert token
    form = {"csrfmiddlewaretoken": token[1]}
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    where = f"{platform.base}/purut/anjungan/"
    asked = urllib.request.Request(
        f"{where}pasang/", urllib.parse.urlencode(form).encode(), {"Cookie": cookie, "Referer": where}
    )
    with suppress(urllib.error.HTTPError):  # the page it leads to is asked for without the new cookie
        browser.open(asked).close()
    kiosk = "; ".join([f"csrftoken={token[1]}", *(f"{one.name}={one.value}" for one in jar if one.name != "csrftoken")])
    body = urllib.parse.urlencode(form | {"asked": nik}).encode()
    return lambda: urllib.request.urlopen(
        urllib.request.Request(where, body, {"Cookie": kiosk, "Referer": where})
    ).read()


def _bpjs(platform: Platform, sesi: int) -> Callable[[], bytes]:
    """BPJS asks how a session stands."""
    client = next(
        one
        for one in json.loads((platform.folder / "demo-accounts.json").read_text())["clients"]
        if one["client_id"] == "bpjs"
    )
    login = {"x-username": client["client_id"], "x-password": client["client_secret"]}
    with urllib.request.urlopen(urllib.request.Request(f"{platform.base}/antrean/token", headers=login)) as answer:
        token = json.load(answer)["response"]["token"]
    with owner(platform) as connection:
        poli, doctor, day, starts, ends = connection.execute(
            "SELECT s.poli_id, d.bpjs_code, s.date::text, to_char(s.starts_at AT TIME ZONE 'Asia/Jakarta', 'HH24:MI'), "
            "to_char(s.ends_at AT TIME ZONE 'Asia/Jakarta', 'HH24:MI') FROM purut_sesi s JOIN purut_dokter d ON d.code = s.dokter_id "
            "WHERE s.id = %s", [sesi],
        ).fetchone() or ()  # fmt: skip
    body = json.dumps(
        {"kodepoli": poli, "kodedokter": doctor, "tanggalperiksa": day, "jampraktek": f"{starts}-{ends}"}
    ).encode()
    headers = {"x-token": token, "x-username": client["client_id"], "Content-Type": "application/json"}

    def ask() -> bytes:
        with urllib.request.urlopen(urllib.request.Request(f"{platform.base}/antrean/status", body, headers)) as answer:
            said = bytes(answer.read())
        assert json.loads(said)["metadata"]["code"] == 200, said
        return said

    return ask
