"""A clerk brings a file of people in on a phone: sees what it would do, chooses, enters it, takes it back."""

from __future__ import annotations

import datetime as dt
import io
import uuid
from collections.abc import Callable

import psycopg
import pytest
import xlsxwriter
from playwright.sync_api import FilePayload, Page, expect

from pasti.civil.rules import layouts, nik
from tests.city.axe import faults, seen
from tests.platform_process import Platform

pytestmark = [pytest.mark.browser, pytest.mark.platform]
FILES = "/kependudukan/berkas/"
_NEIGHBOUR = """SELECT p.nik, p.name, p.birth_date, p.sex, p.rt_code FROM civil_person p JOIN accounts_assignment a
  ON a.role = 'kelurahan' AND starts_with(p.rt_code, a.area_code) JOIN accounts_user u ON u.id = a.user_id AND u.username = %s
  WHERE p.status_dasar = 1 AND p.nik IS NOT NULL AND p.restricted_since IS NULL AND p.birth_place <> 'KOTA JAUH'
  ORDER BY random() LIMIT 1"""


@pytest.fixture
def workbook(platform: Platform) -> tuple[FilePayload, str, str]:
    """A file of OpenSID's columns: somebody new, somebody known with another birth place, a NIK that Excel has cut."""
    with psycopg.connect(platform.environment()["PASTI_DATABASE_OWNER_URL"]) as owner:
        known = owner.execute(_NEIGHBOUR, [platform.accounts()["kelurahan"]["username"]]).fetchone()
    assert known
    number, name, born, sex, rt = known
    newcomer, seed = f"Pendatang {uuid.uuid4().hex[:6]}", uuid.uuid4().int
    day = dt.date(1960, 1, 1) + dt.timedelta(days=seed % 15_000)
    common = {"rw": rt.split(".")[4], "rt": rt.split(".")[5], "agama_id": 1, "status_dasar": 1, "warganegara_id": 1,
              "tempatlahir": "KOTA JAUH", "status_kawin": 1, "pendidikan_kk_id": 5, "pekerjaan_id": 1}  # fmt: skip
    fresh = nik.build("357501", day, 1, 1 + seed % 9999)
    people = [
        {"nama": newcomer, "nik": fresh, "sex": 1, "tanggallahir": f"{day:%d-%m-%Y}"},
        {"nama": name, "nik": number, "sex": sex, "tanggallahir": f"{born:%d-%m-%Y}"},
        {"nama": "Angka Hilang", "nik": 3575010159000100.0, "sex": 1, "tanggallahir": "01-09-1959"},
    ]
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, layouts.HEADERS["opensid"])
        for at, person in enumerate(people, 1):
            row = common | person
            sheet.write_row(at, 0, [row.get(head, "") for head in layouts.HEADERS["opensid"]])
    mime = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return FilePayload(name="warga.xlsx", mimeType=mime, buffer=target.getvalue()), newcomer, name


def test_a_file_is_sent_chosen_from_entered_and_taken_back(
    visitor: Callable[..., Page], workbook: tuple[FilePayload, str, str]
) -> None:
    payload, newcomer, known = workbook
    clerk = visitor("kelurahan")
    assert faults(clerk, [FILES, f"{FILES}baru/"]) == []
    clerk.set_input_files("[name=file]", payload)
    clerk.click("main form[method=post] button[type=submit]")
    expect(clerk.locator("main")).to_contain_text(
        "Bila dimasukkan sekarang"
    )  # without a reload: the page asks by itself
    report = clerk.url
    expect(clerk.locator("main")).to_contain_text("1 orang baru masuk, 0 orang diubah, 1 orang yang berbeda dibiarkan")
    assert seen(clerk) == []

    clerk.click("text=Periksa perbedaan")
    expect(clerk.locator("main")).to_contain_text(known)
    clerk.select_option("select[name^=baris-]", "ya")
    clerk.click("text=Simpan pilihan orang")
    expect(clerk.locator("main")).to_contain_text("1 orang diubah, 0 orang dibiarkan")
    assert seen(clerk) == []

    for act, pressed, after in (
        ("Masukkan ke data penduduk", "Ya, masukkan", "1 orang baru sudah masuk dan 1 orang sudah diubah"),
        ("Batalkan seluruh berkas", "Ya, batalkan", "sudah dibatalkan"),
    ):
        clerk.goto(report)
        clerk.click(f"main >> text={act}")
        assert seen(clerk) == []
        clerk.click(f"text={pressed}")
        expect(clerk.locator("main")).to_contain_text(after)
        assert _found(clerk, newcomer) == (1 if pressed == "Ya, masukkan" else 0)
    assert faults(clerk, [f"{report}baris/?jenis=error", report]) == []


def test_a_file_of_people_is_asked_for_with_a_reason_and_taken(visitor: Callable[..., Page]) -> None:
    clerk = visitor("kelurahan")
    assert faults(clerk, ["/kependudukan/unduhan/", "/kependudukan/unduhan/baru/"]) == []
    clerk.click("text=Buat berkas >> nth=-1")
    expect(clerk.locator("main")).to_contain_text("Ada yang perlu diperbaiki")
    clerk.fill("[name=reason]", "Rapat tahunan kelurahan")
    clerk.check("[name=form][value=csv]")
    clerk.click("main form button[type=submit]")
    with clerk.expect_download() as taken:
        clerk.click("main a[href$='/isi/']")
    lines = taken.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) > 10
    assert "nama" in lines[0]
    assert seen(clerk) == []


def _found(clerk: Page, name: str) -> int:
    clerk.goto(f"/kependudukan/?q={name}")
    return clerk.locator(".pasti-hits a", has_text=name).count()
