"""What a stranger and a resident see at the front door, without JavaScript."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import resolve, reverse

from pasti.kernel.accounts.models import User
from pasti.kernel.audit.models import Entry
from pasti.kernel.audit.services import record_read
from pasti.kernel.context import Actor, acting_as
from pasti.kernel.notify.models import Message
from pasti.kernel.notify.services import send
from pasti.kernel.publish.registry import registry
from pasti.portal import queries
from tests.portal.conftest import PASSWORD

pytestmark = pytest.mark.django_db
PUBLIC = ("/", "/layanan/", "/masuk/daftar/", "/bantuan/", "/privasi/", "/aksesibilitas/", "/luring/")
OWN = ("/kotak-masuk/", "/jejak-akses/", "/akun-saya/", "/staf/", "/berkas/")


@pytest.fixture(autouse=True)
def _no_remembered_attempts() -> None:
    cache.clear()


@pytest.fixture
def noticed(db: None) -> None:
    """What everybody should see was asked for some seconds ago, as on a home that is visited."""
    queries.notices()


@pytest.mark.usefixtures("noticed")
@pytest.mark.parametrize("path", PUBLIC)
def test_public_pages_ask_the_database_nothing_and_may_be_cached(
    client: Client, django_assert_num_queries: Any, path: str
) -> None:
    with django_assert_num_queries(0):
        answer = client.get(path)
    assert answer.status_code == 200
    assert "public" in answer["Cache-Control"]
    assert "Cookie" in answer["Vary"]
    assert not answer.cookies, "a cached page must not hand one visitor's cookie to another"


@pytest.mark.usefixtures("noticed")
def test_home_of_a_resident_is_never_shared_and_asks_little(
    resident: User, as_user: Any, django_assert_max_num_queries: Any
) -> None:
    browser = as_user(resident)
    with django_assert_max_num_queries(6):
        answer = browser.get("/")
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert "public" not in answer["Cache-Control"]


@pytest.mark.parametrize(
    "path", [*OWN, "/id/", "/akun/2fa/", "/akun/password/change/", "/siap-pak-rt/surat/", "/tidak-ada/"]
)
def test_nothing_a_signed_in_browser_gets_is_kept_by_it(resident: User, as_user: Any, path: str) -> None:
    answer = as_user(resident).get(path)
    assert "no-store" in answer["Cache-Control"]
    assert "private" in answer["Cache-Control"]


def test_signing_in_is_not_kept_either_and_what_is_for_everybody_still_is(resident: User, as_user: Any) -> None:
    entered = Client().post("/masuk/", {"login": "nimah", "password": PASSWORD})
    assert entered.status_code == 302
    assert "no-store" in entered["Cache-Control"]
    browser = as_user(resident)
    assert "max-age" in browser.get("/.well-known/openid-configuration")["Cache-Control"]
    assert browser.get("/sw.js")["Cache-Control"] == "no-cache"
    assert browser.get("/id/status/1")["Cache-Control"] == "public, no-cache"


def test_every_service_has_a_page_that_leads_to_its_start(client: Client) -> None:
    for code, service in registry().services.items():
        answer = client.get(f"/layanan/{code}/")
        assert answer.status_code == 200
        assert f'href="{service.entry_url}"'.encode() in answer.content, code
        assert resolve(service.entry_url.partition("?")[0]), f"{service.entry_url} leads nowhere"
    assert client.get("/layanan/tidak-ada/").status_code == 404


def test_the_catalogue_is_filtered(client: Client) -> None:
    page = client.get("/layanan/?peristiwa=data-pribadi").content
    assert b"/layanan/jejak-akses/" in page
    assert b"/layanan/wilayah/" not in page


def test_a_search_without_result_shows_a_way_on(client: Client) -> None:
    assert b"/layanan/jejak-akses/" in client.get("/cari/", {"q": "siapa melihat data"}).content
    assert b"/layanan/?peristiwa=" in client.get("/cari/", {"q": "xyzzyqwv"}).content
    assert client.get("/cari/", {"q": "<script>alert(1)</script>"}).status_code == 200
    assert client.get("/cari/", {"q": "anak\x00"}).status_code == 400
    found = client.get("/api/v1/portal/search", {"q": "jejak"}).json()
    assert found["items"][0]["url"] == "/layanan/jejak-akses/"
    assert found["next"] is None


@pytest.mark.parametrize("path", OWN)
def test_own_pages_ask_for_sign_in_and_come_back(client: Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer["Location"]) == (302, f"/masuk/?next={path.replace('/', '%2F')}")


def test_signing_in_returns_to_where_one_was_going(client: Client, resident: User) -> None:
    answer = client.post("/masuk/", {"login": "nimah", "password": PASSWORD, "next": "/jejak-akses/"})
    assert (answer.status_code, answer["Location"]) == (302, "/jejak-akses/")
    away = Client().post("/masuk/", {"login": "nimah", "password": PASSWORD, "next": "https://jahat.example/"})
    assert away["Location"] == "/"


def test_a_wrong_password_keeps_the_name_and_tells_nothing(client: Client, resident: User) -> None:
    known = client.post("/masuk/", {"login": "nimah", "password": "salah sama sekali"})
    unknown = client.post("/masuk/", {"login": "tidakada", "password": "salah sama sekali"})
    assert b'value="nimah"' in known.content
    assert known.context["form"].errors == unknown.context["form"].errors


def test_nobody_makes_an_account_alone(client: Client) -> None:
    assert b"kelurahan" in client.get("/masuk/daftar/").content
    client.post("/akun/signup/", {"username": "x", "password1": PASSWORD, "password2": PASSWORD})
    assert not User.objects.exists()


def test_signing_out_needs_the_form(resident: User, as_user: Any) -> None:
    browser = as_user(resident)
    browser.get("/keluar/")
    assert browser.get("/akun-saya/").status_code == 200
    browser.post("/keluar/")
    assert browser.get("/akun-saya/").status_code == 302


def test_the_language_can_be_changed(client: Client) -> None:
    assert "Jejak Akses" in client.get("/layanan/").content.decode()
    chosen = client.get(reverse("ui:language"), {"ke": "en", "kembali": "/layanan/"})
    assert chosen["Location"] == "/layanan/"
    page = client.get("/layanan/")
    assert (page["Content-Language"], "Access trail" in page.content.decode()) == ("en", True)


def test_jejak_akses_shows_exactly_the_looks_that_were_taken(
    resident: User, as_user: Any, officer_of: Any, town: Any
) -> None:
    officer = officer_of("kelurahan")
    before = Entry.objects.filter(subject_id=resident.person_id).count()
    assert as_user(officer).get("/meja-akun/", {"q": "ni'mah"}).status_code == 200
    looks = Entry.objects.filter(subject_id=resident.person_id, actor_id=officer.pk)
    assert looks.count() == 1
    assert Entry.objects.filter(subject_id=resident.person_id).count() == before + 1
    assert not Entry.objects.filter(subject_id=town.stranger.pk, actor_id=officer.pk).exists()
    page = as_user(resident).get("/jejak-akses/", {"oleh": "lain"}).content.decode()
    assert "Petugas kelurahan" in page
    assert "melihat nama Anda dalam daftar penduduk" in page
    assert "UU 25/2009" in page, "the purpose comes with its legal basis"


def test_the_trail_of_others_is_not_mine(resident: User, as_user: Any, town: Any) -> None:
    with acting_as(Actor(None, "Pengintip", "dukcapil", "Kota")):
        record_read(town.stranger.pk, "civil.person.read", purpose="civil.pelayanan", fields=("nik",))
    assert b"Pengintip" not in as_user(resident).get("/jejak-akses/").content


def test_the_inbox_is_read_message_by_message_and_pages(
    resident: User, as_user: Any, officer_of: Any, django_assert_max_num_queries: Any
) -> None:
    for number in range(25):
        send(
            resident.pk, kind="uji", title=f"Pesan {number:02}", body="isi", url="/layanan/", dedupe_key=f"uji:{number}"
        )
    browser = as_user(resident)
    with django_assert_max_num_queries(6):
        page = browser.get("/kotak-masuk/")
    assert b"Pesan 24" in page.content
    assert b"Pesan 04" not in page.content
    assert b"Pesan 04" in browser.get(f"/kotak-masuk/{page.context['next_url']}").content
    one = Message.objects.get(title="Pesan 24")
    assert as_user(officer_of("kelurahan")).post(f"/kotak-masuk/{one.pk}/").status_code == 404
    assert browser.post(f"/kotak-masuk/{one.pk}/")["Location"] == "/layanan/"
    assert Message.objects.filter(read_at=None).count() == 24
    browser.post("/kotak-masuk/baca/")
    assert not Message.objects.filter(read_at=None).exists()
