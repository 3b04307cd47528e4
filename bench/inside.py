"""Running a measured piece inside the program: with a platform's database and settings, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from typing import Any

from tests.platform_process import ROOT, Platform, clean


def inside(platform: Platform, act: str) -> Any:
    """Run `act`, which calls `tell(value)` once, with Django set up; returns the value."""
    code = f"import json, django; django.setup()\ntell = lambda value: print(json.dumps(value))\n{textwrap.dedent(act)}"
    env = clean() | platform.environment()
    env |= {"DJANGO_SETTINGS_MODULE": "pasti.settings", "PASTI_DATA": str(platform.folder)}
    done = subprocess.run([sys.executable, "-c", code], env=env, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])
