"""A form that is sent twice does once what it says: a double press, a page loaded again, a line that was cut."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any, cast

from django.db import transaction
from django.http import HttpRequest

from pasti.kernel.accounts.models import User
from pasti.kernel.api.retries import done_before, remember


def once(request: HttpRequest, operation: str, do: Callable[[], str], said: Any = "") -> str:
    """What `do` brings, or what it brought when this form was sent before with the same content `said`.

    One transaction. The key alone is not enough: a browser that goes back shows the old form, and what is sent then for
    somebody else is a new act. What `do` answers with an empty text may be tried again. Raises what `do` raises.
    """
    given, caller = request.POST.get("idempotency_key", ""), cast(User, request.user).pk
    key = f"{sha256(repr(said).encode()).hexdigest()[:32]}:{given}" if given else ""
    with transaction.atomic():
        if known := done_before(caller, key, operation):
            return known
        if result := do():
            remember(caller, key, result)
        return result
