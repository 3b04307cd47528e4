"""Workers that die in the middle, and two that meet at one file: nobody is lost and nobody is doubled."""

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from psycopg.conninfo import make_conninfo

from pasti.civil import jobs
from pasti.civil.models import ImportBatch, ImportRow, Person, PersonVersion
from pasti.civil.rules import layouts
from pasti.civil.services import import_reading, imports
from pasti.kernel import clock
from pasti.kernel.accounts.scope import everyone, scoped

from .conftest import KELURAHAN, load_lists, make_town, official
from .test_imports import opensid, workbook

PEOPLE = 300
# A worker that takes its time over each step, so that it can be killed between two.
WORKER = """
import sys, time, django
django.setup()
from pasti.civil import jobs
from pasti.civil.services import import_reading, import_rows, imports
imports.STEP = import_reading.CHUNK = 25
step, store = import_rows.commit_step, import_reading.Reader._store
def slow(act):
    def acted(*given):
        act(*given)
        time.sleep(0.1)
    return acted
import_rows.commit_step, import_reading.Reader._store = slow(step), slow(store)
jobs.work_import(batch_id=sys.argv[1], area=sys.argv[2])
"""


@pytest.fixture
def batch(fresh_database, settings, tmp_path, monkeypatch):
    """A file that has been sent and waits to be read; commits are real."""
    settings.MEDIA_ROOT = tmp_path / "files"
    monkeypatch.setattr(imports, "STEP", 25)
    monkeypatch.setattr(import_reading, "CHUNK", 25)
    make_town()
    load_lists()
    clerk = official("kelurahan", KELURAHAN)
    content = workbook(layouts.HEADERS["opensid"], opensid(PEOPLE))
    with scoped(everyone(KELURAHAN, imports.PURPOSE)):
        yield imports.receive(SimpleUploadedFile("warga.xlsx", content), KELURAHAN, clerk)


def worker(batch, folder):
    """A process of its own that works on the batch."""
    names = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password", "NAME": "dbname"}
    parts = {theirs: connection.settings_dict[ours] for ours, theirs in names.items() if connection.settings_dict[ours]}
    url = make_conninfo(**parts)
    env = os.environ | {
        "PASTI_DATABASE_URL": url,
        "PASTI_DATA": str(folder),
        "DJANGO_SETTINGS_MODULE": "pasti.settings",
    }
    return subprocess.Popen([sys.executable, "-c", WORKER, str(batch.pk), batch.area], env=env)


def killed_in(state, batch, folder, wait_until):
    """Let a worker begin, and kill it when it is in the middle of the state."""
    process = worker(batch, folder)

    def in_the_middle():
        batch.refresh_from_db()
        return batch.state == state and 0 < batch.done < PEOPLE

    try:
        wait_until(in_the_middle, seconds=90)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    batch.refresh_from_db()
    assert batch.state == state


def goes_on(batch, monkeypatch):
    """What the sweep of each minute does, and then a worker; the dead one's session may take a moment to end."""
    monkeypatch.setattr(imports, "QUIET", clock.now() - clock.now())
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = 'civil.import'")
    time.sleep(0.01)
    assert jobs.resume(timestamp=0) == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = 'civil.import'")
        ((kept,),) = cursor.fetchall()
    given = json.loads(kept)
    state = batch.state
    deadline = time.monotonic() + 60
    while jobs.work_import(**given) == state:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_worker_killed_while_reading_and_while_committing_loses_and_doubles_nobody(
    batch, tmp_path, wait_until, monkeypatch, settings
):
    monkeypatch.setitem(settings.PASTI_CITY, "code", "99.01")
    killed_in("reading", batch, tmp_path, wait_until)
    goes_on(batch, monkeypatch)
    batch.refresh_from_db()
    assert (batch.state, batch.counts["new"], ImportRow.objects.filter(batch=batch).count()) == (
        "ready",
        PEOPLE,
        PEOPLE,
    )
    imports.commit(batch.pk)
    killed_in("committing", batch, tmp_path, wait_until)
    assert Person.objects.filter(name__startswith="Warga Ke").count() == batch.done
    goes_on(batch, monkeypatch)
    batch.refresh_from_db()
    people = Person.objects.filter(name__startswith="Warga Ke")
    assert (batch.state, people.count()) == ("committed", PEOPLE)
    assert PersonVersion.objects.filter(person__in=people).count() == PEOPLE


def test_two_workers_at_one_file_enter_everybody_once(batch):
    def work(_):
        try:
            return jobs.work_import(batch_id=str(batch.pk), area=batch.area)
        finally:
            connection.close()

    for state in ("ready", "committed"):
        with ThreadPoolExecutor(2) as workers:
            assert state in set(workers.map(work, range(2)))
        if state == "ready":
            imports.commit(batch.pk)
    assert ImportBatch.objects.get(pk=batch.pk).state == "committed"
    assert Person.objects.filter(name__startswith="Warga Ke").count() == PEOPLE
