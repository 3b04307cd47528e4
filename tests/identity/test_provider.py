"""Signing in to another application with a PASTI account: what is given, to whom, and what is refused."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import AccessToken, RefreshToken

from pasti import citypack
from pasti.civil import services as register
from pasti.civil.models import Person
from pasti.identity.models import ClientSession, Consent, SignIn
from pasti.identity.services import provider_clients as clients
from pasti.identity.services import provider_keys
from pasti.identity.services import provider_sessions as sessions
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import everyone, scoped
from pasti.kernel.audit.models import Entry
from tests.identity.openid import BACK, Party, party, returned

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("keys")]
PACK = Path(__file__).parents[1] / "citypack" / "packs" / "kota-rekaan"
NIK = "9901011203880001"


@pytest.fixture
def person() -> User:
    citypack.load(PACK)
    with scoped(everyone("99.01", "civil.pelayanan")):
        made = register.register_person(
            register.NewPerson(
                name="Budi Rekaan", sex=1, birth_place="Rekaan", birth_date=dt.date(1988, 3, 12),
                rt_code="99.01.01.1001.001.001", religion=1, nik=NIK,
            ),
            purpose="civil.pelayanan",
        )  # fmt: skip
    return User.objects.create_user("budi", name="Budi", person_id=made.pk, email="budi@example.org")


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create_user("ani", name="Ani")


@pytest.fixture
def browser(user: User) -> Client:
    return signed(user)


@pytest.fixture
def app(db: None) -> Party:
    return party()


def signed(user: User) -> Client:
    """A browser that has just signed in with a password."""
    browser = Client()
    browser.force_login(user)
    session = browser.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return browser


def test_the_metadata_offers_code_with_s256_and_nothing_weaker() -> None:
    said = Client().get("/.well-known/openid-configuration").json()
    assert said["response_types_supported"] == ["code"]
    assert said["code_challenge_methods_supported"] == ["S256"]
    assert said["subject_types_supported"] == ["pairwise"]
    assert not {"implicit", "password", "urn:ietf:params:oauth:grant-type:device_code"} & set(
        said["grant_types_supported"]
    )
    assert said["backchannel_logout_session_supported"] is True
    key = Client().get(said["jwks_uri"].removeprefix(said["issuer"])).json()["keys"][0]
    assert "d" not in key
    assert key["alg"] == "RS256"


def test_a_resident_signs_in_and_the_application_gets_what_was_allowed_no_more(app: Party, person: User) -> None:
    browser = signed(person)
    page = app.visit(browser)
    words = page.content.decode()
    assert "Masuk ke Aplikasi Uji" in words
    assert "Dinas Uji" in words
    assert "form-action 'self' https://app.example;" in page["Content-Security-Policy"]
    back = returned(app.allow(browser, "nik", "address"))  # an address was neither asked for nor approved
    assert back["iss"] == "http://localhost:8000" or back["iss"].startswith("http")
    assert back["state"] == "s"
    tokens = app.exchange(back["code"]).json()
    assert tokens["expires_in"] == 600
    claims = app.id_token(tokens["id_token"])
    assert (claims["aud"], claims["nonce"], claims["amr"], claims["acr"]) == (
        app.application.client_id, "n", ["pwd"], "urn:pasti:loa:2",
    )  # fmt: skip
    assert time.time() - 60 < claims["auth_time"] <= time.time()
    assert not {"name", "nik", "email"} & claims.keys()
    told = app.userinfo(tokens["access_token"]).json()
    assert told == {"sub": claims["sub"], "name": "Budi Rekaan", "nik": NIK}
    assert str(person.pk) not in claims["sub"]


def test_the_resident_sees_in_jejak_akses_what_the_application_received(app: Party, person: User) -> None:
    browser = signed(person)
    tokens = app.exchange(app.code(browser, "nik")).json()
    app.userinfo(tokens["access_token"])
    entry = Entry.objects.get(subject_id=person.person_id, action="identity.claims.given")
    assert (entry.actor_name, entry.actor_unit, entry.fields) == ("Aplikasi Uji", "Dinas Uji", ["name", "nik"])
    trail = browser.get("/jejak-akses/").content.decode()
    assert "Aplikasi Uji" in trail
    assert "menerima data Anda saat Anda masuk: nama, NIK" in trail


def test_a_refused_claim_stays_refused_and_is_not_asked_again(app: Party, person: User) -> None:
    browser = signed(person)
    app.code(browser)  # only the required name
    again = app.visit(browser)
    tokens = app.exchange(returned(again)["code"]).json()
    assert app.userinfo(tokens["access_token"]).json().keys() == {"sub", "name"}
    consent = Consent.objects.get()
    assert (consent.given, consent.refused) == (["name"], ["gender", "birthdate", "nik"])


def test_with_a_new_required_claim_the_person_is_asked_again(app: Party, browser: Client) -> None:
    app.code(browser)
    app.application.required_claims = ["name", "nik"]
    app.application.save()
    assert app.visit(browser).status_code == 200


def test_declining_goes_back_without_a_code(app: Party, browser: Client) -> None:
    query = "&".join(f"{name}={value}" for name, value in app.asks().items())
    back = returned(browser.post(f"/o/authorize?{query}", {"putusan": "tolak"}))
    assert (back["error"], back["state"]) == ("access_denied", "s")
    assert "iss" in back


def test_a_client_learns_nothing_it_was_not_approved_for(app: Party, browser: Client) -> None:
    assert returned(app.visit(browser, scope="openid address"))["error"] == "invalid_scope"


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code_challenge": "", "code_challenge_method": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": ""}, "invalid_request"),
        ({"response_type": "token"}, "unauthorized_client"),
        ({"response_type": "id_token"}, "unauthorized_client"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"max_age": "lama"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"request": "e30.e30.x"}, "request_not_supported"),
        ({"request_uri": "https://app.example/r", "scope": "", "code_challenge": ""}, "request_uri_not_supported"),
    ],
)
def test_a_weak_or_wrong_request_goes_back_with_its_error(
    app: Party, browser: Client, changed: dict[str, str], error: str
) -> None:
    answer = app.visit(browser, **changed)
    assert answer.status_code == 302
    assert f"error={error}" in answer["Location"]
    assert answer["Location"].startswith(BACK)


@pytest.mark.parametrize(
    "changed",
    [
        {"redirect_uri": "https://penipu.example/"}, {"client_id": "tidak-ada"}, {"redirect_uri": f"{BACK}/x"},
        {"redirect_uri": ""}, {"redirect_uri": "", "request": "e30.e30.x"},
    ],
)  # fmt: skip
def test_a_foreign_address_or_client_is_never_gone_back_to(
    app: Party, browser: Client, changed: dict[str, str]
) -> None:
    answer = app.visit(browser, **changed)
    assert answer.status_code == 400
    assert 'href="https://' not in answer.content.decode()


def test_a_wrong_verifier_gets_nothing(app: Party, browser: Client) -> None:
    assert app.exchange(app.code(browser), verifier="x" * 60).json()["error"] == "invalid_grant"
    assert not AccessToken.objects.exists()


def test_a_replayed_code_takes_back_what_was_given_for_it(app: Party, browser: Client) -> None:
    code = app.code(browser)
    tokens = app.exchange(code).json()
    assert app.exchange(code).json()["error"] == "invalid_grant"
    assert app.userinfo(tokens["access_token"]).status_code == 401
    assert app.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_code_of_one_application_is_worth_nothing_to_another(app: Party, browser: Client) -> None:
    other = party("Lain")
    code = app.code(browser)
    assert other.exchange(code).json()["error"] == "invalid_grant"
    assert app.exchange(code).status_code == 200


def test_a_code_lives_a_minute(app: Party, browser: Client) -> None:
    from oauth2_provider.models import Grant

    code = app.code(browser)
    life = Grant.objects.get().expires - timezone.now()
    assert dt.timedelta(seconds=50) < life <= dt.timedelta(seconds=60)
    Grant.objects.update(expires=timezone.now())
    assert app.exchange(code).json()["error"] == "invalid_grant"


def test_refresh_tokens_rotate_and_a_replay_ends_the_family(app: Party, browser: Client) -> None:
    first = app.exchange(app.code(browser)).json()
    second = app.refresh(first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert app.id_token(second["id_token"])["sid"] == app.id_token(first["id_token"])["sid"]
    assert app.userinfo(first["access_token"]).status_code == 401
    assert app.refresh(first["refresh_token"]).json()["error"] == "invalid_grant"
    assert app.refresh(second["refresh_token"]).json()["error"] == "invalid_grant"
    assert app.userinfo(second["access_token"]).status_code == 401


def test_no_token_is_kept_in_clear(app: Party, browser: Client) -> None:
    tokens = app.exchange(app.code(browser)).json()
    assert set(AccessToken.objects.values_list("token", flat=True)) == {""}
    assert set(RefreshToken.objects.values_list("token", flat=True)) == {""}
    assert app.userinfo(tokens["access_token"]).status_code == 200
    assert Client().get(f"/o/userinfo?access_token={tokens['access_token']}").status_code == 401


def test_each_application_knows_a_person_by_another_name(app: Party, browser: Client) -> None:
    other = party("Lain")
    one, two = (x.id_token(x.exchange(x.code(browser)).json()["id_token"])["sub"] for x in (app, other))
    assert one != two
    assert app.id_token(app.exchange(app.code(browser)).json()["id_token"])["sub"] == one


def test_applications_of_one_group_know_a_person_by_one_name(browser: Client) -> None:
    one, two = (party(name, sector="kesehatan") for name in ("Satu", "Dua"))
    subs = {x.id_token(x.exchange(x.code(browser)).json()["id_token"])["sub"] for x in (one, two)}
    assert len(subs) == 1


def test_a_stranger_signs_in_first_and_silently_is_refused(app: Party) -> None:
    answer = app.visit(Client())
    assert answer["Location"].startswith("/masuk/?next=%2Fo%2Fauthorize")
    assert returned(app.visit(Client(), prompt="none"))["error"] == "login_required"


def test_silently_works_only_with_consent(app: Party, browser: Client) -> None:
    assert returned(app.visit(browser, prompt="none"))["error"] == "consent_required"
    app.code(browser)
    assert "code" in returned(app.visit(browser, prompt="none"))


def test_asking_for_consent_shows_the_page_again_with_what_was_chosen(app: Party, browser: Client) -> None:
    app.code(browser, "nik")
    page = app.visit(browser, prompt="consent").content.decode()
    assert 'value="nik" id="data-nik" checked' in page
    assert 'value="gender" id="data-gender" checked' not in page


@pytest.mark.parametrize("wanted", [{"prompt": "login"}, {"max_age": "0"}, {"max_age": "30"}])
def test_a_fresh_sign_in_is_asked_for_and_then_accepted(app: Party, browser: Client, wanted: dict[str, str]) -> None:
    app.code(browser)
    made_at(browser, time.time() - 3600)
    sent = app.visit(browser, **wanted)
    assert sent["Location"].startswith("/akun/reauthenticate/?next=")
    assert app.visit(browser, **wanted)["Location"].startswith("/akun/reauthenticate/")  # going on without it is no use
    made_at(browser, time.time())
    tokens = app.exchange(returned(app.visit(browser, **wanted))["code"]).json()
    assert app.id_token(tokens["id_token"])["auth_time"] > time.time() - 60


def made_at(browser: Client, moment: float) -> None:
    """Move the sign-in of a browser's session."""
    session = browser.session
    session["account_authentication_methods"] = [{"method": "password", "at": moment}]
    session.save()


def test_silently_with_too_old_a_sign_in_is_refused(app: Party, browser: Client) -> None:
    app.code(browser)
    made_at(browser, time.time() - 3600)
    assert returned(app.visit(browser, prompt="none", max_age="60"))["error"] == "login_required"


def test_after_signing_in_a_page_leads_back_because_a_form_may_not(app: Party, browser: Client) -> None:
    app.code(browser)
    query = app.asks()
    answer = browser.get("/o/authorize", query, headers={"Referer": "http://testserver/masuk/?next=x"})
    assert answer.status_code == 200
    assert '<meta http-equiv="refresh" content="0; url=https://app.example/kembali?code=' in answer.content.decode()


def test_a_disabled_client_can_do_nothing(app: Party, browser: Client) -> None:
    tokens = app.exchange(app.code(browser)).json()
    clients.disable(app.application)
    assert app.visit(browser).status_code == 400
    assert app.userinfo(tokens["access_token"]).status_code == 401
    assert app.refresh(tokens["refresh_token"]).status_code == 401
    assert ClientSession.objects.get().ended_by == "disabled"


def test_a_closed_account_gets_no_tokens(app: Party, browser: Client, user: User) -> None:
    code = app.code(browser)
    tokens = app.exchange(app.code(browser)).json()
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert app.exchange(code).json()["error"] == "invalid_grant"
    assert app.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert app.userinfo(tokens["access_token"]).status_code == 401
    assert sessions.end_gone() == 1


def test_an_application_gives_its_tokens_back(app: Party, browser: Client) -> None:
    tokens = app.exchange(app.code(browser)).json()
    form = {"client_id": app.application.client_id, "client_secret": app.secret, "token": tokens["refresh_token"]}
    assert app.server.post("/o/revoke", form).status_code == 200
    assert app.userinfo(tokens["access_token"]).status_code == 401


def test_a_rotated_key_signs_only_once_everybody_can_know_it(
    app: Party, browser: Client, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PASTI_DATA_DIR = tmp_path
    old = provider_keys.signing().thumbprint()
    moment = provider_keys.rotate()
    assert provider_keys.signing().thumbprint() == old
    published = [key["kid"] for key in Client().get("/o/jwks").json()["keys"]]
    assert len(published) == 2
    token = app.exchange(app.code(browser)).json()["id_token"]
    monkeypatch.setattr(provider_keys, "_now", lambda: moment + provider_keys.PUBLISHED_AHEAD + 1)
    assert provider_keys.signing().thumbprint() != old
    assert app.id_token(token)  # signed by the old key, which is still published
    assert (provider_keys.folder() / f"{moment}.pem").stat().st_mode & 0o777 == 0o600


def test_the_same_code_is_counted_once_as_a_sign_in(app: Party, browser: Client) -> None:
    code = app.code(browser)
    app.exchange(code)
    app.exchange(code)
    assert SignIn.objects.filter(redeemed_at__isnull=False).count() == 1


def test_a_public_client_has_no_secret_and_needs_none(browser: Client) -> None:
    app = party("Di ponsel", public=True)
    assert app.secret == ""
    tokens = app.exchange(app.code(browser)).json()
    assert "refresh_token" in app.refresh(tokens["refresh_token"]).json()
    tried = {"client_id": app.application.client_id, "client_secret": "tebakan"}
    assert Client().post("/o/token", tried | {"grant_type": "refresh_token", "refresh_token": "x"}).status_code == 401


def test_a_confidential_client_without_its_secret_gets_nothing(app: Party, browser: Client) -> None:
    code = app.code(browser)
    for wrong in ("", "salah"):
        app.secret, right = wrong, app.secret
        assert app.exchange(code).status_code == 401
        app.secret = right
    assert app.exchange(code).status_code == 200


def test_a_page_calls_for_tokens_only_from_where_its_client_is_registered(browser: Client) -> None:
    for public, origin, allowed in (
        (True, "https://app.example", "https://app.example"),
        (True, "https://penipu.example", None),
        (False, "https://app.example", None),
    ):
        app = party(f"{public} {origin}", public=public)
        app.server = Client(headers={"Origin": origin})
        assert app.exchange(app.code(browser)).headers.get("Access-Control-Allow-Origin") == allowed
    assert Client().options("/o/userinfo").headers["Access-Control-Allow-Headers"] == "Authorization"


def test_nobody_consents_for_somebody_else(app: Party, user: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(user)
    assert app.allow(browser, "nik").status_code == 403
    assert not Consent.objects.exists()


def test_a_person_the_register_no_longer_holds_is_a_name_without_facts(app: Party, person: User) -> None:
    browser = signed(person)
    tokens = app.exchange(app.code(browser, "nik")).json()
    with scoped(everyone("99.01", "civil.pelayanan")):
        Person.objects.filter(pk=person.person_id).update(status_dasar=2)
    assert app.userinfo(tokens["access_token"]).json().keys() == {"sub"}


def test_of_a_scope_only_the_approved_claims_are_asked_and_given(person: User) -> None:
    app, browser = party("Sempit", approved_claims=["name", "gender"]), signed(person)
    page = app.visit(browser, scope="openid profile").content.decode()
    assert "data-gender" in page
    assert "data-birthdate" not in page
    back = returned(app.allow(browser, "gender", "birthdate", scope="openid profile"))
    tokens = app.exchange(back["code"]).json()
    assert app.userinfo(tokens["access_token"]).json().keys() == {"sub", "name", "gender"}
    app.application.approved_claims = ["name"]  # what is no longer approved is no longer given, whatever was allowed
    app.application.save()
    assert app.userinfo(tokens["access_token"]).json().keys() == {"sub", "name"}
