"""The pages of the provider: what I allowed, and the register of applications."""

from __future__ import annotations

import pytest
from django.test import Client

from pasti.identity.models import Application, ClientSession, Consent
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.services import assign
from pasti.kernel.audit.models import Entry
from pasti.kernel.clock import now
from pasti.kernel.publish.registry import registry
from tests.identity.openid import Party, party
from tests.identity.test_provider import signed
from tests.portal.conftest import PASSWORD, asked_again, proven

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("keys")]
ENTERED = {
    "name": "Perpustakaan", "agency": "Dinas Perpustakaan", "contact": "pustaka@example.org", "purpose": "Meminjam buku",
    "legal_basis": "Perda 1/2020", "approved_claims": ["name", "nik"], "required_claims": ["name"],
    "redirect_uris": "https://pustaka.example/kembali", "idempotency_key": "sekali",
}  # fmt: skip


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create_user("ani", name="Ani")


@pytest.fixture
def registrar(db: None) -> Client:
    officer = User.objects.create_user("petugas", name="Petugas", kind="official")
    assign(officer, "dukcapil", unit_code="DISPENDUKCAPIL", unit_name="Dispendukcapil", area_code="99.01")
    return signed(officer)


@pytest.fixture
def app(db: None) -> Party:
    return party()


def test_my_page_shows_what_an_application_may_learn_and_takes_it_back(app: Party, user: User) -> None:
    browser = signed(user)
    tokens = app.exchange(app.code(browser, "nik")).json()
    page = browser.get("/id/aplikasi/").content.decode()
    assert "Aplikasi Uji" in page
    assert "Sedang masuk." in page
    consent = Consent.objects.get()
    assert (
        signed(User.objects.create_user("lain", name="Lain")).post(f"/id/aplikasi/{consent.pk}/putus/").status_code
        == 404
    )
    browser.post(f"/id/aplikasi/{consent.pk}/putus/")
    assert "Belum ada aplikasi lain" in browser.get("/id/aplikasi/").content.decode()
    assert app.userinfo(tokens["access_token"]).status_code == 401
    assert app.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert ClientSession.objects.get().ended_by == "revoked"
    assert app.visit(browser).status_code == 200  # asked anew


def test_my_page_asks_the_database_as_often_for_many_as_for_few(
    user: User, django_assert_max_num_queries: object
) -> None:
    for number in range(22):
        made = party(f"Aplikasi {number:02}").application
        Consent.objects.create(user=user, application=made, given=["name"], given_at=now(), changed_at=now())
    browser = signed(user)
    browser.get("/id/aplikasi/")
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        page = browser.get("/id/aplikasi/").content.decode()
    assert "Aplikasi 21" in page
    assert "Aplikasi 01" not in page
    assert 'rel="next"' in page


def test_claims_read_after_a_change_of_mind_follow_the_new_mind(app: Party, user: User) -> None:
    browser = signed(user)
    tokens = app.exchange(app.code(browser)).json()
    assert app.userinfo(tokens["access_token"]).json()["name"] == "Ani"
    Consent.objects.update(given=[])
    assert app.userinfo(tokens["access_token"]).json().keys() == {"sub"}


def test_an_application_is_registered_once_and_its_secret_is_shown_once(registrar: Client) -> None:
    page = registrar.post("/id/klien/baru/", ENTERED)
    assert "hanya tampil sekali" in page.content.decode()
    made = Application.objects.get()
    assert made.client_secret not in page.content.decode()
    assert "hanya tampil sekali" not in registrar.get(f"/id/klien/{made.pk}/").content.decode()
    assert registrar.post("/id/klien/baru/", ENTERED)["Location"] == f"/id/klien/{made.pk}/"
    assert Application.objects.count() == 1
    entry = Entry.objects.get(action="identity.client.registered")
    assert (entry.actor_name, entry.object_label) == ("Petugas", "Perpustakaan")
    assert "client_secret" not in entry.changes


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("redirect_uris", "http://pustaka.example/kembali"),
        ("redirect_uris", "https://*.example/"),
        ("redirect_uris", "https://pustaka.example/#x"),
        ("redirect_uris", "javascript:alert(1)"),
        ("redirect_uris", ""),
        ("backchannel_logout_uri", "file:///etc/passwd"),
        ("required_claims", ["address"]),
    ],
)
def test_a_registration_that_cannot_stand_is_refused_at_its_field(
    registrar: Client, field: str, value: str | list[str]
) -> None:
    answer = registrar.post("/id/klien/baru/", ENTERED | {field: value})
    assert answer.status_code == 422
    assert f"id_{field}" in answer.content.decode()
    assert not Application.objects.exists()


def test_a_new_secret_replaces_the_old_at_once(registrar: Client, app: Party, user: User) -> None:
    page = registrar.post(f"/id/klien/{app.application.pk}/rahasia/").content.decode()
    fresh = page.split('<code class="pasti-break">')[1].split("<")[0]
    code = app.code(signed(user))
    assert app.exchange(code).status_code == 401
    app.secret = fresh
    assert app.exchange(code).status_code == 200


def test_who_registers_applications_is_asked_again_before_a_secret_is_shown(app: Party) -> None:
    officer = User.objects.create_user("pencatat", PASSWORD, name="Petugas", kind="official")
    assign(officer, "dukcapil", unit_code="DISPENDUKCAPIL", unit_name="Dispendukcapil", area_code="99.01")
    browser, at = signed(officer), f"/id/klien/{app.application.pk}/"
    before = app.application.client_secret
    asked = asked_again(browser, f"{at}rahasia/", {})
    app.application.refresh_from_db()
    assert app.application.client_secret == before
    assert "hanya tampil sekali" in proven(browser, asked, f"{at}rahasia/").content.decode()

    asked = asked_again(browser, "/id/klien/baru/", ENTERED)
    assert Application.objects.count() == 1
    assert "hanya tampil sekali" in proven(browser, asked, "/id/klien/baru/").content.decode()
    assert Application.objects.get(name="Perpustakaan").redirect_uris == ENTERED["redirect_uris"]

    asked = asked_again(browser, f"{at}ubah/", ENTERED)
    assert proven(browser, asked, f"{at}ubah/")["Location"] == at
    asked_again(browser, f"{at}ubah/", ENTERED)
    assert browser.post(f"{at}matikan/")["Location"] == at, "stopping an application waits for nothing"


def test_a_registration_can_be_changed_stopped_and_let_go_on(registrar: Client, app: Party) -> None:
    at = f"/id/klien/{app.application.pk}/"
    assert registrar.post(f"{at}ubah/", ENTERED).status_code == 302
    app.application.refresh_from_db()
    assert app.application.name == "Perpustakaan"
    registrar.post(f"{at}matikan/")
    assert "dimatikan" in registrar.get(at).content.decode()
    registrar.post(f"{at}hidupkan/")
    app.application.refresh_from_db()
    assert app.application.disabled_at is None
    acts = Entry.objects.filter(object_type="oidc-client").values_list("action", flat=True)
    assert {"identity.client.changed", "identity.client.disabled", "identity.client.enabled"} <= set(acts)


def test_the_register_is_paged_and_asks_the_database_as_often_for_many_as_for_few(
    registrar: Client, django_assert_max_num_queries: object
) -> None:
    for number in range(22):
        party(f"Aplikasi {number:02}")
    registrar.get("/id/klien/")
    with django_assert_max_num_queries(9):  # type: ignore[operator]
        page = registrar.get("/id/klien/").content.decode()
    assert "Aplikasi 19" in page
    assert "Aplikasi 20" not in page
    more = page.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
    assert "Aplikasi 21" in registrar.get(f"/id/klien/{more}").content.decode()
    assert registrar.get("/id/klien/?setelah=x").status_code == 404


def test_only_those_who_keep_the_register_see_it(user: User, app: Party) -> None:
    assert signed(user).get("/id/klien/").status_code == 403
    assert signed(user).post(f"/id/klien/{app.application.pk}/rahasia/").status_code == 403


def test_sign_ins_and_applications_are_measured(app: Party, user: User) -> None:
    from django.db import connection

    browser = signed(user)
    for _time in range(2):
        app.exchange(app.code(browser))
    window = {"start": "2000-01-01", "end": "2100-01-01", "area": "99.01", "as_of": now()}
    with connection.cursor() as cursor:
        for code, value in (("identity.sign_ins", 2), ("identity.connected_applications", 1)):
            measure = registry().measures[code]
            cursor.execute(measure.sql, window)
            assert cursor.fetchone()[2] == value
            cursor.execute(measure.records_sql, window)
            assert len(cursor.fetchall()) == 2
            cursor.execute(measure.sample_sql, window)
            assert cursor.fetchall()
