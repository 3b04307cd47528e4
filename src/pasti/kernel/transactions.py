"""Transactions that are given up as a whole, and acts that are part of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import transaction

Asked = ParamSpec("Asked")
Result = TypeVar("Result")
_whole: ContextVar[bool] = ContextVar("whole", default=False)


@contextmanager
def whole() -> Iterator[None]:
    """One transaction, of which nothing stays when anything in it raises: nobody inside catches and goes on."""
    with transaction.atomic():
        token = _whole.set(True)
        try:
            yield
        finally:
            _whole.reset(token)


@contextmanager
def apart() -> Iterator[None]:
    """A part of `whole` that may fail alone: its refusal can be caught outside of this block, and the rest goes on."""
    with transaction.atomic():
        token = _whole.set(False)
        try:
            yield
        finally:
            _whole.reset(token)


def act(service: Callable[Asked, Result]) -> Callable[Asked, Result]:
    """A service that is one transaction: its own, or a part of the one it is called in.

    There it has a savepoint, so that a caller may catch its refusal and go on. Within `whole` nobody does, and the two
    round trips of a savepoint are spared; one of them is made while others wait for what the service has locked.
    """

    @wraps(service)
    def done(*args: Asked.args, **kwargs: Asked.kwargs) -> Result:
        with transaction.atomic(savepoint=not _whole.get()):
            return service(*args, **kwargs)

    return done
