"""A small HTTP load generator over keep-alive connections: threads of plain sockets, no framework in the way."""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class Outcome:
    """What came back: requests a second over the whole run, answers by status, durations in milliseconds."""

    rate: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)


Request = tuple[str, str, bytes | None, dict[str, str]]  # method, path, body, headers


def hammer(base: str, request: Callable[[int], Request], *, total: int, connections: int = 8) -> Outcome:
    """Send requests number 0..total-1 over `connections` parallel keep-alive connections."""
    address = urlsplit(base)
    outcome, lock, numbers = Outcome(), threading.Lock(), iter(range(total))

    def work() -> None:
        line = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
        seen: Counter[int] = Counter()
        while True:
            with lock:
                number = next(numbers, None)
            if number is None:
                break
            method, path, body, headers = request(number)
            line.request(method, path, body, headers)
            answer = line.getresponse()
            answer.read()
            seen[answer.status] += 1
        line.close()
        with lock:
            outcome.statuses.update(seen)

    threads = [threading.Thread(target=work) for _ in range(connections)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    outcome.rate = total / (time.perf_counter() - began)
    return outcome


def get(path: str, **headers: str) -> Callable[[int], Request]:
    """The same GET again and again."""
    return lambda _: ("GET", path, None, headers)
