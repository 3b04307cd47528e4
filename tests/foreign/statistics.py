"""Numbers of the foreign RT: too small to be anyone's but its own head's."""

from __future__ import annotations

from typing import Any

from tests.foreign import ELSEWHERE, World


def objects(world: World) -> dict[str, Any]:
    """The RT itself, as pages and the API name it."""
    return {"siap-pak-rt/statistik/:code": ELSEWHERE, "api/v1/siap-pak-rt/statistics/:area": ELSEWHERE}
