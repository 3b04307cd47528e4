"""A clerk finds a resident by an old spelling, opens the record, and judges two that look alike, on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.city.axe import faults
from tests.platform_process import Platform

pytestmark = [pytest.mark.browser, pytest.mark.platform]
_SOMEBODY = """SELECT p.id, p.name, p.rt_code FROM civil_person p JOIN accounts_assignment a ON a.role = 'kelurahan'
  AND starts_with(p.rt_code, a.area_code) WHERE p.status_dasar = 1 AND p.name LIKE '% %' AND NOT EXISTS (
    SELECT 1 FROM civil_duplicatepair d WHERE p.id IN (d.first_id, d.second_id)) ORDER BY random() LIMIT 1"""
_AGAIN = """INSERT INTO civil_person (id, name, name_search, name_sounds, sex, birth_place, birth_date, religion, education,
  occupation, marital_status, blood_type, citizenship, father_name, mother_name, status_dasar, rt_code, valid_from, recorded_at)
SELECT gen_random_uuid(), name, name_search, name_sounds, sex, birth_place, birth_date, religion, education, occupation,
  marital_status, blood_type, citizenship, father_name, mother_name, 1, rt_code, valid_from, now()
FROM civil_person WHERE id = %s RETURNING id"""
_PAIR = """INSERT INTO civil_duplicatepair (first_id, second_id, signs, score, state, reason, decided_name, rt_code, effects,
  recorded_at) VALUES (least(%(a)s::uuid, %(b)s), greatest(%(a)s::uuid, %(b)s), '["name", "birth_date"]', 90, 'open', '', '',
  %(rt)s, '[]', now()) RETURNING id"""


@pytest.fixture
def pair(platform: Platform) -> tuple[str, int]:
    """The name of a resident of the clerk's kelurahan who is on record twice, and the pair's number."""
    with psycopg.connect(platform.environment()["PASTI_DATABASE_OWNER_URL"], autocommit=True) as owner:
        row = owner.execute(_SOMEBODY).fetchone()
        assert row
        again = owner.execute(_AGAIN, [row[0]]).fetchone()
        assert again
        made = owner.execute(_PAIR, {"a": row[0], "b": again[0], "rt": row[2]}).fetchone()
        assert made
    return row[1], int(made[0])


def test_search_person_and_the_decision_on_a_double_record(visitor: Callable[..., Page], pair: tuple[str, int]) -> None:
    name, number = pair
    clerk = visitor("kelurahan", java_script_enabled=False)
    clerk.goto("/staf/")
    clerk.click("main a[href='/kependudukan/']")
    clerk.fill("main #q", name.upper())
    clerk.click("main form[role=search] button")
    expect(clerk.locator(".pasti-hits li").first).to_contain_text(name)
    assert not re.search(r"\b\d{16}\b", clerk.locator("main").inner_text()), "numbers are masked in lists"
    clerk.click(".pasti-hits a >> nth=0")
    expect(clerk.locator("h1")).to_contain_text(name)

    clerk.goto(f"/kependudukan/ganda/{number}/")
    expect(clerk.locator("main")).to_contain_text("tanggal lahir sama")
    clerk.check("input[value=different]")
    clerk.click("text=Catat putusan")
    expect(clerk.locator("main")).to_contain_text("Ada yang perlu diperbaiki")
    expect(clerk.locator("input[value=different]")).to_be_checked()
    clerk.fill("[name=reason]", "KTP keduanya diperiksa di loket")
    clerk.click("text=Catat putusan")
    expect(clerk.locator("main")).to_contain_text("Putusan tercatat")
    clerk.goto("/kependudukan/ganda/?keadaan=different")
    expect(clerk.locator("main")).to_contain_text("KTP keduanya diperiksa")


def test_the_pages_have_no_violation(visitor: Callable[..., Page], pair: tuple[str, int]) -> None:
    name, number = pair
    clerk = visitor("kelurahan")
    clerk.goto(f"/kependudukan/?q={name}")
    person = clerk.locator(".pasti-hits a").first.get_attribute("href")
    paths = ["/kependudukan/", f"/kependudukan/?q={name}", f"{person}?tanggal=2020-01-01", "/kependudukan/ganda/",
             f"/kependudukan/ganda/{number}/", "/kependudukan/dukcapil/"]  # fmt: skip
    event = clerk.goto("/kependudukan/dukcapil/") and clerk.locator(".pasti-hits a")
    if event and event.count():
        paths.append(str(event.first.get_attribute("href")))
    clerk.goto(str(person))
    card = clerk.locator("a[href^='/kependudukan/keluarga/']")
    if card.count():
        paths.append(str(card.first.get_attribute("href")))
    assert faults(clerk, paths) == []
