"""People and applications for the tests of identity."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pasti.identity.models import Activation
from pasti.identity.queries import issuing
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import everyone, scoped
from tests.portal.conftest import as_user, officer_of, resident, town

__all__ = ["as_user", "officer_of", "resident", "town"]


@pytest.fixture(autouse=True)
def no_kept_lists() -> None:
    """Forget the status lists made in an earlier test: rolled back, theirs have the numbers, versions and second of ours."""
    issuing._token.cache_clear()


@pytest.fixture
def keys(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The provider's keys in a folder of the tests: made once, an RSA key takes its time."""
    from pasti.identity.services import provider_keys

    settings.PASTI_DATA_DIR = tmp_path_factory.getbasetemp() / "kunci-uji"
    provider_keys.signing()
    return provider_keys.folder()


@pytest.fixture
def rekaan(settings: Any) -> None:
    """The platform serves the city of the tests."""
    settings.PASTI_CITY = {"code": "99.01", "name": "Kota Rekaan"}


@pytest.fixture
def officer(officer_of: Any) -> User:
    """An officer of the kelurahan of `town`."""
    found: User = officer_of("kelurahan")
    return found


@pytest.fixture
def offered(town: Any, officer: User) -> Activation:
    """A card offered to the mother of `town`."""
    from tests.identity.hands import activation

    return activation(officer, town.mother.pk)


@pytest.fixture
def city(rekaan: None) -> Iterator[None]:
    """The test itself sees the whole city."""
    with scoped(everyone("99.01", "identity.kartu")):
        yield
