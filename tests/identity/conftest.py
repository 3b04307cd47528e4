"""People and applications for the tests of identity."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def keys(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The provider's keys in a folder of the tests: made once, an RSA key takes its time."""
    from pasti.identity.services import provider_keys

    settings.PASTI_DATA_DIR = tmp_path_factory.getbasetemp() / "kunci-uji"
    provider_keys.signing()
    return provider_keys.folder()
