"""How often strangers may do what costs the city something. Behind one address of a mobile network stand thousands."""

from __future__ import annotations

import math
import time

from django.http import HttpRequest

from pasti.kernel.accounts.addresses import address_of
from pasti.kernel.api.limits import TokenBucket

# Per address and process: each asks for a message to be sent.
SUBSCRIPTIONS = TokenBucket(rate=1 / 20, burst=20)
# Each is drawn anew, which takes the processor a while.
PHOTOS = TokenBucket(rate=1 / 5, burst=20)


def wait(bucket: TokenBucket, request: HttpRequest) -> int:
    """Count one request of this address; 0 when it may pass, else the minutes until it may."""
    return math.ceil(bucket.take(address_of(request), time.monotonic()) / 60)
