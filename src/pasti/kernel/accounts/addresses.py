"""From where a request comes, as far as it can be known."""

from __future__ import annotations

import ipaddress

from django.http import HttpRequest

LOCAL = ("127.0.0.1", "::1")
ONE_SUBSCRIBER = 64  # bits of an IPv6 address that name a connection; the rest changes by the hour


def address_of(request: HttpRequest) -> str:
    """The address of whoever asks: behind a proxy on this machine the one the proxy says it has from.

    Of IPv6 only the network counts: one phone has very many addresses in it.
    """
    direct = str(request.META.get("REMOTE_ADDR", ""))
    told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return _network(told if told and direct in LOCAL else direct)


def _network(text: str) -> str:
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return text[:64]
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network((found, ONE_SUBSCRIBER), strict=False).network_address)
