"""When a session here ends, every application is told and its tokens stop working."""

from __future__ import annotations

import threading
import urllib.parse
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.test import Client

from pasti.identity.models import ClientSession, LogoutNotice
from pasti.identity.services import provider_logout as logout
from pasti.identity.services import provider_sessions as sessions
from pasti.kernel.accounts.models import User
from pasti.kernel.clock import now
from pasti.kernel.outbox.services import deliver_waiting
from pasti.kernel.publish.registry import subscriptions
from tests.identity.openid import Party, party, verified
from tests.identity.test_provider import signed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("keys")]


class Listener:
    """An application's address for logouts; `answer` is the status it gives."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.answer = 200
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                listener.told.append(urllib.parse.parse_qs(body)["logout_token"][0])
                self.send_response(listener.answer)
                self.send_header("Location", "http://127.0.0.1:9/")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/keluar"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.server.shutdown()


@pytest.fixture
def user(db: None) -> User:
    made = User.objects.create_user("ani", "rahasia-yang-panjang", name="Ani")
    return made


@pytest.fixture
def app(listener: Listener) -> Party:
    return party(backchannel_logout_uri=listener.url)


def deliver() -> int:
    """What the worker does: the event, then the notices it queued."""
    deliver_waiting(subscriptions())
    return logout.send_due()


def test_signing_out_tells_the_application_with_a_token_it_can_trust(
    app: Party, user: User, listener: Listener
) -> None:
    browser = signed(user)
    tokens = app.exchange(app.code(browser)).json()
    known = app.id_token(tokens["id_token"])
    browser.post("/keluar/")
    assert deliver() == 1
    (text,) = listener.told
    told = verified(text, Client())
    assert (told["sub"], told["sid"], told["aud"]) == (known["sub"], known["sid"], app.application.client_id)
    assert told["events"] == {"http://schemas.openid.net/event/backchannel-logout": {}}
    assert "nonce" not in told
    assert told["exp"] - told["iat"] <= 120
    assert app.userinfo(tokens["access_token"]).status_code == 401
    assert app.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert deliver() == 0  # told once


def test_each_browser_is_a_session_of_its_own(app: Party, user: User) -> None:
    at_home, at_work = signed(user), signed(user)
    one, two = (app.exchange(app.code(browser)).json() for browser in (at_home, at_work))
    at_home.post("/keluar/")
    assert app.userinfo(one["access_token"]).status_code == 401
    assert app.userinfo(two["access_token"]).status_code == 200


def test_a_changed_password_ends_the_sessions_everywhere(app: Party, user: User, listener: Listener) -> None:
    for browser in (signed(user), signed(user)):
        app.code(browser)
    form = {
        "oldpassword": "rahasia-yang-panjang",
        "password1": "kata-sandi-baru-sekali",
        "password2": "kata-sandi-baru-sekali",
    }
    assert browser.post("/akun/password/change/", form).status_code == 302
    deliver()
    assert len(listener.told) == 2
    assert set(ClientSession.objects.values_list("ended_by", flat=True)) == {"password"}


def test_a_session_that_disappears_is_noticed(app: Party, user: User, listener: Listener) -> None:
    browser = signed(user)
    app.code(browser)
    assert sessions.end_gone() == 0
    browser.session.flush()
    assert sessions.end_gone() == 1
    assert deliver() == 1


def test_a_silent_application_is_asked_again_later_and_given_up_in_the_end(
    app: Party, user: User, listener: Listener
) -> None:
    listener.answer = 302  # a redirect is not followed: the address was registered, not the one it names
    browser = signed(user)
    app.code(browser)
    browser.post("/keluar/")
    assert deliver() == 0
    notice = LogoutNotice.objects.get()
    assert (notice.state, notice.error, notice.attempts) == ("waiting", "HTTP 302", 1)
    assert notice.next_attempt_at > now()
    assert logout.send_due() == 0
    for _attempt in logout.WAITS:
        LogoutNotice.objects.update(next_attempt_at=now())
        logout.send_due()
    assert LogoutNotice.objects.get().state == "failed"
    assert len(listener.told) == len(logout.WAITS) + 1


def test_the_application_may_end_the_session_here_with_its_id_token(app: Party, user: User) -> None:
    browser = signed(user)
    hint = app.exchange(app.code(browser)).json()["id_token"]
    asked = {"id_token_hint": hint, "post_logout_redirect_uri": "https://app.example/sampai-jumpa", "state": "x"}
    assert Client().post("/o/logout", asked)["Location"].startswith("/o/logout?id_token_hint=")
    answer = browser.get("/o/logout", asked)
    assert answer["Location"] == "https://app.example/sampai-jumpa?state=x"
    assert "_auth_user_id" not in browser.session


def test_without_proof_the_person_is_asked_first(app: Party, user: User) -> None:
    browser = signed(user)
    asked = {"client_id": app.application.client_id, "post_logout_redirect_uri": "https://app.example/sampai-jumpa"}
    page = browser.get("/o/logout", asked)
    assert "Keluar juga dari PASTI?" in page.content.decode()
    assert "https://app.example" in page["Content-Security-Policy"]
    assert "_auth_user_id" in browser.session
    assert Client(enforce_csrf_checks=True).post("/o/logout/ya", asked).status_code == 403
    assert browser.post("/o/logout/ya", asked)["Location"] == "https://app.example/sampai-jumpa"
    assert "_auth_user_id" not in browser.session


def test_an_id_token_of_another_browser_does_not_end_this_session_unasked(app: Party, user: User) -> None:
    hint = app.exchange(app.code(signed(user))).json()["id_token"]
    other = signed(user)
    assert other.get("/o/logout", {"id_token_hint": hint}).status_code == 200
    assert "_auth_user_id" in other.session


@pytest.mark.parametrize(
    "asked",
    [
        {"id_token_hint": "bukan.token.kita"},
        {"post_logout_redirect_uri": "https://app.example/sampai-jumpa"},
        {"post_logout_redirect_uri": "https://penipu.example/", "client_id": "$"},
        {"client_id": "tidak-ada"},
    ],
)
def test_a_foreign_address_after_signing_out_is_never_gone_to(app: Party, user: User, asked: dict[str, str]) -> None:
    known = {name: value.replace("$", app.application.client_id) for name, value in asked.items()}
    assert signed(user).get("/o/logout", known).status_code == 400


def test_a_logout_token_is_no_hint(app: Party, user: User) -> None:
    app.code(signed(user))
    text = logout.logout_token(ClientSession.objects.get())
    assert Client().get("/o/logout", {"id_token_hint": text}).status_code == 400
