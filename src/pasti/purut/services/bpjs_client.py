"""Speaking to BPJS Kesehatan over HTTP: signed, patient with its faults, and exact about what an answer means."""

from __future__ import annotations

import datetime as dt
import email.utils
import json
import logging
import re
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

from django.conf import settings

from pasti.kernel.clock import now
from pasti.purut.rules import bpjs_wire

log = logging.getLogger(__name__)
TIMEOUT = 10  # seconds
LARGEST = 1_000_000  # bytes of an answer
SKEW = dt.timedelta(seconds=60)  # BPJS refuses signatures 5 minutes off
DONE, ALREADY = 200, 208  # 208: BPJS has it from an attempt whose answer was lost
# Refusals of our login or clock, not of the message: they pass when somebody puts that right.
_OF_THE_SENDER = re.compile(r"signature|timestamp|cons.?id|user.?key|unauthor|expired|kadaluarsa", re.IGNORECASE)


class Unanswered(Exception):
    """BPJS did not answer, or not about the message: to be tried again."""


@dataclass(frozen=True)
class Answer:
    """What BPJS said of a message."""

    taken: bool
    words: str
    content: Any = None


def post(path: str, body: dict[str, Any]) -> Answer:
    """Send `body` to `path` of BPJS. Raises Unanswered."""
    moment = now()
    timestamp = str(int(moment.timestamp()))
    try:
        with urllib.request.urlopen(_request(path, body, timestamp), timeout=TIMEOUT) as answer:
            content, date = answer.read(LARGEST + 1), answer.headers.get("Date", "")
    except urllib.error.HTTPError as error:
        _note_skew(error.headers.get("Date", ""), moment)
        raise Unanswered(f"HTTP {error.code}") from None
    except (OSError, HTTPException, ValueError) as error:
        raise Unanswered(type(error).__name__) from None
    _note_skew(date, moment)
    return _read(content, timestamp)


def _request(path: str, body: dict[str, Any], timestamp: str) -> urllib.request.Request:
    signed = bpjs_wire.headers(
        settings.PASTI_BPJS_CONS_ID, settings.PASTI_BPJS_SECRET, settings.PASTI_BPJS_USER_KEY, timestamp
    )
    url = f"{settings.PASTI_BPJS_URL.rstrip('/')}/{path}"
    return urllib.request.Request(url, json.dumps(body).encode(), signed | {"Content-Type": "application/json"})


def _read(content: bytes, timestamp: str) -> Answer:
    try:
        said = json.loads(content[:LARGEST])
        told = said.get("metadata") or said["metaData"]
        code, words = int(told["code"]), str(told.get("message", ""))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Unanswered("an answer that cannot be read") from None
    if code in (DONE, ALREADY):
        return Answer(True, words, _opened(said.get("response"), timestamp))
    if not 201 <= code < 300 or _OF_THE_SENDER.search(words):
        raise Unanswered(f"{code} {words}"[:200])
    return Answer(False, words)


def _opened(response: Any, timestamp: str) -> Any:
    """The content of an answer; None when there is none or it cannot be opened: what was done is done all the same."""
    if not isinstance(response, str) or not response:
        return response
    key = bpjs_wire.key(settings.PASTI_BPJS_CONS_ID, settings.PASTI_BPJS_SECRET, timestamp)
    try:
        return json.loads(bpjs_wire.read(response, key))
    except ValueError:
        log.warning("BPJS's answer cannot be decrypted")
        return None


def _note_skew(date: str, ours: dt.datetime) -> None:
    """Say in the log when BPJS's clock and ours differ: it is the usual reason for refused signatures."""
    try:
        theirs = email.utils.parsedate_to_datetime(date)
    except (TypeError, ValueError):
        return
    if theirs.tzinfo is not None and abs(theirs - ours) > SKEW:
        log.warning("BPJS's clock says %s, ours %s", theirs.isoformat(), ours.isoformat(timespec="seconds"))
