"""The RT head's desk on a phone: an event told with its photo and confirmed, a guest, and the office handed over."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import psycopg
import pyotp
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.city.axe import faults
from tests.city.conftest import _today
from tests.platform_process import Platform

pytestmark = [pytest.mark.browser, pytest.mark.platform]
DESK = "/siap-pak-rt/"
SUBMIT = "main form[method=post] button[type=submit]"


def _photo() -> dict[str, str | bytes]:
    """A photo of a certificate as a phone makes it."""
    made = io.BytesIO()
    Image.new("RGB", (1200, 1600), "beige").save(made, "JPEG")
    return {"name": "surat.jpg", "mimeType": "image/jpeg", "buffer": made.getvalue()}


def _family(head: Page, platform: Platform) -> tuple[str, str, str]:
    """The path of a card with more than one on it, its last member's name and the path to report them.

    Not the card of the demo's resident: others count on it.
    """
    head.goto(f"{DESK}keluarga/")
    cards = head.locator("main .pasti-hits li", has_text="orang").filter(has_not_text=", 1 orang")
    own = platform.accounts()["warga"]["name"]
    path = str(cards.filter(has_not_text=own).locator("a").first.get_attribute("href"))
    head.goto(path)
    last = head.locator("main .pasti-hits > li:has(a[href*='?orang='])").last
    return path, str(last.locator("strong").text_content()), str(last.locator("a").get_attribute("href"))


def _people(head: Page) -> int:
    head.goto(DESK)
    shown = head.locator("aside .pasti-counts div", has_text="Orang").locator("dd").first.text_content()
    return int(str(shown).replace(".", ""))


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_death_is_told_with_a_photo_confirmed_and_undone(
    visitor: Callable[..., Page], platform: Platform, script: bool
) -> None:
    head = visitor("ketua_rt", java_script_enabled=script)
    before = _people(head)
    card, name, report = _family(head, platform)
    head.goto(report)
    head.click("main a[href*='/baru/kematian/']")
    head.fill("[name=occurred_on]", str(_today() - dt.timedelta(days=1)))
    head.set_input_files("[name=proof]", _photo())  # type: ignore[arg-type]
    head.fill("[name=place]", "di rumah")
    head.click(SUBMIT)
    expect(head.locator("h1")).to_contain_text(name)
    expect(head.locator("main")).to_contain_text("Menunggu kelurahan")
    expect(head.locator(".pasti-proofs img")).to_have_count(1)
    sent = head.url
    assert _people(head) == before, "what is only told changes nothing"

    officer = visitor("kelurahan", java_script_enabled=script)
    officer.goto(f"{DESK}lapor/masuk/")
    officer.click(f"main a[href='{urlsplit(sent).path}']")
    expect(officer.locator(".pasti-proofs img")).to_have_count(1)
    officer.click("text='Sahkan'")
    expect(officer.locator("main")).to_contain_text("Disahkan")

    assert _people(head) == before - 1
    head.goto(card)
    expect(head.locator("main .pasti-hits").first).not_to_contain_text(name)
    officer.goto(sent)
    officer.click("summary >> text='Laporan ini ternyata keliru'")
    officer.fill("#batalkan", "Salah orang")
    officer.click("text='Batalkan, kembalikan data seperti semula'")
    expect(officer.locator("main")).to_contain_text("Dibatalkan")
    assert _people(head) == before


def test_a_guest_is_entered_stays_longer_and_leaves(visitor: Callable[..., Page]) -> None:
    head = visitor("ketua_rt")
    head.goto(DESK)
    head.click("main >> text='Tamu datang'")
    for name, value in (("name", "Sulastri Dewi"), ("origin", "Kab. Lumajang"), ("host", "Rumah Pak Karto")):
        head.fill(f"[name={name}]", value)
    head.click("form[data-tamu] button[type=submit]")
    head.click("main >> text='Sulastri Dewi'")
    head.fill("[name=until]", str(_today() + dt.timedelta(days=20)))
    head.click("text='Tinggal lebih lama'")
    expect(head.locator("main")).to_contain_text("Masa tinggal diperpanjang")
    head.click("text='Sudah pulang'")
    expect(head.locator("main")).to_contain_text("Tercatat pulang")


@pytest.fixture
def other_rt(platform: Platform) -> Iterator[str]:
    """Another RT of the demo's kelurahan with people in it, headed by an account that is no head elsewhere."""
    with psycopg.connect(platform.environment()["PASTI_DATABASE_OWNER_URL"], autocommit=True) as owner:
        row = owner.execute(
            "SELECT code FROM places_place WHERE level = 'rt' AND starts_with(code, (SELECT area_code || '.' FROM "
            "accounts_assignment WHERE role = 'kelurahan' AND ended_at IS NULL LIMIT 1)) AND code NOT IN (SELECT area_code "
            "FROM accounts_assignment WHERE ended_at IS NULL) ORDER BY (SELECT count(*) FROM civil_person p WHERE "
            "p.rt_code = code) DESC, code LIMIT 1"
        ).fetchone()
        assert row is not None
        owner.execute(
            "INSERT INTO accounts_assignment (user_id, role, unit_code, unit_name, area_code, starts, deputy, recorded_at) "
            "SELECT id, 'ketua_rt', %s, 'RT lain', %s, %s, false, now() FROM accounts_user WHERE username = 'pustakawan'",
            [row[0], row[0], _today()],
        )
        yield str(row[0])
        owner.execute(
            "DELETE FROM mfa_authenticator WHERE user_id = (SELECT id FROM accounts_user WHERE username = 'warga')"
        )
        owner.execute(
            "UPDATE accounts_assignment SET ended_at = now() WHERE unit_code = %s AND ended_at IS NULL", [row[0]]
        )


def test_the_office_passes_on_and_the_old_page_is_shut(visitor: Callable[..., Page], other_rt: str) -> None:
    old, officer, new = visitor("pustakawan"), visitor("kelurahan"), visitor("warga")
    old.goto(f"{DESK}tamu/kos/baru/")
    for name, value in (("name", "Kos Anggrek"), ("street", "Jl. Anggrek 2"), ("rooms", "4"), ("owner_name", "Bu Sri")):
        old.fill(f"[name={name}]", value)
    old.click(SUBMIT)
    house = old.url
    old.goto(DESK)
    officer.goto(f"{DESK}serah-terima/{other_rt}/")
    new.goto(f"{DESK}hak-saya/")
    name = str(new.locator("dl dd").first.text_content()).strip()
    officer.fill("main [name=q]", name)
    officer.click("main .pasti-search button")
    officer.click("text='Serahkan jabatan' >> nth=0")
    expect(officer.locator("main")).to_contain_text("sekarang mengetuai wilayah ini")

    with old.expect_navigation() as shut:
        old.click("main >> text='Keluarga' >> nth=0")
    assert shut.value.status in (403, 404)
    new.goto(house)
    expect(new.locator("main")).to_contain_text("Peran Anda membuka data orang lain")
    _set_up_second_factor(new)
    new.goto(house)
    expect(new.locator("h1")).to_have_text("Kos Anggrek")
    new.goto(f"{DESK}lapor/buku/")
    expect(new.locator("h1")).to_have_text("Buku laporan")


def _set_up_second_factor(page: Page) -> None:
    """With an authenticator app, as the page asks."""
    page.click("main a:text-is('Aktifkan')")
    secret = str(page.locator("main code").text_content()).strip()
    page.fill("[name=code]", pyotp.TOTP(secret).now())
    page.click(SUBMIT)
    expect(page.locator("main pre")).to_be_visible()


def test_the_desk_has_no_violation(visitor: Callable[..., Page], platform: Platform) -> None:
    head = visitor("ketua_rt")
    card, _name, report = _family(head, platform)
    person, family = report.partition("orang=")[2], card.rstrip("/").rpartition("/")[2]
    head.goto(f"{DESK}tamu/")
    stays = [str(one.get_attribute("href")) for one in head.locator("main .pasti-hits a").all()]
    about_one = [f"{DESK}lapor/baru/{kind}/?orang={person}" for kind in
                 ("kelahiran", "kematian", "kawin", "cerai", "data", "lahir-mati", "hilang")]  # fmt: skip
    about_all = [f"{DESK}lapor/baru/{kind}/?keluarga={family}" for kind in ("keluar", "pindah")]
    pages = [DESK, f"{DESK}keluarga/", f"{DESK}keluarga/sementara/", card, f"{DESK}lapor/", report, *about_one, *about_all,
             f"{DESK}lapor/baru/data/?orang={person}&bidang=occupation", f"{DESK}lapor/baru/kelahiran/",
             f"{DESK}lapor/baru/sementara/", f"{DESK}lapor/baru/datang/", f"{DESK}lapor/daftar/", f"{DESK}lapor/buku/",
             f"{DESK}tamu/", f"{DESK}tamu/baru/", f"{DESK}tamu/kos/baru/", *stays[:1], *stays[-1:]]  # fmt: skip
    assert faults(head, pages) == []
    officer = visitor("kelurahan")
    officer.goto(f"{DESK}lapor/daftar/")
    reports = [str(one.get_attribute("href")) for one in officer.locator("main .pasti-hits a").all()][:4]
    officer.goto(f"{DESK}serah-terima/")
    unit = str(officer.locator("main .pasti-hits a").first.get_attribute("href"))
    assert faults(officer, [DESK, f"{DESK}lapor/masuk/", *reports, f"{DESK}serah-terima/", unit, f"{unit}?q=sit"]) == []
    assert faults(visitor("ketua_rw"), [DESK]) == []
    assert faults(visitor("warga"), [DESK]) == []
    assert faults(visitor(), [DESK]) == []
