"""How soon the first device hears of a warning: from the officer's tap, through signing, commit and stream, to an open page."""

from __future__ import annotations

import threading
import time
import urllib.request

from tests.platform_process import Platform

from bench.inside import inside

# Each round a proposal is issued as the officer's tap does, heard, and taken back, so that the next is a first one again.
_ISSUE = """
import time
from pasti.ews.models import Gauge
from pasti.ews.rules.findings import LEVEL, Finding
from pasti.ews.services import ending, issuing, proposing
from pasti.kernel.accounts.models import User
from pasti.kernel.clock import now
gauge, began = Gauge.objects.filter(kind="level").first(), []
officer = User.objects.get(username={officer!r})
for at in range({rounds}):
    key = f"bench/{{now().isoformat()}}/{{at}}"
    proposal = proposing.propose(Finding(LEVEL, gauge.pk, 2, now(), key, "Air naik.", "Water rises."), gauge)
    time.sleep(0.5)
    began.append(time.time())
    warning = issuing.issue_proposal(proposal.pk, by=officer)
    time.sleep(0.5)
    ending.cancel(warning.pk, by=officer, reason="uji")
    time.sleep(0.5)
tell(began)
"""


def seconds(platform: Platform, rounds: int) -> list[float]:
    """From each tap that issues a warning to the event at an open page. Nothing else is in force meanwhile."""
    came: list[float] = []
    threading.Thread(target=_note, args=(platform, came), daemon=True).start()
    time.sleep(1.0)
    officer = platform.accounts()["bpbd"]["username"]
    began = inside(platform, _ISSUE.format(rounds=rounds, officer=officer))
    return [min(at for at in came if at >= tap) - tap for tap in began]


def _note(platform: Platform, came: list[float]) -> None:
    """Listen as an open page does; note when word of a warning came."""
    live = platform.environment()["PASTI_LIVE_URL"]
    with urllib.request.urlopen(f"{live}/live/ews", timeout=60) as stream:
        for line in stream:
            if line.startswith(b"data:") and b"peringatan" in line:
                came.append(time.time())
