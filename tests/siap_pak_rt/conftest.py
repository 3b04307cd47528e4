"""A small city with the people who work in it: RT heads, a kelurahan, and residents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.services import assign
from pasti.kernel.places import queries as places
from tests.civil.conftest import OTHER_RT, RT, make_town, town  # noqa: F401
from tests.portal.conftest import as_user, officer_of, resident  # noqa: F401

from .letters import heads, printed, revoked, siti  # noqa: F401

KELURAHAN, OTHER_KELURAHAN = RT.rsplit(".", 2)[0], OTHER_RT.rsplit(".", 2)[0]


def make_official(role: str, area: str, username: str = "", **more: Any) -> User:
    """Somebody who holds `role` at `area` from today on."""
    user = User.objects.create_user(
        username or f"{role}-{area}", name=f"{role} {area}", kind=User.Kind.OFFICIAL, **more
    )
    assign(user, role, unit_code=area, unit_name=places.label(area), area_code=area)
    return user


@pytest.fixture
def official(town: Any) -> Callable[..., User]:  # noqa: F811
    """`official("ketua_rt", RT)`: somebody who holds the role there."""
    return make_official


@pytest.fixture
def browsing() -> Callable[[User], Client]:
    """`browsing(user)`: a browser in which the user has signed in."""

    def sign_in(user: User) -> Client:
        browser = Client()
        browser.force_login(user)
        return browser

    return sign_in
