"""A copy of the program in an empty folder builds itself with one command, and stays in that folder."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.platform_process import ROOT, clean

pytestmark = pytest.mark.platform


def _copy(to: Path) -> None:
    """What a clone would hold, with this checkout's downloads at hand so that nothing is fetched twice."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).exists():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to / name)
    for downloads in ("uv", "npm", "tools"):
        if (ROOT / ".cache" / downloads).exists():
            shutil.copytree(ROOT / ".cache" / downloads, to / ".cache" / downloads, copy_function=_link, symlinks=True)


def _link(source: str, target: str) -> None:
    Path(target).hardlink_to(source)


def test_an_install_leaves_nothing_outside_its_folder(tmp_path: Path) -> None:
    copy, home, temporary = tmp_path / "pasti", tmp_path / "home", tmp_path / "tmp"
    for folder in (copy, home, temporary):
        folder.mkdir()
    _copy(copy)
    env = {
        key: value
        for key, value in clean().items()
        if not key.startswith(("XDG_", "NODE_COMPILE", "MAKE", "VIRTUAL_ENV"))
    }
    env |= {"HOME": str(home), "TMPDIR": str(temporary)}
    done = subprocess.run(["make", "install"], cwd=copy, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert (copy / ".venv" / "bin" / "pasti").exists()
    assert (copy / "src" / "pasti" / "kernel" / "ui" / "static" / "dist" / ".built").exists()
    assert [*home.rglob("*"), *temporary.rglob("*")] == []
