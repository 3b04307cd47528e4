"""A resident makes the own account: matched to the register, without a stranger learning anything."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.test import Client

from pasti.identity.jobs.login import send_code
from pasti.identity.models import SignUp
from pasti.identity.queries import provider_claims
from pasti.identity.rules.login import code_for
from pasti.identity.services import access, lockout, sign_up
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import Scope, scoped
from pasti.kernel.audit.queries import trail_of
from pasti.kernel.notify.models import Message, Recorded
from tests.civil.conftest import town

__all__ = ["town"]
pytestmark = pytest.mark.django_db
RIGHT = {"nik": "9901014705889001", "kk": "9901010101109001", "birth_date": "1988-05-07", "contact": "0812 3456 7890"}
PASSWORD = "sapi merah makan rumput"


def the_row(town: Any) -> SignUp:
    with scoped(Scope((), (town.mother.pk,), "uji")):
        return SignUp.objects.latest("created_at")


def deliver(town: Any) -> None:
    """Carry what waits in the queue to its address."""
    row = the_row(town)
    send_code.func(sign_up=str(row.pk), person=str(row.person_id), sent=row.sent)


def sent(town: Any) -> str:
    """Carry what waits in the queue to its address; returns the text that arrived."""
    deliver(town)
    return Recorded.objects.latest("pk").text


def code_of(town: Any) -> str:
    row = the_row(town)
    return code_for(settings.SECRET_KEY.encode(), row.pk, row.sent)


def start(client: Client, **other: str) -> Any:
    return client.post("/id/daftar/", RIGHT | other)


def test_from_the_cards_to_an_account_that_is_signed_in(client: Client, town: Any) -> None:
    assert start(client)["Location"] == "/id/daftar/kode/"
    assert b"+62\xe2\x80\xa6890" in client.get("/id/daftar/kode/").content, "the number is shown masked"
    code = code_of(town)
    assert code in sent(town)
    assert (Recorded.objects.get().channel, Recorded.objects.get().address) == ("sms", "+6281234567890")
    assert client.get("/id/daftar/kunci/")["Location"] == "/id/daftar/", "not before the code"
    assert client.post("/id/daftar/kode/", {"code": code})["Location"] == "/id/daftar/kunci/"
    short = client.post("/id/daftar/kunci/", {"password": "pendek", "again": "pendek"})
    assert (short.status_code, User.objects.filter(person_id=town.mother.pk).exists()) == (422, False)
    done = client.post("/id/daftar/kunci/", {"password": PASSWORD, "again": PASSWORD})
    assert done["Location"] == "/akun-saya/"
    made = User.objects.get(person_id=town.mother.pk)
    assert (made.username, made.phone, made.level) == (RIGHT["nik"], "+6281234567890", 2)
    assert b"Ni&#x27;mah" in client.get("/akun-saya/").content
    assert the_row(town).address == "", "the number is kept with the account, not twice"
    assert {"civil.matched", "accounts.signed_up"} <= set(trail_of(town.mother.pk).values_list("action", flat=True))
    again = Client()
    assert again.post("/masuk/", {"login": RIGHT["nik"], "password": PASSWORD}).status_code == 302


@pytest.mark.parametrize(
    "wrong",
    [
        {"nik": "9901010203859002"},
        {"nik": "9901014705889999"},
        {"kk": "9901010101109002"},
        {"birth_date": "1988-05-08"},
    ],
    ids=["another's NIK", "nobody's NIK", "card", "day"],
)
def test_which_of_the_three_is_wrong_is_not_told(client: Client, town: Any, wrong: dict[str, str]) -> None:
    answer = start(client, **wrong)
    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors() == [
        "Data tidak cocok. Periksa lagi NIK, nomor KK, dan tanggal lahir Anda."
    ]
    assert not answer.context["form"]["nik"].errors


def test_the_owner_of_a_nik_sees_who_tried_it(client: Client, town: Any) -> None:
    start(client, birth_date="1988-05-08")
    tried = trail_of(town.mother.pk).get(action="civil.mismatched")
    assert (tried.actor_role, tried.purpose) == ("anonim", "identity.sign_up")


def test_a_child_is_refused_like_a_stranger(client: Client, town: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pasti.identity.rules.login.GROWN_UP", 90)
    assert start(client).context["form"].non_field_errors()[0].startswith("Data tidak cocok")


def test_who_has_an_account_is_told_and_a_stranger_learns_nothing(client: Client, town: Any) -> None:
    owner = User.objects.create_user("nimah", PASSWORD, name="Siti", person_id=town.mother.pk, phone="+6281111111111")
    stranger = start(client)
    assert stranger["Location"] == "/id/daftar/kode/", "as for anybody"
    assert client.post("/id/daftar/kode/lagi/").status_code == 302, "as for anybody"
    deliver(town)
    assert not Recorded.objects.filter(address="+6281234567890").exists(), "a stranger's address gets nothing"
    for _try in range(2):
        wrong = client.post("/id/daftar/kode/", {"code": code_of(town)})
        assert wrong.context["form"].errors["code"] == ["Kode salah. Periksa lagi enam angkanya."]
    told = Message.objects.get(user=owner)
    assert told.title == "Seseorang hendak membuat akun dengan data Anda"
    assert User.objects.count() == 1


def test_guesses_for_one_nik_from_one_address_are_held_off(client: Client, town: Any) -> None:
    for _guess in range(5):
        assert start(client, birth_date="1988-05-08").status_code == 422
    held = start(client)
    assert held.status_code == 429, "even the right answer waits"
    assert "menit lagi" in held.context["form"].non_field_errors()[0]
    assert start(Client(REMOTE_ADDR="10.9.9.9"))["Location"] == "/id/daftar/kode/", "from elsewhere it is open"


def test_one_address_cannot_try_many_people(town: Any) -> None:
    tries = [lockout.enter(lockout.SIGN_UP, f"nik {number}", "10.1.1.1").wait for number in range(40)]
    assert tries[: lockout.SIGN_UP.address_an_hour] == [0] * lockout.SIGN_UP.address_an_hour
    assert all(tries[lockout.SIGN_UP.address_an_hour :])


def test_a_code_is_guessed_five_times_at_most_and_a_new_one_replaces_it(client: Client, town: Any) -> None:
    start(client)
    first = code_of(town)
    assert client.post("/id/daftar/kode/lagi/").status_code == 302
    assert first != code_of(town)
    assert client.post("/id/daftar/kode/", {"code": first}).status_code == 422
    for _guess in range(4):
        client.post("/id/daftar/kode/", {"code": "000000"})
    assert client.post("/id/daftar/kode/", {"code": code_of(town)}).status_code == 422
    assert client.get("/id/daftar/kunci/")["Location"] == "/id/daftar/"


def test_finishing_twice_makes_one_account(client: Client, town: Any) -> None:
    begun = sign_up.begin(RIGHT["nik"], RIGHT["kk"], town.mother.birth_date, RIGHT["contact"], address="10.1.1.1")
    sign_up.confirm(begun, code_of(town))
    assert sign_up.finish(begun, password=PASSWORD) == sign_up.finish(begun, password="lain sama sekali")
    assert User.objects.get(pk=begun.sign_up).check_password(PASSWORD)


def test_an_address_proved_by_its_code_is_verified_until_another_account_has_it_too(town: Any) -> None:
    def joined(nik: str, person: Any) -> User:
        begun = sign_up.begin(nik, RIGHT["kk"], person.birth_date, "Rumah@Contoh.id", address="10.1.1.1")
        with scoped(Scope((), (person.pk,), "uji")):
            row = SignUp.objects.get(pk=begun.sign_up)
        sign_up.confirm(begun, code_for(settings.SECRET_KEY.encode(), row.pk, row.sent))
        return sign_up.finish(begun, password=PASSWORD)

    mother = joined(RIGHT["nik"], town.mother)
    assert provider_claims._of_account(mother, ["email"]) == {"email": "rumah@contoh.id", "email_verified": True}
    assert Client().post("/masuk/", {"login": "rumah@contoh.id", "password": PASSWORD}).status_code == 302
    father = joined("9901010203859001", town.father)
    for one in (mother, father):
        assert provider_claims._of_account(one, ["email"])["email_verified"] is False, "it names nobody alone"


def test_an_address_is_forgotten_with_its_proof_at_the_desk(town: Any) -> None:
    user = User.objects.create_user("nimah", PASSWORD, name="Siti", person_id=town.mother.pk, email="a@contoh.id")
    EmailAddress.objects.create(user=user, email="a@contoh.id", verified=True, primary=True)
    access.reset(user)
    assert not EmailAddress.objects.exists()
