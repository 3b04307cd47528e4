"""A race for places over HTTP: many book at once, give back, wait, send again, while parts of the platform are killed.

What people were told is kept, so that afterwards it can be compared with what is stored.
"""

from __future__ import annotations

import datetime as dt
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import psycopg

from tests.platform.clerks import Clerk, owner, tokens
from tests.platform_process import Platform

SENT_AGAIN, GIVEN_BACK, JOINS, REFUSES = 0.15, 0.2, 0.5, 0.3
_SESSIONS = """
UPDATE purut_sesi SET quota_nonjkn = used_nonjkn + %(places)s, quota_jkn = used_jkn + %(places)s / 4,
  quota_online = used_online + %(places)s
WHERE id IN (SELECT id FROM purut_sesi WHERE state = 'open' AND date > current_date + 1
  ORDER BY last_number, date, id LIMIT %(count)s) RETURNING id, last_number
"""
_OFFERED = "SELECT code FROM purut_antrean WHERE state = 'held' AND sesi_id = ANY (%s) AND code <> ALL (%s)"
_STORED = """SELECT a.code, a.number, a.sesi_id, a.state, EXISTS (SELECT FROM purut_tunggu t WHERE t.antrean_id = a.id)
FROM purut_antrean a WHERE a.sesi_id = %s AND a.number > %s"""


@dataclass(frozen=True)
class Wish:
    """One person's wish for a place. Those with the same key are one wish, sent again in the same name."""

    token: str
    sesi: int
    patient: dict[str, str]
    payer: str
    key: str


@dataclass
class Told:
    """What people were told, by the key they asked with."""

    answers: dict[str, list[tuple[int, dict[str, Any]]]] = field(default_factory=dict)
    holding: list[str] = field(default_factory=list)
    cancelled: set[str] = field(default_factory=set)
    acts: Counter[str] = field(default_factory=Counter)
    kills: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def hear(self, key: str, answer: tuple[int, dict[str, Any]]) -> None:
        """Keep an answer to a booking."""
        with self.lock:
            self.answers.setdefault(key, []).append(answer)
            if answer[0] == 201 and len(self.answers[key]) == 1:
                self.holding.append(answer[1]["code"])
            self.acts[f"book {answer[0]} {answer[1].get('type', '').removeprefix('/masalah/')}".strip()] += 1

    def somebody(self, chance: random.Random) -> str:
        """The code of somebody who has a place and gives it back now; empty when there is nobody."""
        with self.lock:
            return self.holding.pop(chance.randrange(len(self.holding))) if self.holding else ""

    def count(self, act: str) -> None:
        """Count any other answer."""
        with self.lock:
            self.acts[act] += 1


class Race:
    """`bookings` people after `places` places of each of `sessions` sessions, at `hands` counters."""

    def __init__(self, platform: Platform, *, bookings: int, sessions: int, places: int, hands: int, seed: int):
        self.platform, self.chance, self.told, self.over = platform, random.Random(seed), Told(), threading.Event()
        with owner(platform) as connection:
            rows = connection.execute(_SESSIONS, {"places": places, "count": sessions}).fetchall()
        self.before = dict(rows)
        self.clerks = [Clerk(platform, text) for text in tokens(platform, hands + 1)]
        self.wishes = self._wishes(bookings, sorted(self.before))

    def run(self, killer: Callable[[Race], None] | None = None) -> float:
        """Let them run; returns the seconds it took. `killer` hurts the platform until `over` is set."""
        began, left, lock = time.monotonic(), iter(self.wishes), threading.Lock()

        def work(clerk: Clerk) -> None:
            while True:
                with lock:
                    wish = next(left, None)
                if wish is None:
                    return
                self._one(clerk, wish)

        with ThreadPoolExecutor() as beside:
            others = [beside.submit(self._answer_offers), *([beside.submit(killer, self)] if killer else [])]
            try:
                with ThreadPoolExecutor(len(self.clerks) - 1) as hands:
                    list(hands.map(work, self.clerks[:-1]))
            finally:
                self.over.set()
            for other in others:
                other.result()  # what went wrong there goes wrong here
        return time.monotonic() - began

    def faults(self) -> list[str]:
        """Where what people were told is not what is stored; empty when all is well."""
        stored = self._stored()
        found, known = [], set()
        for key, answers in self.told.answers.items():
            codes = {body["code"] for status, body in answers if status == 201}
            if len(codes) > 1:
                found.append(f"key {key} brought {codes}")
            for body in (body for status, body in answers if status == 201):
                known.add(body["code"])
                if (body["number"], body["sesi_id"]) != stored.get(body["code"], ())[:2]:
                    found.append(f"told {body['code']} {body['number']}, stored {stored.get(body['code'])}")
        found += [f"nobody was told of {code}" for code, row in stored.items() if code not in known and not row[3]]
        found += [f"{code} was given back and is {stored[code][2]}" for code in self.told.cancelled
                  if stored[code][2] != "cancelled"]  # fmt: skip
        return found

    def _stored(self) -> dict[str, tuple[int, int, str, bool]]:
        """Number, session, state and whether it came from the waiting list, of all that was booked in this race."""
        with owner(self.platform) as connection:
            return {code: tuple(rest) for sesi, last in self.before.items()
                    for code, *rest in connection.execute(_STORED, [sesi, last]).fetchall()}  # fmt: skip

    def _wishes(self, bookings: int, sessions: Sequence[int]) -> list[Wish]:
        born = dt.date(1950, 1, 1) + dt.timedelta(days=self.chance.randrange(15_000))
        wishes: list[Wish] = []
        for at in range(bookings):
            day = born + dt.timedelta(days=at // 9000)
            patient = {"nik": f"357502{day:%d%m%y}{1 + at % 9000:04}", "name": f"Pasien {at}", "sex": "L",
                       "birth_date": day.isoformat(), "phone": "0812345678"}  # fmt: skip
            payer = "jkn" if self.chance.random() < 0.25 else "umum"
            token = self.clerks[at % len(self.clerks)].token
            wish = Wish(token, sessions[at % len(sessions)], patient, payer, uuid.uuid4().hex)
            wishes += [wish] * (2 if self.chance.random() < SENT_AGAIN else 1)
        return wishes

    def _one(self, clerk: Clerk, wish: Wish) -> None:
        body = {"payer": wish.payer, "patient": wish.patient, "referral_no": ""}
        if wish.payer == "jkn":
            body["referral_no"] = f"R{wish.key[:16]}".upper()
        answer = clerk.post("antrean", body | {"sesi_id": wish.sesi}, wish.key, wish.token)
        self.told.hear(wish.key, answer)
        if answer[1].get("type") == "/masalah/kuota-habis" and self.chance.random() < JOINS:
            status, _ = clerk.post(f"sesi/{wish.sesi}/tunggu", body, f"t{wish.key}", wish.token)
            self.told.count(f"join {status}")
        if self.chance.random() < GIVEN_BACK and (code := self.told.somebody(self.chance)):
            self._give_back(clerk, code)

    def _give_back(self, clerk: Clerk, code: str) -> None:
        status, _ = clerk.post(f"antrean/{code}/batal", {}, uuid.uuid4().hex)
        self.told.count(f"cancel {status}")
        if status == 200:
            with self.told.lock:
                self.told.cancelled.add(code)

    def _answer_offers(self) -> None:
        """Those who are offered a place accept it, or give it back to the next."""
        clerk, seen = self.clerks[-1], set[str]()
        while not self.over.wait(0.2):
            for code in self._offered(seen):
                seen.add(code)
                if self.chance.random() < REFUSES:
                    self._give_back(clerk, code)
                else:
                    self.told.count(f"accept {clerk.post(f'antrean/{code}/terima', {}, uuid.uuid4().hex)[0]}")

    def _offered(self, seen: set[str]) -> list[str]:
        try:
            with owner(self.platform) as connection:
                return [code for (code,) in connection.execute(_OFFERED, [list(self.before), list(seen)]).fetchall()]
        except psycopg.OperationalError:  # the database was just killed
            return []


def hurting(parts: Sequence[str], pause: tuple[float, float], most: int) -> Callable[[Race], None]:
    """Kills one of `parts` after a random pause, waits until the platform serves again, and so on, `most` times."""

    def work(race: Race) -> None:
        for at in range(most):
            if race.over.wait(race.chance.uniform(*pause)):
                return
            part = parts[at % len(parts)]
            before = race.platform.kill(part)
            race.told.kills[part] += 1
            race.platform.wait_back(part, before)

    return work
