"""Looking at the lists of other agencies, and taking in what is new there."""

from __future__ import annotations

import logging

from django.conf import settings

from pasti.ews.models import ForeignFeed
from pasti.ews.rules import cap_list
from pasti.ews.rules.cap_fault import CapRefused
from pasti.ews.services import cap_fetch, cap_import
from pasti.kernel.clock import now
from pasti.kernel.errors import Refused

log = logging.getLogger(__name__)
MOST_AT_ONCE = 40  # messages in one look: BMKG allows 60 requests a minute


def look_at_all() -> int:
    """Look at every list of `PASTI_CAP_FEEDS`; returns how many messages were taken. What fails is tried the next time."""
    return sum(look_at(url) for url in settings.PASTI_CAP_FEEDS)


def look_at(url: str) -> int:
    """Look at one list and take what it names and we have not looked at; returns how many were taken."""
    feed, _made = ForeignFeed.objects.get_or_create(pk=url, defaults={"looked_at": now()})
    feed.looked_at = now()
    try:
        taken = _look(feed)
        feed.trouble, feed.answered_at = "", now()
    except (cap_fetch.Unreachable, CapRefused) as failure:
        taken, feed.trouble = 0, str(failure)[:300]
        log.warning("The list %s cannot be used: %s", url, failure)
    feed.save()
    return taken


def _look(feed: ForeignFeed) -> int:
    answer = cap_fetch.get(feed.url, feed.etag, feed.last_modified)
    if answer.content is None:
        return 0
    listed = cap_list.entries(answer.content, feed.url)
    known = set(feed.marks)
    fresh = [one for one in reversed(listed) if one.mark not in known]  # lists begin with the newest: oldest first
    done = {one.mark: _take(one, feed.url) for one in fresh[:MOST_AT_ONCE]}
    seen = known | {mark for mark, outcome in done.items() if outcome is not None}
    feed.marks = [one.mark for one in listed if one.mark in seen]
    if len(feed.marks) == len(listed):  # else it must say it again, so that the rest is tried
        feed.etag, feed.last_modified = answer.etag, answer.last_modified
    return sum(outcome is True for outcome in done.values())


def _take(one: cap_list.Listed, source: str) -> bool | None:
    """True: taken; False: looked at and refused, for good; None: not reached, to be tried again."""
    try:
        content = cap_fetch.get(one.url).content
        cap_import.take(content or b"", source)
    except cap_fetch.Unreachable as failure:
        log.warning("The message %s was not reached: %s", one.url, failure)
        return None
    except Refused as refusal:
        log.warning("The message %s was refused: %s", one.url, refusal)
        return False
    return True
