"""A running platform that may be hurt."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.platform_process import ROOT, Platform


@pytest.fixture(scope="session")
def platform() -> Iterator[Platform]:
    """One to call for minutes and to kill parts of: the one the browsers look at is left alone."""
    with Platform(ROOT / ".cache" / "platform-hurt") as running:
        yield running
