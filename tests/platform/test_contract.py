"""The API keeps what its description says, whoever calls and whatever is sent."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.platform_process import ROOT, Platform, clean

pytestmark = pytest.mark.platform
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
ALL_PHASES, BY_CHANCE = "examples,coverage,fuzzing,stateful", "fuzzing,stateful"


# Each border of each parameter is walked by one who may do much; a border is refused before it is asked who calls.
@pytest.mark.parametrize(
    ("role", "phases"),
    [("loket", ALL_PHASES), ("kelurahan", BY_CHANCE), ("warga", BY_CHANCE)],
)
def test_generated_requests_find_no_server_error_and_no_untrue_description(
    platform: Platform, role: str, phases: str
) -> None:
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{platform.base}/api/v1/openapi.json",
               "-H", f"Authorization: Bearer {platform.token(role)}", "--checks", CHECKS, "--max-examples", "10",
               "--phases", phases, "--generation-database", "none", "--no-color"]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT / ".cache", env=clean())
    assert done.returncode == 0, done.stdout[-4000:]
