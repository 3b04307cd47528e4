"""Wrong passwords and codes shut a door at one place for one account; what cannot be taken back asks again who it is."""

from __future__ import annotations

import datetime as dt
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyotp
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache
from django.db import connections, transaction
from django.test import Client

from pasti.identity.models import Door
from pasti.identity.queries.login import devices
from pasti.identity.services import access, lockout
from pasti.identity.services.levels import raise_level
from pasti.kernel.accounts.freshness import SIGNED_IN_AT
from pasti.kernel.accounts.models import User
from pasti.kernel.audit.queries import trail_of
from pasti.kernel.clock import now
from pasti.kernel.errors import Refused
from pasti.kernel.notify.models import Message
from tests.civil.conftest import town
from tests.portal.conftest import PASSWORD, as_user, officer_of, resident

__all__ = ["as_user", "officer_of", "resident", "town"]
HOME, OFFICE, FAR = "10.0.0.1", "10.0.0.2", "10.0.0.3"


def enter(login: str, password: str, address: str) -> Any:
    return Client(REMOTE_ADDR=address).post("/masuk/", {"login": login, "password": password})


def shut(login: str, address: str) -> None:
    for _try in range(lockout.SIGN_IN.free):
        assert enter(login, "salah sama sekali", address).status_code == 200


@pytest.mark.django_db
def test_a_stranger_shuts_the_door_only_where_the_stranger_is(resident: User) -> None:
    shut("nimah", FAR)
    held = enter("nimah", PASSWORD, FAR)
    assert held.status_code == 200, "even the right password waits"
    assert "1 menit lagi" in held.content.decode()
    assert enter("nimah", PASSWORD, HOME).status_code == 302


@pytest.mark.django_db
def test_in_an_office_with_one_address_others_go_on(resident: User, officer_of: Any) -> None:
    colleague = officer_of("kelurahan")
    shut("nimah", OFFICE)
    assert enter(colleague.username, PASSWORD, OFFICE).status_code == 302


@pytest.mark.django_db
def test_the_owner_is_told_once_and_finds_it_in_the_trail(resident: User) -> None:
    shut("NIMAH", FAR)
    assert Message.objects.get(user=resident).title == "Percobaan masuk ke akun Anda ditahan"
    assert trail_of(resident.person_id).filter(action="accounts.shut").count() == 1


@pytest.mark.django_db
def test_an_account_nobody_has_is_held_off_the_same(resident: User) -> None:
    shut("tidak-ada", FAR)
    assert "1 menit lagi" in enter("tidak-ada", PASSWORD, FAR).content.decode()


@pytest.mark.django_db
def test_each_further_mistake_doubles_the_wait_up_to_an_hour() -> None:
    waits = []
    for _round in range(12):
        if not lockout.enter(lockout.SIGN_IN, "a", FAR).wait and Door.objects.get().shut_until:
            waits.append(round((Door.objects.get().shut_until - now()).total_seconds() / 60))
        Door.objects.update(shut_until=now() - dt.timedelta(seconds=1))
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    lockout.passed(lockout.SIGN_IN, "a", FAR)
    assert lockout.enter(lockout.SIGN_IN, "a", FAR).wait == 0


@pytest.mark.django_db
def test_many_addresses_against_one_account_leave_its_owner_in() -> None:
    lockout.enter(lockout.SIGN_IN, "nimah", HOME)
    lockout.passed(lockout.SIGN_IN, "nimah", HOME)
    tries = [lockout.enter(lockout.SIGN_IN, "nimah", f"10.2.{n // 250}.{n % 250}").wait for n in range(120)]
    assert tries[: lockout.SIGN_IN.account_a_day] == [0] * lockout.SIGN_IN.account_a_day
    assert all(tries[lockout.SIGN_IN.account_a_day :])
    assert lockout.enter(lockout.SIGN_IN, "nimah", HOME).wait == 0


def test_tries_at_the_same_moment_are_counted_one_by_one(fresh_database: str) -> None:
    def one(_number: int) -> bool:
        try:
            return lockout.enter(lockout.SIGN_IN, "a", FAR).wait == 0
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(24))) == lockout.SIGN_IN.free


WIDE = str.maketrans("0123456789", "\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19")


@pytest.mark.django_db
def test_a_code_of_the_second_step_opens_one_session_only_however_it_is_written(resident: User) -> None:
    TOTP.activate(resident, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    code = pyotp.TOTP("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP").now()
    written = [code, code, f"{code[:3]} {code[3:]}", f"{code}-", f".{code}", f"{code[:1]}\t{code[1:]}"]
    answers = []
    for one in [*written, code.translate(WIDE)]:
        cache.clear()  # as in another process
        browser = Client()
        browser.post("/masuk/", {"login": "nimah", "password": PASSWORD})
        answers.append(browser.post("/akun/2fa/authenticate/", {"code": one}))
    assert [answer.status_code for answer in answers] == [302, *[200] * 6]
    assert ["sudah dipakai" in answer.content.decode() for answer in answers[1:-1]] == [True] * 5


def passkey(user: User, name: str) -> Authenticator:
    return Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data={"name": name})


def remove(browser: Client, key: Authenticator) -> Any:
    return browser.post(f"/akun/2fa/webauthn/keys/{key.pk}/remove/")


@pytest.mark.django_db
def test_the_last_way_into_an_account_stays(resident: User, as_user: Any) -> None:
    resident.set_password(None)
    resident.save()
    browser, first, second = as_user(resident), passkey(resident, "HP saya"), passkey(resident, "Laptop")
    assert remove(browser, first).status_code == 302
    kept = remove(browser, second)
    assert (kept.status_code, Authenticator.objects.get()) == (409, second)
    assert "satu-satunya jalan masuk" in kept.content.decode()
    told = browser.get(f"/akun/2fa/webauthn/keys/{second.pk}/remove/").content.decode()
    assert "satu-satunya jalan masuk" in told, "before pressing anything"
    resident.set_password(PASSWORD)
    resident.save()
    assert remove(as_user(resident), second).status_code == 302, "a password is another way"


@pytest.mark.django_db
def test_an_official_keeps_a_second_factor(officer_of: Any, as_user: Any) -> None:
    officer = officer_of("kelurahan")
    key, browser = passkey(officer, "Kunci"), as_user(officer)
    kept = remove(browser, key)
    assert (kept.status_code, "wajib punya langkah kedua" in kept.content.decode()) == (409, True)
    TOTP.activate(officer, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    assert remove(browser, key).status_code == 302
    browser.post("/akun/2fa/totp/deactivate/")
    assert Authenticator.objects.get(user=officer).type == Authenticator.Type.TOTP


def test_two_keys_removed_at_the_same_moment_leave_one(fresh_database: str) -> None:
    user = User.objects.create_user("siti", name="Siti")
    keys = [passkey(user, "HP"), passkey(user, "Laptop")]

    def one(key: Authenticator) -> None:
        try:
            with transaction.atomic():
                access.check_removable(key)
                time.sleep(0.1)
                key.delete()
        except Refused:
            pass
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(one, keys))
    assert Authenticator.objects.count() == 1


@pytest.mark.django_db
def test_a_device_is_ended_and_the_others_with_it(resident: User) -> None:
    phone, desktop = Client(HTTP_USER_AGENT="Mozilla/5.0 (Linux; Android 14) Chrome/120 Safari/537"), Client()
    for browser in (phone, desktop):
        browser.post("/masuk/", {"login": "nimah", "password": PASSWORD})
    rows = devices(resident, desktop.session.session_key)
    assert [(row.browser, row.system, row.here) for row in rows] == [("", "", True), ("Chrome", "Android", False)]
    assert b"Chrome di Android" in desktop.get("/id/perangkat/").content
    assert desktop.post(f"/id/perangkat/{rows[1].id}/").status_code == 302
    assert phone.get("/akun-saya/")["Location"].startswith("/masuk/")
    assert desktop.post(f"/id/perangkat/{rows[1].id}/").status_code == 404
    phone.post("/masuk/", {"login": "nimah", "password": PASSWORD})
    desktop.post("/id/perangkat/lain/")
    assert phone.get("/akun-saya/").status_code == 302
    assert desktop.get("/akun-saya/").status_code == 200


@pytest.mark.django_db
def test_nobody_ends_the_device_of_another(resident: User, officer_of: Any, as_user: Any) -> None:
    Client().post("/masuk/", {"login": "nimah", "password": PASSWORD})
    row = devices(resident, "")[0]
    assert as_user(officer_of("dukcapil")).post(f"/id/perangkat/{row.id}/").status_code == 404
    assert len(devices(resident, "")) == 1


@pytest.mark.django_db
def test_a_level_is_raised_once_and_recorded(resident: User) -> None:
    assert resident.level == 2
    raise_level(resident, 3, "meja kelurahan")
    first = resident.seen_at
    assert raise_level(resident, 3, "aktivasi kartu").seen_at == first
    assert (resident.level, trail_of(resident.person_id).filter(action="identity.level_raised").count()) == (3, 1)
    stranger = User.objects.create_user("tamu", name="Tamu")
    with pytest.raises(Refused, match="belum dicocokkan"):
        raise_level(stranger, 3, "meja")


@pytest.mark.django_db
def test_a_letter_needs_a_match_and_says_how_to_get_it(as_user: Any) -> None:
    guest = as_user(User.objects.create_user("tamu", name="Tamu"))
    sent = guest.get("/siap-pak-rt/surat/minta/domisili/")
    assert sent["Location"].startswith("/id/tingkat/?perlu=2")
    assert "Satu langkah lagi" in guest.get(sent["Location"]).content.decode()


@pytest.mark.django_db
def test_a_number_is_revealed_after_being_asked_again_and_the_reason_is_kept(
    town: Any, officer_of: Any, as_user: Any
) -> None:
    browser = as_user(officer_of("kelurahan"))
    session = browser.session
    session[SIGNED_IN_AT] = now().timestamp() - 3600
    session.save()
    path = f"/kependudukan/orang/{town.mother.pk}/nik/"
    asked = browser.post(path, {"reason": "Mencocokkan berkas nikah"})
    assert asked["Location"].startswith("/akun/reauthenticate/?next=")
    assert "9901014705889001" not in browser.get(asked["Location"]).content.decode()
    shown = browser.post(asked["Location"], {"password": PASSWORD, "next": path})
    assert "9901014705889001" in shown.content.decode()
    revealed = trail_of(town.mother.pk).get(action="civil.nik.revealed")
    assert revealed.object_label == "Mencocokkan berkas nikah"
    assert browser.post(path, {"reason": "Sekali lagi"}).status_code == 200, "fresh for a while"


@pytest.mark.django_db
def test_at_the_desk_whoever_had_the_account_is_out(resident: User, officer_of: Any, as_user: Any) -> None:
    User.objects.filter(pk=resident.pk).update(email="orang.lain@contoh.id")
    intruder = Client()
    intruder.post("/masuk/", {"login": "nimah", "password": PASSWORD})
    as_user(officer_of("kelurahan")).post(f"/meja-akun/{resident.person_id}/sandi/")
    assert intruder.get("/akun-saya/").status_code == 302
    resident.refresh_from_db()
    assert (resident.email, resident.level, devices(resident, "")) == ("", 3, [])
    assert access.account_named("orang.lain@contoh.id") is None
