"""One running platform for all tests of the running program; they share a worker (`xdist_group`)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.platform_process import ROOT, Platform


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that use the running platform go to one worker, so it is started once."""
    for item in items:
        if "platform" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("platform"))


@pytest.fixture(scope="session")
def platform() -> Iterator[Platform]:
    """A platform with 500 people, kept in `.cache/platform` so that later runs start warm."""
    with Platform(ROOT / ".cache" / "platform") as running:
        yield running
