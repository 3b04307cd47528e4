"""Rate limits: a bucket per caller and process, refilled by time."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

from django.conf import settings

BUCKETS = 20_000  # callers remembered per process; the longest unseen is forgotten first


class TokenBucket:
    """Lets `rate` requests a second through per key, and `burst` at once. Safe between threads."""

    def __init__(self, rate: float, burst: int):
        self.rate, self.burst = rate, burst
        self._state: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: str, moment: float) -> float:
        """0 when the request may pass, else the seconds until it may."""
        with self._lock:
            level, since = self._state.pop(key, (float(self.burst), moment))
            level = min(self.burst, level + (moment - since) * self.rate)
            wait = 0.0 if level >= 1 else (1 - level) / self.rate
            self._state[key] = (level - 1 if not wait else level, moment)
            if len(self._state) > BUCKETS:
                self._state.popitem(last=False)
        return wait


_bucket = TokenBucket(getattr(settings, "PASTI_API_RATE", 50.0), getattr(settings, "PASTI_API_BURST", 1000))


def spend(key: str) -> None:
    """Count one request of `key`. Raises Problem 429 with `retry_after` seconds when it is too many."""
    from pasti.kernel.api.problems import Problem

    wait = _bucket.take(key, time.monotonic())
    if wait:
        raise Problem(
            "terlalu-banyak-permintaan", "Tunggu sebentar lalu coba lagi", status=429, retry_after=max(1, round(wait))
        )
