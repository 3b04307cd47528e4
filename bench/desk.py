"""The RT head's page with 60 families: the whole answer over HTTP beside the same rows read raw."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator

import psycopg
from tests.platform_process import ROOT, Platform

from bench.foundation import sign_in
from bench.harness import Row, milliseconds, paired

FAMILIES = 60
PAGE = "/siap-pak-rt/"
_AREA = "SELECT area_code FROM accounts_assignment WHERE role = 'ketua_rt' AND ended_at IS NULL AND NOT deputy LIMIT 1"
# Families of the small city fill the RT: cards, people and their addresses change their place, and nothing else.
_CARDS = """SELECT id FROM civil_family WHERE closed_on IS NULL
ORDER BY (rt_code = %(rt)s) DESC, id LIMIT %(limit)s"""
_MOVE = """UPDATE civil_family SET rt_code = %(rt)s WHERE id = ANY (%(cards)s);
UPDATE civil_address SET rt_code = %(rt)s WHERE id IN (SELECT address_id FROM civil_family WHERE id = ANY (%(cards)s));
UPDATE civil_person SET rt_code = %(rt)s WHERE id IN (
  SELECT person_id FROM civil_membership WHERE family_id = ANY (%(cards)s) AND ends IS NULL);
UPDATE civil_membership SET rt_code = %(rt)s WHERE family_id = ANY (%(cards)s)"""
_RAW = (
    "SELECT id, sex, birth_date, residency FROM civil_person WHERE status_dasar = 1 AND rt_code = %s",
    "SELECT id, verified_on FROM civil_family WHERE closed_on IS NULL AND rt_code = %s",
    "SELECT id, state FROM siap_pak_rt_laporan WHERE rt_code = %s",
    "SELECT id, state, until FROM siap_pak_rt_tamu WHERE rt_code = %s",
    "SELECT id, rooms, vacant FROM siap_pak_rt_kos WHERE rt_code = %s",
)


def rows() -> Iterator[Row]:
    """The RT's page, in milliseconds of one visitor."""
    with Platform(ROOT / ".cache" / "bench", people=2000) as platform:
        url = platform.environment()["PASTI_DATABASE_OWNER_URL"]
        with psycopg.connect(url) as owner:
            rt = _fill(owner)
        cookie = sign_in(platform, "ketua_rt")
        with psycopg.connect(url, autocommit=True) as bare:
            times = paired(
                lambda: milliseconds(lambda: _page(platform, cookie)), lambda: milliseconds(lambda: _raw(bare, rt))
            )
            yield Row(f"page of an RT with {FAMILIES} families", *times, "ms", "raw psycopg, same rows")


def _fill(owner: psycopg.Connection) -> str:
    """Bring the demo's RT to sixty families; returns its code. Doing it again changes nothing."""
    row = owner.execute(_AREA).fetchone()
    assert row, "the demo has an RT head"
    rt = str(row[0])
    cards = [card for (card,) in owner.execute(_CARDS, {"rt": rt, "limit": FAMILIES}).fetchall()]
    assert len(cards) == FAMILIES, f"only {len(cards)} families in this city"
    for statement in _MOVE.split(";"):
        owner.execute(statement, {"rt": rt, "cards": cards})
    owner.commit()
    return rt


def _page(platform: Platform, cookie: str) -> bytes:
    request = urllib.request.Request(platform.base + PAGE, headers={"Cookie": cookie})
    page = bytes(urllib.request.urlopen(request).read())
    assert b"pasti-counts" in page
    return page


def _raw(bare: psycopg.Connection, rt: str) -> None:
    for statement in _RAW:
        bare.execute(statement, [rt]).fetchall()
