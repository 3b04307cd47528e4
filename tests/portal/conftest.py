"""A small town, a resident of it with an account, and officers."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from pasti.kernel.accounts.freshness import SIGNED_IN_AT
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.services import assign
from pasti.kernel.clock import now
from tests.civil.conftest import town

__all__ = ["town"]
KELURAHAN, PASSWORD = "99.01.01.1001", "kata sandi yang panjang"


@pytest.fixture
def resident(town: Any) -> User:
    return User.objects.create_user("nimah", PASSWORD, name="Siti Ni'mah", person_id=town.mother.pk)


@pytest.fixture
def officer_of() -> Any:
    """`officer_of("kelurahan")`: an officer with that role for the town's first kelurahan."""

    def make(role: str, area: str = KELURAHAN) -> User:
        user = User.objects.create_user(f"p-{role}-{area}", PASSWORD, name=f"Petugas {role}", kind=User.Kind.OFFICIAL)
        assign(user, role, unit_code=area, unit_name="Satuan", area_code=area)
        return user

    return make


@pytest.fixture
def as_user() -> Any:
    """`as_user(user)`: a browser in which that user is signed in."""

    def enter(user: User) -> Client:
        browser = Client()
        browser.force_login(user)
        return browser

    return enter


def asked_again(browser: Client, path: str, given: dict[str, Any] | None = None) -> str:
    """Open `path`, or post to it, an hour after signing in: who sits there is asked. Returns where."""
    session = browser.session
    session[SIGNED_IN_AT] = now().timestamp() - 3600
    session.pop("account_authentication_methods", None)
    session.save()
    answer = browser.get(path) if given is None else browser.post(path, given)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/akun/reauthenticate/?next=")
    return str(answer["Location"])


def proven(browser: Client, asked: str, path: str) -> Any:
    """The right password: what was posted goes on as it was, what was opened is opened."""
    return browser.post(asked, {"password": PASSWORD, "next": path})
