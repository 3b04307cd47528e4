"""Getting a list or message of another agency over HTTP: bounded in size and time, never led elsewhere."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

TIMEOUT = 10  # seconds without a byte
LONGEST = 30  # seconds for all of it
LARGEST = 1_000_000  # bytes
AGENT = "PASTI (CAP)"


class Unreachable(Exception):
    """The other side did not answer, or not with what was asked for: to be tried again."""


@dataclass(frozen=True)
class Fetched:
    """What came. `content` is None when it has not changed since."""

    content: bytes | None
    etag: str = ""
    last_modified: str = ""


def get(url: str, etag: str = "", last_modified: str = "") -> Fetched:
    """What lies at `url`, unless it is still what these marks belong to. Raises Unreachable."""
    if urlsplit(url).scheme not in ("https", "http"):
        raise Unreachable("not an address of the web")
    headers = {
        "User-Agent": AGENT,
        "Accept": "application/cap+xml, application/rss+xml, application/atom+xml, */*;q=0.1",
    }
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    try:
        with _opener.open(urllib.request.Request(url, headers=headers), timeout=TIMEOUT) as answer:
            return Fetched(_read(answer), answer.headers.get("ETag", "")[:300],
                           answer.headers.get("Last-Modified", "")[:100])  # fmt: skip
    except urllib.error.HTTPError as error:
        if error.code == 304:
            return Fetched(None, etag, last_modified)
        raise Unreachable(f"HTTP {error.code}") from None
    except (OSError, HTTPException, ValueError) as error:
        raise Unreachable(type(error).__name__) from None


def _read(answer: Any) -> bytes:
    end = time.monotonic() + LONGEST
    content = b""
    while part := answer.read1(65536):
        content += part
        if len(content) > LARGEST:
            raise Unreachable(f"larger than {LARGEST} bytes")
        if time.monotonic() > end:
            raise Unreachable(f"slower than {LONGEST} seconds")
    return content


class _SameSite(urllib.request.HTTPRedirectHandler):
    """Follows a redirection within the site only: a list must not send us to machines inside our network."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        if urlsplit(newurl).netloc != urlsplit(req.full_url).netloc:
            raise Unreachable("led to another site")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


_opener = urllib.request.build_opener(_SameSite())
