"""An RT head works where there is no network: what was done arrives once, and nothing stays when the role ended."""

from __future__ import annotations

import datetime as dt
import io
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.city.axe import seen
from tests.platform_process import Platform

pytestmark = [pytest.mark.browser, pytest.mark.platform]
WORK, PHRASE = "/siap-pak-rt/luring/", "kenari kuning 7"


HEAD = "user_id = (SELECT id FROM accounts_user WHERE username = 'ketua_rt')"


@pytest.fixture(autouse=True)
def owner(platform: Platform) -> Iterator[psycopg.Connection[Any]]:
    """The database's owner. The RT head is in office and has no device: earlier runs leave nothing behind."""
    with psycopg.connect(platform.environment()["PASTI_DATABASE_OWNER_URL"], autocommit=True) as connection:
        connection.execute(f"UPDATE siap_pak_rt_device SET revoked_at = now() WHERE {HEAD} AND revoked_at IS NULL")
        connection.execute(
            f"UPDATE accounts_assignment SET ended_at = NULL WHERE id = (SELECT max(id) FROM accounts_assignment WHERE {HEAD}) "
            f"AND NOT EXISTS (SELECT FROM accounts_assignment WHERE {HEAD} AND ended_at IS NULL)"
        )
        yield connection


def photo() -> dict[str, Any]:
    """Larger than one piece."""
    target = io.BytesIO()
    Image.effect_noise((900, 700), 90).convert("RGB").save(target, "JPEG", quality=95)
    return {"name": "akta.jpg", "mimeType": "image/jpeg", "buffer": target.getvalue()}


@pytest.fixture
def rt(owner: psycopg.Connection[Any]) -> str:
    """The RT of the demo account."""
    found = owner.execute(f"SELECT area_code FROM accounts_assignment WHERE {HEAD} AND ended_at IS NULL").fetchone()
    assert found is not None
    return str(found[0])


@pytest.fixture
def mother(owner: psycopg.Connection[Any], rt: str) -> tuple[str, str]:
    """A woman of the RT with a name of her own and no small child at home: nothing is odd about her giving birth."""
    found = owner.execute(
        "SELECT p.id::text, p.name FROM civil_person p JOIN civil_membership m ON m.person_id = p.id AND m.ends IS NULL "
        "JOIN civil_family f ON f.id = m.family_id AND f.closed_on IS NULL AND f.rt_code = %(rt)s "
        "WHERE p.sex = 2 AND p.status_dasar = 1 AND age(p.birth_date) BETWEEN interval '20 years' AND interval '45 years' "
        "AND (SELECT count(*) FROM civil_person o WHERE o.rt_code = %(rt)s AND strpos(o.name, p.name) > 0) = 1 "
        "AND NOT EXISTS (SELECT FROM civil_membership s JOIN civil_person c ON c.id = s.person_id "
        "WHERE s.family_id = f.id AND s.ends IS NULL AND age(c.birth_date) < interval '2 years') ORDER BY p.id LIMIT 1",
        {"rt": rt},
    ).fetchone()
    assert found is not None
    return found[0], found[1]


@pytest.fixture
def letter(owner: psycopg.Connection[Any], rt: str) -> Iterator[tuple[str, str]]:
    """A letter that waits for the RT head, for somebody of the RT, under a name to find it by."""
    made, name = str(uuid.uuid4()), f"Warga {uuid.uuid4().hex[:6]}"
    owner.execute(
        "INSERT INTO siap_pak_rt_letter (id, kind_id, subject_id, subject_name, rt_code, asked_by, asked_by_name, channel, "
        "fields, route, days, state, version, promised_on, promised_until, step_started_at, step_due_at, unit_code, number, "
        "occurred_at, recorded_at) SELECT %s, code, (SELECT id FROM civil_person WHERE rt_code = %s AND status_dasar = 1 "
        "ORDER BY id LIMIT 1), %s, %s, (SELECT id FROM accounts_user WHERE username = 'warga'), 'Warga', 'web', '{}', route, "
        "days, 'at_rt', 1, current_date + 3, now() + interval '3 days', now(), now() + interval '1 day', '', '', now(), now() "
        "FROM siap_pak_rt_letterkind WHERE route[1] = 'rt' AND array_length(route, 1) > 1 ORDER BY position LIMIT 1",
        [made, rt, name, rt],
    )
    yield made, name
    owner.execute("UPDATE siap_pak_rt_letter SET state = 'cancelled' WHERE id = %s AND state = 'at_rt'", [made])


def prepared(page: Page) -> None:
    """Prepare this browser, and let the service worker take the page over."""
    page.goto(WORK)
    page.fill("[name=sandi]", PHRASE)
    page.fill("[name=ulang]", PHRASE)
    page.click("form button[type=submit]")
    expect(page.locator("#kabar")).to_contain_text("Tersambung")
    page.wait_for_function("async () => (await navigator.serviceWorker.ready).active.state === 'activated' && "
                           "(await (await caches.open('siap-luring-1')).keys()).length >= 4")  # fmt: skip


def opened(page: Page) -> None:
    page.fill("[name=sandi]", PHRASE)
    page.click("form button[type=submit]")
    expect(page.locator("h2").first).to_have_text("Pekerjaan saya")


def report_birth(page: Page, mother: tuple[str, str], name: str) -> None:
    page.fill("[name=cari]", mother[1])
    page.locator("#luring > ul.pasti-hits").last.locator(".pasti-link").click()
    page.locator("#luring button", has_text="Lapor kelahiran").click()
    page.select_option("[name=person]", mother[0])
    page.fill("[name=name]", name)
    page.fill("[name=on]", (dt.datetime.now(dt.timezone(dt.timedelta(hours=7)))).date().isoformat())
    page.set_input_files("[name=foto]", photo())
    page.click("form button[type=submit]")
    expect(page.locator("#antrean")).to_contain_text(name)


def approve(page: Page, letter: tuple[str, str]) -> None:
    page.locator("ul.pasti-hits .pasti-link", has_text=letter[1]).click()
    page.click("button:text-is('Setujui')")
    expect(page.locator("#antrean")).to_contain_text(letter[1])


def queue(page: Page, state: str, count: int) -> None:
    expect(page.locator(f"#antrean > li[data-keadaan={state}]")).to_have_count(count)


def arrived(owner: psycopg.Connection[Any], name: str) -> list[Any]:
    return owner.execute(
        "SELECT l.state, (SELECT count(*) FROM siap_pak_rt_attachment a WHERE a.claimed_to = 'laporan:' || l.id) "
        "FROM siap_pak_rt_laporan l WHERE l.told->>'name' = %s", [name]
    ).fetchall()  # fmt: skip


def decided(owner: psycopg.Connection[Any], letter: tuple[str, str]) -> int:
    row = owner.execute(
        "SELECT count(*) FROM siap_pak_rt_letterstep WHERE letter_id = %s AND verdict = 'approve'", [letter[0]]
    )
    return int(row.fetchone()[0])  # type: ignore[index]


STORE = """async () => {
  const names = (await indexedDB.databases()).map((one) => one.name);
  if (!names.includes("siap-luring")) return null;
  const base = await new Promise((done) => { const r = indexedDB.open("siap-luring"); r.onsuccess = () => done(r.result); });
  const said = [];
  for (const store of base.objectStoreNames) {
    const rows = await new Promise((done) => {
      const r = base.transaction(store).objectStore(store).getAll();
      r.onsuccess = () => done(r.result);
    });
    const plain = (value) => value instanceof ArrayBuffer ? new TextDecoder("latin1").decode(value)
      : ArrayBuffer.isView(value) ? new TextDecoder("latin1").decode(value)
      : value instanceof CryptoKey ? `key ${value.extractable}`
      : value && typeof value === "object" ? Object.entries(value).map(([k, v]) => `${k}=${plain(v)}`).join(";") : String(value);
    said.push(...rows.map(plain));
  }
  base.close();
  return said.join("\\n");
}"""


Visitor, Database, Named = Callable[..., Page], psycopg.Connection[Any], tuple[str, str]


def test_a_day_without_a_network(visitor: Visitor, owner: Database, letter: Named, mother: Named) -> None:
    page, child = visitor("ketua_rt"), f"Bayi {uuid.uuid4().hex[:6]}"
    prepared(page)
    page.context.set_offline(True)
    page.reload()
    opened(page)
    report_birth(page, mother, child)
    approve(page, letter)
    queue(page, "waiting", 2)
    expect(page.locator("#antrean")).to_contain_text("Menunggu jaringan")
    expect(page.locator("#kabar")).to_contain_text("Tanpa jaringan")
    kept = page.evaluate(STORE)
    for word in (child, letter[1], mother[1], "Setujui"):
        assert word not in kept, "what lies in the store cannot be read"
    assert "key false" in kept
    assert arrived(owner, child) == []

    page.context.set_offline(False)
    queue(page, "done", 2)
    expect(page.locator("#kabar")).to_contain_text("Tersambung")
    page.locator("#luring button", has_text="Sambungkan sekarang").click()
    expect(page.locator("#kabar")).to_contain_text("Tersambung")
    assert arrived(owner, child) == [("submitted", 1)]
    assert decided(owner, letter) == 1


def test_the_tab_is_closed_in_between(visitor: Visitor, owner: Database, letter: Named, mother: Named) -> None:
    page, child = visitor("ketua_rt"), f"Bayi {uuid.uuid4().hex[:6]}"
    prepared(page)
    page.context.set_offline(True)
    report_birth(page, mother, child)
    approve(page, letter)
    queue(page, "waiting", 2)
    context = page.context
    page.close()
    context.set_offline(False)
    again, other = context.new_page(), context.new_page()
    for tab in (again, other):  # two at once: one of them sends
        tab.goto(WORK)
    opened(again)
    opened(other)
    for tab in (again, other):
        queue(tab, "done", 2)
    assert arrived(owner, child) == [("submitted", 1)]
    assert decided(owner, letter) == 1


def test_somebody_else_was_first(visitor: Visitor, owner: Database, letter: Named) -> None:
    page = visitor("ketua_rt")
    prepared(page)
    page.context.set_offline(True)
    approve(page, letter)
    owner.execute("UPDATE siap_pak_rt_letter SET state = 'cancelled', version = 2 WHERE id = %s", [letter[0]])
    page.context.set_offline(False)
    queue(page, "conflict", 1)
    expect(page.locator("#antrean")).to_contain_text("Yang saya tulis")
    expect(page.locator("#antrean")).to_contain_text("Keadaan sekarang")
    expect(page.locator("#antrean")).to_contain_text(letter[1])
    assert seen(page) == []
    page.locator("#luring button", has_text="Batalkan punya saya").click()
    expect(page.locator("#antrean")).to_have_count(0)
    assert decided(owner, letter) == 0


def test_the_family_changed_meanwhile(visitor: Visitor, owner: Database, mother: Named) -> None:
    page, child = visitor("ketua_rt"), f"Bayi {uuid.uuid4().hex[:6]}"
    prepared(page)
    page.context.set_offline(True)
    report_birth(page, mother, child)
    owner.execute("UPDATE civil_person SET name = name || ' Baru' WHERE id = %s", [mother[0]])
    try:
        page.context.set_offline(False)
        queue(page, "conflict", 1)
        expect(page.locator("#antrean")).to_contain_text(f"{mother[1]} Baru")
        assert arrived(owner, child) == []
        page.locator("#luring button", has_text="Kirim juga dengan keadaan baru").click()
        queue(page, "done", 1)
        assert arrived(owner, child) == [("submitted", 1)], "its photo was kept through the conflict"
    finally:
        owner.execute("UPDATE civil_person SET name = %s WHERE id = %s", [mother[1], mother[0]])


def test_the_role_ended_meanwhile(visitor: Visitor, owner: Database, mother: Named) -> None:
    page, child = visitor("ketua_rt"), f"Bayi {uuid.uuid4().hex[:6]}"
    prepared(page)
    page.context.set_offline(True)
    report_birth(page, mother, child)
    held = owner.execute(f"SELECT id FROM accounts_assignment WHERE {HEAD} AND ended_at IS NULL").fetchone()
    owner.execute("UPDATE accounts_assignment SET ended_at = now() WHERE id = %s", held)
    try:
        page.context.set_offline(False)
        expect(page.locator("[data-kode=peran-berakhir]")).to_be_visible()
        assert page.evaluate(STORE) is None
        assert page.evaluate("async () => (await caches.keys()).filter((name) => name.startsWith('siap-luring'))") == []
        assert arrived(owner, child) == []
    finally:
        owner.execute("UPDATE accounts_assignment SET ended_at = NULL WHERE id = %s", held)


def test_the_workplace_has_no_violation(visitor: Visitor, letter: Named, mother: Named) -> None:
    page = visitor("ketua_rt")
    page.goto(WORK)
    page.locator("[name=ulang]").wait_for()
    assert seen(page) == []
    prepared(page)
    assert seen(page) == []
    page.locator("ul.pasti-hits .pasti-link", has_text=letter[1]).click()
    page.locator("textarea").wait_for()
    assert seen(page) == []
    page.locator("#luring button", has_text="Kembali").click()
    page.fill("[name=cari]", mother[1])
    page.locator("#luring > ul.pasti-hits .pasti-link").last.click()
    assert seen(page) == []
    page.locator("#luring button", has_text="Lapor kematian").click()
    page.locator("[name=person]").wait_for()
    assert seen(page) == []
    page.goto("/siap-pak-rt/luring/perangkat/")
    assert seen(page) == []
