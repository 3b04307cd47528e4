"""The pages and the API of letters, as each role meets them, without JavaScript."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.services import issue_token
from pasti.kernel.audit.models import Entry
from pasti.kernel.clock import today
from pasti.portal.queries import tasks
from pasti.siap_pak_rt.models import Letter
from pasti.siap_pak_rt.rules.letter_csv import cell
from tests.civil.conftest import OTHER_RT

from .letters import CITY, FIELDS, RT, asked, decided, issued, official
from .letters import scoped_letter as fresh

pytestmark = pytest.mark.django_db
Browsing = Callable[[User], Client]
TYPED = {f"isi_{name}": value for name, value in FIELDS["usaha"].items()}


def photo() -> io.BytesIO:
    """A small picture."""
    kept = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(kept, "JPEG")
    kept.seek(0)
    kept.name = "toko.jpg"
    return kept


def bearer(user: User) -> dict[str, Any]:
    """Headers with which a program speaks for `user`."""
    return {"headers": {"Authorization": f"Bearer {issue_token(user, scopes=['*'])}"}}


def test_a_stranger_finds_the_right_letter_by_daily_words(client: Client, town: Any) -> None:
    page = client.get("/siap-pak-rt/surat/", {"q": "jualan warung"}).content.decode()
    assert "Keterangan Usaha" in page
    assert "Keterangan Domisili" not in page
    assert "Perintah Perjalanan Dinas" not in client.get("/siap-pak-rt/surat/").content.decode()
    assert client.get("/siap-pak-rt/surat/jenis/dinas/").status_code == 404
    law = client.get("/siap-pak-rt/surat/jenis/kk/").content.decode()
    assert "sering tidak diperlukan lagi" in law
    assert "Langsung ke dinas tanpa pengantar" in law
    assert "/siap-pak-rt/surat/jenis/usaha/" in client.get("/cari/", {"q": "surat usaha"}).content.decode()


def test_asking_shows_the_register_and_keeps_what_was_typed(town: Any, siti: User, browsing: Browsing) -> None:
    browser, path = browsing(siti), "/siap-pak-rt/surat/minta/usaha/"
    form = browser.get(path).content.decode()
    assert town.mother.nik in form
    assert "Budi Jauh" not in form
    wrong = browser.post(path, TYPED | {"person": str(town.child.pk), "isi_modal": "banyak", "files": photo()})
    assert wrong.status_code == 422
    page = wrong.content.decode()
    assert "Warung kopi" in page
    assert "Isi angka saja" in page
    sent = browser.post(path, TYPED | {"person": str(town.child.pk), "idempotency_key": "k1", "files": photo()})
    again = browser.post(path, TYPED | {"person": str(town.child.pk), "idempotency_key": "k1", "files": photo()})
    assert sent.status_code == 302
    assert sent["Location"] == again["Location"]
    shown = browser.get(sent["Location"]).content.decode()
    assert "Menunggu Ketua RT" in shown
    assert "toko" in shown


def test_what_was_uploaded_survives_a_refusal(town: Any, siti: User, browsing: Browsing) -> None:
    browser, path = browsing(siti), "/siap-pak-rt/surat/minta/kk/"
    none = browser.post(path, {"person": str(town.mother.pk), "isi_alasan": "Menambah anggota"})
    assert "Lampirkan foto atau PDF" in none.content.decode()
    kept = browser.post(path, {"person": str(town.stranger.pk), "isi_alasan": "Menambah anggota", "files": photo()})
    assert kept.status_code == 422
    sent = browser.post(path, {"person": str(town.mother.pk), "isi_alasan": "Menambah anggota", "files": photo()})
    assert sent.status_code == 302


def test_the_counter_asks_for_residents_of_the_own_rt(town: Any, heads: Any, browsing: Browsing) -> None:
    browser = browsing(heads[0])
    found = browser.get("/siap-pak-rt/surat/loket/", {"q": "syafi'i", "jenis": "domisili"}).content.decode()
    assert f"?untuk={town.father.pk}" in found
    assert (
        "Budi"
        not in browser.get("/siap-pak-rt/surat/loket/", {"q": "budi"})
        .content.decode()
        .split("<main")[1]
        .split('q" value')[0]
    )
    path = f"/siap-pak-rt/surat/minta/domisili/?untuk={town.father.pk}"
    assert browser.get(path).status_code == 200
    assert browser.post(path, {"person": str(town.father.pk), "isi_keperluan": "Sekolah"}).status_code == 302
    assert browser.get(f"/siap-pak-rt/surat/minta/domisili/?untuk={town.stranger.pk}").status_code == 404


def test_the_work_screen_decides_in_one_press_and_tells_who_comes_second(
    town: Any, siti: User, heads: Any, browsing: Browsing
) -> None:
    letter, browser, second = asked(siti, town.mother), browsing(heads[0]), browsing(official("ketua_rt"))
    page = browser.get("/siap-pak-rt/surat/kerja/")
    assert "Warung kopi" in page.content.decode()
    press = {"verdict": "approve", "version": "1", "next": "kerja", "idempotency_key": "a"}
    path = f"/siap-pak-rt/surat/{letter.pk}/putusan/"
    assert browser.post(path, press)["Location"] == "/siap-pak-rt/surat/kerja/"
    assert browser.post(path, press)["Location"] == "/siap-pak-rt/surat/kerja/", "a double tap is one step"
    late = second.post(
        path, {"verdict": "refuse", "version": "1", "reason": "Bukan warga sini", "idempotency_key": "b"}
    )
    assert late.status_code == 409
    words = late.content.decode()
    assert "sudah disetujui oleh Ketua RT" in words
    assert "Bukan warga sini" in words, "what was typed is not lost"
    assert "0 surat menunggu" in browser.get("/siap-pak-rt/surat/kerja/").content.decode()


def test_a_refusal_without_reason_is_shown_at_the_field(town: Any, siti: User, heads: Any, browsing: Browsing) -> None:
    letter = asked(siti, town.mother)
    answer = browsing(heads[0]).post(f"/siap-pak-rt/surat/{letter.pk}/putusan/", {"verdict": "refuse", "version": "1"})
    assert answer.status_code == 422
    assert "alasan-salah" in answer.content.decode()


def test_lists_are_paged_filtered_and_ask_little(
    town: Any, siti: User, heads: Any, browsing: Browsing, django_assert_max_num_queries: Any
) -> None:
    for _at in range(14):
        asked(siti, town.mother)
    asked(siti, town.child, "domisili")
    browser = browsing(heads[0])
    with django_assert_max_num_queries(20):
        page = browser.get("/siap-pak-rt/surat/kerja/")
    assert "15 surat menunggu Anda" in page.content.decode()
    assert page.content.decode().count("pasti-letter") == 12
    assert (
        browser.get(f"/siap-pak-rt/surat/kerja/{page.context['next_url']}").content.decode().count("pasti-letter") == 3
    )
    assert browser.get("/siap-pak-rt/surat/kerja/?jenis=domisili").content.decode().count("pasti-letter") == 1
    assert browser.get("/siap-pak-rt/surat/kerja/?terlambat=1").content.decode().count("pasti-letter") == 0
    with django_assert_max_num_queries(24):
        browsing(siti).get("/siap-pak-rt/surat/saya/")
    assert len(tasks(heads[0], staff=True)) == 6, "five and the way to the rest"


def test_nobody_sees_a_letter_of_another_rt(town: Any, siti: User, heads: Any, browsing: Browsing) -> None:
    letter, stranger = asked(siti, town.mother), browsing(official("ketua_rt", OTHER_RT))
    for path in ("", "putusan/", "batal/"):
        assert stranger.post(
            f"/siap-pak-rt/surat/{letter.pk}/{path}", {"verdict": "approve", "version": "1"}
        ).status_code in (404, 405)
    assert stranger.get(f"/siap-pak-rt/surat/{letter.pk}/").status_code == 404
    assert stranger.get(f"/siap-pak-rt/surat/buku/?unit={RT}").status_code == 404
    assert Client().get(f"/siap-pak-rt/surat/{letter.pk}/").status_code == 302


def test_the_book_and_its_csv(town: Any, siti: User, heads: Any, browsing: Browsing) -> None:
    from pasti.kernel.accounts.scope import scoped

    letter = issued(asked(siti, town.mother, "domisili"), heads[0])
    with scoped(CITY):
        Letter.objects.filter(pk=letter.pk).update(subject_name='=HYPERLINK("http://jahat")')
    browser = browsing(heads[0])
    assert letter.number in browser.get("/siap-pak-rt/surat/buku/").content.decode()
    table = browser.get(f"/siap-pak-rt/surat/buku/unduh/?unit={RT}&tahun={today().year}").content.decode("utf-8-sig")
    assert letter.number in table
    assert "\"'=HYPERLINK" in table
    assert Entry.objects.filter(action="siap_pak_rt.letters.exported", subject_id=town.mother.pk).count() == 1
    assert browser.get("/siap-pak-rt/surat/buku/?tahun=abc").status_code == 404


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@x", "\t=1", "  =1", "\r=1"])
def test_formulas_are_text(evil: str) -> None:
    assert cell(evil) == f"'{evil}"


def test_taking_back_revoking_and_downloading(
    town: Any, siti: User, heads: Any, browsing: Browsing, revoked: Any
) -> None:
    letter, browser = asked(siti, town.mother), browsing(siti)
    browser.post(f"/siap-pak-rt/surat/{letter.pk}/batal/")
    assert "Dibatalkan" in browser.get(f"/siap-pak-rt/surat/{letter.pk}/").content.decode()
    home, officer = issued(asked(siti, town.mother, "domisili"), heads[0]), browsing(heads[2])
    assert officer.post(f"/siap-pak-rt/surat/{home.pk}/cabut/", {"reason": ""}).status_code == 422
    assert officer.post(f"/siap-pak-rt/surat/{home.pk}/cabut/", {"reason": "Keliru"}).status_code == 302
    assert fresh(home.pk).state == "revoked"


def test_a_head_who_is_away_names_a_deputy_who_then_decides(
    town: Any, siti: User, heads: Any, browsing: Browsing
) -> None:
    rt, rw, kelurahan = heads
    neighbour = official("ketua_rt", f"{RT[:-1]}2", name="Pak Sebelah")
    browser, path = browsing(rt), "/siap-pak-rt/surat/berhalangan/"
    page = browser.get(path).content.decode()
    assert "Pak Sebelah" in page
    assert rw.name in page
    given = {"starts": today().isoformat(), "ends": today().isoformat(), "user": str(neighbour.pk)}
    assert browser.post(path, given | {"user": str(kelurahan.pk)}).status_code == 422
    assert browser.post(path, given).status_code == 302
    letter = decided(neighbour, asked(siti, town.mother))
    assert letter.state == "at_rw"
    told = browsing(siti).get(f"/siap-pak-rt/surat/{letter.pk}/").content.decode()
    assert "atas nama Ketua RT" in told
    ending = browser.get(path).context["deputies"][0].pk
    browser.post(path, {"akhiri": str(ending)})
    from pasti.kernel.errors import NotFound

    with pytest.raises(NotFound):
        decided(neighbour, asked(siti, town.mother))
    assert "setiap petugas" in browsing(kelurahan).get(path).content.decode()


def test_the_api_asks_lists_and_decides_once_per_key(town: Any, siti: User, heads: Any) -> None:
    client, path = Client(), "/api/v1/siap-pak-rt/letters"
    mine, rt, far = bearer(siti), bearer(heads[0]), bearer(official("ketua_rt", OTHER_RT))

    def post(to: str, body: Any, who: Any, key: str) -> Any:
        return client.post(to, body, content_type="application/json", headers=who["headers"] | {"Idempotency-Key": key})

    wrong = post(path, {"kind": "usaha", "fields": {"bentuk": "PT"}}, mine, "x")
    assert (wrong.status_code, wrong.json()["type"]) == (422, "/masalah/isian-tidak-sah")
    wish = {"kind": "domisili", "fields": {"keperluan": "Sekolah"}}
    made = post(path, wish, mine, "k1")
    assert (made.status_code, made.json()["state"]) == (201, "at_rt")
    assert post(path, wish, mine, "k1").json()["id"] == made.json()["id"]
    one = f"{path}/{made.json()['id']}"
    assert client.get(one, **far).status_code == 404
    assert client.get(path, **far).json()["items"] == []
    assert [row["id"] for row in client.get(f"{path}?waiting=true", **rt).json()["items"]] == [made.json()["id"]]
    assert client.get(f"{path}?waiting=true", **mine).json()["items"] == []
    assert post(f"{one}/decide", {"verdict": "approve", "seen_version": 1}, mine, "k2").status_code == 403
    stale = post(f"{one}/decide", {"verdict": "approve", "seen_version": 7}, rt, "k3")
    assert (stale.status_code, stale.json()["type"]) == (409, "/masalah/sudah-diputus")
    done = post(f"{one}/decide", {"verdict": "approve", "seen_version": 1}, rt, "k4")
    assert (done.status_code, done.json()["state"]) == (200, "issued")
    assert post(f"{one}/decide", {"verdict": "approve", "seen_version": 1}, rt, "k4").json() == done.json()
    assert client.get(path).status_code == 401
