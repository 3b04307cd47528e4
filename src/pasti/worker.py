"""The worker process: runs the jobs of all systems until it is told to stop."""

from __future__ import annotations

import os

import django

NICENESS = 5  # on a machine of few cores who waits before a screen goes first


def run(concurrency: int = 4) -> None:
    """Work until SIGTERM; a running job is finished first."""
    os.nice(NICENESS)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pasti.settings")
    django.setup()
    from procrastinate.contrib.django import app

    with app.replace_connector(app.connector.get_worker_connector()):  # type: ignore[attr-defined]
        app.run_worker(concurrency=concurrency, install_signal_handlers=True, delete_jobs="successful")
