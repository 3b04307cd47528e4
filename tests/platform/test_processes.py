"""The tree of processes: starts with one command, restarts what dies, stops without losing anything."""

from __future__ import annotations

import json
import os
import stat
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.platform_process import ROOT, Platform

pytestmark = pytest.mark.platform


class Listener(threading.Thread):
    """A page that listens to a topic, as a browser's EventSource would."""

    def __init__(self, platform: Platform, topic: str, last_id: int | None = None):
        super().__init__(daemon=True)
        headers = {} if last_id is None else {"Last-Event-ID": str(last_id)}
        url = f"{platform.environment()['PASTI_LIVE_URL']}/live/{topic}"
        self.answer = urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30)
        self.heard: list[tuple[int, Any]] = []
        self.start()

    def run(self) -> None:
        event_id = 0
        try:
            for line in self.answer:
                name, _, value = line.decode().strip().partition(": ")
                if name == "id":
                    event_id = int(value)
                elif name == "data":
                    self.heard.append((event_id, json.loads(value)))
        except (OSError, ValueError):
            pass  # the stream was cut; what was heard stays


def _emit(platform: Platform, topic: str, count: int) -> list[int]:
    """What a service's `emit` does to the database, from outside of it."""
    with psycopg.connect(platform.environment()["PASTI_DATABASE_URL"], autocommit=True) as connection:
        ids = []
        for number in range(count):
            row = connection.execute(
                "INSERT INTO outbox_storedevent (uid, name, aggregate, payload, occurred_at, topic, live, attempts, "
                "next_attempt_at, last_error) VALUES (gen_random_uuid(), 'test.Live', 'test', '{}', now(), %s, %s, 0, "
                "now(), '') RETURNING id",
                [topic, json.dumps({"number": number})],
            ).fetchone()
            assert row is not None
            connection.execute("SELECT pg_notify('pasti_live', %s)", [json.dumps({"id": row[0], "topic": topic})])
            ids.append(row[0])
    return ids


def test_doctor_finds_a_healthy_platform_healthy(platform: Platform) -> None:
    found = platform.command("doctor")
    assert found.returncode == 0, found.stdout
    assert "[!!]" not in found.stdout
    assert "pasti_app owns 0 tables" in found.stdout


def test_the_demo_accounts_are_for_the_operator_alone(platform: Platform) -> None:
    for name in ("demo-accounts.json", "environment.json"):
        assert stat.S_IMODE((platform.folder / name).stat().st_mode) == 0o600
    listed = json.loads((platform.folder / "demo-accounts.json").read_text())
    assert listed["base_url"] == platform.base
    assert {"warga", "perawat", "bappeda", "auditor", "admin"} <= set(platform.accounts())
    assert all(len(account["password"]) >= 15 for account in listed["accounts"])


def test_folders_of_others_keep_their_permissions(platform: Platform) -> None:
    folders = {Path("/"), Path("/var"), Path("/var/lib"), *ROOT.parents, ROOT}
    assert [folder for folder in folders if _open_to_all(folder)] == []
    if os.geteuid() == 0:
        assert (Path("/var/lib/pasti")).owner() == "pasti"


def _open_to_all(folder: Path) -> bool:
    """Anyone may take away what others put there: writable without the sticky bit that `/tmp` has."""
    mode = folder.stat().st_mode
    return bool(mode & stat.S_IWOTH) and not mode & stat.S_ISVTX


def test_events_reach_an_open_page_and_a_page_that_comes_back(platform: Platform, wait_until: Any) -> None:
    page = Listener(platform, "test.topic")
    time.sleep(0.3)
    ids = _emit(platform, "test.topic", 3)
    wait_until(lambda: [i for i, _ in page.heard] == ids)
    late = Listener(platform, "test.topic", last_id=ids[0])
    wait_until(lambda: [i for i, _ in late.heard] == ids[1:])


@pytest.mark.parametrize("part", ["web", "live", "worker", "database"])
def test_a_part_that_is_killed_comes_back(platform: Platform, wait_until: Any, part: str) -> None:
    platform.wait_back(part, platform.kill(part))
    wait_until(lambda: platform.command("doctor").returncode == 0, 120, every=1)


def test_a_page_hears_again_after_the_database_was_killed(platform: Platform, wait_until: Any) -> None:
    page = Listener(platform, "test.after")
    platform.wait_back("database", platform.kill("database"))
    ids = _emit(platform, "test.after", 2)
    wait_until(lambda: [i for i, _ in page.heard] == ids)


def test_a_token_is_printed_for_a_role_and_opens_the_api(platform: Platform) -> None:
    request = urllib.request.Request(
        f"{platform.base}/api/v1/civil/people?limit=1",
        headers={"Authorization": f"Bearer {platform.token('kelurahan')}"},
    )
    with urllib.request.urlopen(request) as answer:
        assert len(json.load(answer)["items"]) == 1


def test_a_stop_is_clean_and_the_next_start_is_warm(platform: Platform) -> None:
    platform.stop()
    assert platform.process is not None
    assert platform.process.returncode == 0
    so_far = len(platform.log.read_text())
    platform.start()
    again = platform.log.read_text()[so_far:]
    assert "collecting static files" not in again
    assert "people made" not in again, "what the first start made is found, not made again"


def test_a_second_platform_on_the_same_folder_is_refused(platform: Platform) -> None:
    refused = platform.command("up", "--port", "1")
    assert refused.returncode == 1
    assert "already runs" in refused.stderr
    assert platform.ready()
