"""Who may write: a token with the right `telemetry.write`, or a device with its code and key."""

from __future__ import annotations

import base64
import binascii
import time

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from pasti.kernel.accounts.access import actor_for, can
from pasti.kernel.accounts.addresses import address_of
from pasti.kernel.accounts.services import user_of_token
from pasti.kernel.api.limits import TokenBucket, spend
from pasti.kernel.api.problems import Problem
from pasti.kernel.context import Actor, become
from pasti.telemetry.models import Device
from pasti.telemetry.rules.sta_unfit import Unfit
from pasti.telemetry.services.devices import authenticate

RIGHT = "telemetry.write"
# Machines send all day: what is a flood from a browser is an ordinary minute of a city's gauges.
_writers = TokenBucket(rate=2000.0, burst=10_000)


def writer(request: HttpRequest) -> Device | None:
    """The device that writes, or None for an official or a program with the right. Raises Unfit 401, PermissionDenied."""
    scheme, _, told = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        _holder(request, told.strip())
        return None
    if scheme.lower() == "basic":
        return _device(request, told.strip())
    raise Unfit("to write, send a bearer token, or a device's code and key", status=401)


def _holder(request: HttpRequest, token: str) -> None:
    user = user_of_token(token)
    if user is None:
        spend(f"sta:{address_of(request)}")
        raise Unfit("this token is not valid", status=401)
    _count(f"user:{user.pk}")
    if not can(user, RIGHT):
        raise PermissionDenied
    request.user = user
    become(actor_for(user))


def _device(request: HttpRequest, told: str) -> Device:
    try:
        code, _, key = base64.b64decode(told, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        code = key = ""
    device = authenticate(code, key) if code and key and "\x00" not in code else None
    if device is None:
        spend(f"sta:{address_of(request)}")
        raise Unfit("there is no device with this code and key", status=401)
    _count(f"device:{device.pk}")
    become(Actor(None, device.code, "device", ""))
    return device


def _count(key: str) -> None:
    wait = _writers.take(key, time.monotonic())
    if wait:
        raise Problem("terlalu-banyak-permintaan", "too many requests", status=429, retry_after=max(1, round(wait)))
