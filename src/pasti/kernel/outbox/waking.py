"""Waking a job by a commit: asking many times is asking once."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.tasks import Task

from pasti.kernel.statements import run


def wake_after_commit(task: Task[Any, Any, Any]) -> None:
    """Ask for a run of `task`, which has a queueing lock, when the current transaction commits."""
    transaction.on_commit(partial(_enqueue, task), robust=True)


def _enqueue(task: Task[Any, Any, Any]) -> None:
    # A run that waits to start will see what was just committed; asking first is cheaper than being refused.
    if run("SELECT 1 FROM procrastinate_jobs WHERE queueing_lock = %s AND status = 'todo'", [task.queueing_lock]):
        return
    try:
        task.defer()
    except AlreadyEnqueued:
        pass
