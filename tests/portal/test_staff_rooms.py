"""Each room opens for its roles only; officials need a second factor."""

from __future__ import annotations

import datetime as dt
import re
import time
from typing import Any

import pyotp
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache
from django.test import Client

from pasti.civil.rules import nik
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.services import assign, take_away
from pasti.kernel.audit.models import Entry
from pasti.kernel.audit.services import record_read
from pasti.kernel.clock import today
from pasti.kernel.errors import NotFound
from pasti.kernel.notify.models import Message
from pasti.portal import services
from tests.portal.conftest import PASSWORD, asked_again, proven

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
ROOMS = {
    "/meja-akun/": {"kelurahan", "dukcapil"},
    "/audit/": {"auditor"},
    "/operasi/": {"admin", "auditor"},
}
ROLES = ("ketua_rt", "kelurahan", "dukcapil", "loket", "perawat", "bappeda", "auditor", "admin")


@pytest.fixture(autouse=True)
def _no_remembered_attempts() -> None:
    cache.clear()


def guarded(user: User) -> User:
    """The user with a second factor set up."""
    TOTP.activate(user, SECRET)
    return user


@pytest.mark.parametrize("role", ROLES)
def test_rooms_open_for_their_roles_only(officer_of: Any, as_user: Any, role: str) -> None:
    browser = as_user(guarded(officer_of(role)))
    opened = {path for path in ROOMS if browser.get(path).status_code == 200}
    assert opened == {path for path, roles in ROOMS.items() if role in roles}
    assert {browser.get(path).status_code for path in ROOMS.keys() - opened} <= {403}
    assert browser.get("/staf/").status_code == 200


@pytest.mark.parametrize("path", ROOMS)
def test_rooms_are_closed_to_residents_and_strangers(client: Client, resident: User, as_user: Any, path: str) -> None:
    assert client.get(path)["Location"].startswith("/masuk/?next=")
    assert as_user(resident).get(path).status_code == 403


@pytest.mark.second_factor
@pytest.mark.parametrize("role", ROLES)
def test_officials_without_a_second_factor_are_sent_to_set_it_up(officer_of: Any, as_user: Any, role: str) -> None:
    officer = officer_of(role)
    assert as_user(officer).get("/staf/")["Location"] == "/akun/2fa/?perlu=1"
    assert as_user(guarded(officer)).get("/staf/").status_code == 200


@pytest.mark.second_factor
def test_a_resident_may_do_without(resident: User, as_user: Any) -> None:
    assert as_user(resident).get("/akun-saya/").status_code == 200


@pytest.mark.second_factor
def test_an_official_cannot_take_the_only_second_factor_off(officer_of: Any, as_user: Any) -> None:
    officer = guarded(officer_of("kelurahan"))
    browser = as_user(officer)
    browser.post("/akun/2fa/totp/deactivate/")
    assert browser.get("/staf/").status_code == 200
    assert Authenticator.objects.filter(user=officer).exists()


def test_a_password_alone_does_not_let_an_auditor_in(client: Client, officer_of: Any) -> None:
    auditor = guarded(officer_of("auditor"))
    first = client.post("/masuk/", {"login": auditor.username, "password": PASSWORD, "next": "/audit/"})
    assert first["Location"].startswith("/akun/2fa/authenticate/")
    assert client.get("/audit/").status_code == 302
    assert client.post(first["Location"], {"code": "000000"}).status_code == 200
    assert client.get("/audit/").status_code == 302
    code = pyotp.TOTP(SECRET).at(int(time.time()))
    assert client.post(first["Location"], {"code": code})["Location"] == "/audit/"
    assert client.get("/audit/").status_code == 200


def test_the_auditor_finds_entries_and_proves_the_chain(officer_of: Any, as_user: Any) -> None:
    for number in range(60):
        record_read(None, f"uji.{number:02}", purpose="civil.pelayanan", fields=())
    browser = as_user(guarded(officer_of("auditor")))
    page = browser.get("/audit/", {"action": "uji."})
    assert b"uji.59" in page.content
    assert b"uji.05" not in page.content
    assert b"uji.05" in browser.get(f"/audit/{page.context['next_url']}").content
    assert b"uji.59" not in browser.get("/audit/", {"action": "uji.0"}).content
    proof = browser.post("/audit/").context["check"]
    assert (proof.intact, proof.seals >= 1) == (True, True)


def test_the_desk_makes_an_account_for_a_resident_of_its_area_only(officer_of: Any, as_user: Any, town: Any) -> None:
    browser = as_user(officer_of("kelurahan"))
    assert b"Budi Jauh" not in browser.get("/meja-akun/", {"q": "budi"}).content
    assert browser.post(f"/meja-akun/{town.stranger.pk}/").status_code == 404
    slip = browser.post(f"/meja-akun/{town.father.pk}/")
    made = User.objects.get(person_id=town.father.pk)
    assert made.check_password(slip.context["password"])
    assert "no-store" in slip["Cache-Control"]
    again = browser.post(f"/meja-akun/{town.father.pk}/")
    assert (again.status_code, User.objects.filter(person_id=town.father.pk).count()) == (409, 1)
    assert made.check_password(slip.context["password"]), "a second press does not change the slip in hand"


def test_a_lost_password_is_renewed_at_the_desk_and_open_sessions_end(resident, as_user, officer_of) -> None:
    at_home, officer = as_user(resident), as_user(officer_of("kelurahan"))
    assert at_home.get("/akun-saya/").status_code == 200
    slip = officer.post(f"/meja-akun/{resident.person_id}/sandi/")
    password = re.search(r"<code>((?:[a-z0-9]{4}-){3}[a-z0-9]{4})</code>", slip.content.decode())
    assert password
    assert (slip["Cache-Control"], at_home.get("/akun-saya/").status_code) == ("no-store", 302)
    entered = Client().post("/masuk/", {"login": "nimah", "password": password[1]})
    assert entered.status_code == 302
    assert Message.objects.get(user=resident).title == "Kata sandi Anda diganti di meja pelayanan"
    assert Entry.objects.get(action="accounts.password_renewed").subject_id == resident.person_id


def test_the_desk_of_another_kelurahan_renews_nobodys_password(resident, as_user, officer_of) -> None:
    stranger = as_user(officer_of("kelurahan", "99.01.01.1002"))
    assert stranger.post(f"/meja-akun/{resident.person_id}/sandi/").status_code == 404
    assert resident.check_password(PASSWORD)


def test_the_desk_asks_again_who_sits_there_before_it_hands_out_a_password(resident, town, as_user, officer_of) -> None:
    desk, path = as_user(officer_of("kelurahan")), f"/meja-akun/{town.father.pk}/"
    asked = asked_again(desk, path, {})
    assert not User.objects.filter(person_id=town.father.pk).exists()
    slip = proven(desk, asked, path)
    assert User.objects.get(person_id=town.father.pk).check_password(slip.context["password"])
    renewing = f"/meja-akun/{resident.person_id}/sandi/"
    asked = asked_again(desk, renewing, {})
    resident.refresh_from_db()
    assert resident.check_password(PASSWORD)
    slip = proven(desk, asked, renewing)
    resident.refresh_from_db()
    assert resident.check_password(slip.context["password"])
    assert "no-store" in slip["Cache-Control"]


def test_the_desk_shows_no_whole_nik(town, as_user, officer_of) -> None:
    page = as_user(officer_of("kelurahan")).get("/meja-akun/", {"q": "ni'mah"}).content.decode()
    assert (town.mother.nik in page, nik.masked(town.mother.nik) in page) == (False, True)


@pytest.mark.parametrize("begins", [0, 5], ids=["now", "soon"])
def test_an_account_that_holds_an_office_is_not_renewed_at_the_desk(resident, as_user, officer_of, begins) -> None:
    day = today() + dt.timedelta(days=begins)
    assign(resident, "ketua_rt", unit_code="99.01.01.1001.01.001", unit_name="RT 1", starts=day, ends=day, deputy=True)
    guarded(resident)
    desk = as_user(officer_of("kelurahan"))
    assert "tidak diganti di meja ini" in desk.get("/meja-akun/", {"q": "ni'mah"}).content.decode()
    answer = desk.post(f"/meja-akun/{resident.person_id}/sandi/")
    assert (answer.status_code, "administrator PASTI" in answer.content.decode()) == (409, True)
    resident.refresh_from_db()
    assert (resident.check_password(PASSWORD), Authenticator.objects.filter(user=resident).exists()) == (True, True)
    assert not Entry.objects.filter(action="accounts.password_renewed").exists()
    take_away(resident.assignments.get().pk)
    assert desk.post(f"/meja-akun/{resident.person_id}/sandi/").status_code == 200, (
        "who held an office once is a resident"
    )


def test_officers_do_not_renew_their_own_password_at_the_desk(town, as_user, officer_of) -> None:
    officer = officer_of("kelurahan")
    User.objects.filter(pk=officer.pk).update(person_id=town.father.pk)
    answer = as_user(officer).post(f"/meja-akun/{town.father.pk}/sandi/")
    assert (answer.status_code, "akun Anda sendiri" in answer.content.decode()) == (409, True)


def test_who_runs_the_platform_renews_the_password_of_an_official(officer_of, as_user) -> None:
    auditor = guarded(officer_of("auditor"))
    at_work = as_user(auditor)
    password = services.renew_official_password(auditor.username)
    auditor.refresh_from_db()
    assert (auditor.check_password(password), Authenticator.objects.filter(user=auditor).exists()) == (True, False)
    assert at_work.get("/audit/").status_code == 302
    assert Message.objects.get(user=auditor).title == "Kata sandi Anda diganti administrator PASTI"
    with pytest.raises(NotFound):
        services.renew_official_password("tidak-ada")
