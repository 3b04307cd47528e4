"""Two at the same moment: a code and a refresh token are good for one of them, and then for nobody."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from oauth2_provider.models import AccessToken, RefreshToken

from pasti.identity.models import ClientSession, Consent, SignIn
from pasti.kernel.accounts.models import User
from tests.identity.openid import Party, party
from tests.identity.test_provider import signed
from tests.purut.test_races import together

pytestmark = pytest.mark.usefixtures("keys")


@pytest.fixture
def place(fresh_database: str) -> tuple[Party, Any]:
    app = party()
    browser = signed(User.objects.create_user("ani", name="Ani"))
    return app, browser


def test_of_several_exchanges_of_one_code_at_once_nothing_lives_on(place: tuple[Party, Any]) -> None:
    app, browser = place
    code = app.code(browser)
    answers = together([lambda: app.exchange(code).status_code for _ in range(6)], 6)
    assert Counter(answers)[200] <= 1
    assert set(answers) <= {200, 400}
    assert SignIn.objects.filter(redeemed_at__isnull=False).count() == 1
    assert not AccessToken.objects.exists()
    assert not RefreshToken.objects.filter(revoked=None).exists()


def test_of_several_uses_of_one_refresh_token_at_once_nothing_lives_on(place: tuple[Party, Any]) -> None:
    app, browser = place
    old = app.exchange(app.code(browser)).json()["refresh_token"]
    answers = together([lambda: app.refresh(old).status_code for _ in range(6)], 6)
    assert Counter(answers)[200] <= 1
    assert set(answers) <= {200, 400}
    assert not AccessToken.objects.exists()
    assert not RefreshToken.objects.filter(revoked=None).exists()


def test_consenting_twice_at_once_is_one_consent_and_one_session(place: tuple[Party, Any]) -> None:
    app, browser = place
    answers = together([lambda: app.allow(browser, "nik").status_code for _ in range(4)], 4)
    assert answers == [302] * 4
    assert Consent.objects.count() == ClientSession.objects.count() == 1
