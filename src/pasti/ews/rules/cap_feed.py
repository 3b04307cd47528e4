"""Lists of warnings in force as Atom (RFC 4287) and RSS 2.0, after the OASIS "Example Practices: CAP Feeds" 1.0.

One entry for each message, newest first, each with an id that never changes and a link to the CAP message. An empty list
is a valid feed. Both are only an index: what is true stands in the message, which is signed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Any

from lxml import etree

from pasti.ews.rules.cap_message import MEDIA_TYPE

ATOM = "http://www.w3.org/2005/Atom"
ATOM_TYPE, RSS_TYPE = "application/atom+xml", "application/rss+xml"


@dataclass(frozen=True)
class Feed:
    """The list itself: its own address (which is its id), the page for people, whose it is, when it last changed."""

    url: str
    home: str
    title: str
    subtitle: str
    author: str
    updated: dt.datetime
    language: str = "id"


@dataclass(frozen=True)
class Entry:
    """One message. `id` is an absolute URI; `url` is where the message can be had."""

    id: str
    url: str
    title: str
    summary: str
    sent: dt.datetime
    author: str
    categories: tuple[str, ...] = ()


def atom(feed: Feed, entries: Iterable[Entry]) -> bytes:
    """The feed as an Atom document."""
    root = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})
    root.set("{http://www.w3.org/XML/1998/namespace}lang", feed.language)
    _atom(root, "id", feed.url)
    _atom(root, "title", feed.title)
    _atom(root, "subtitle", feed.subtitle)
    _atom(root, "updated", _rfc3339(feed.updated))
    _atom(_atom(root, "author"), "name", feed.author)
    _atom(root, "link", rel="self", type=ATOM_TYPE, href=feed.url)
    _atom(root, "link", rel="alternate", type="text/html", href=feed.home)
    for entry in newest_first(entries):
        _atom_entry(_atom(root, "entry"), entry)
    return _bytes(root)


def rss(feed: Feed, entries: Iterable[Entry]) -> bytes:
    """The feed as an RSS 2.0 document."""
    root = etree.Element("rss", version="2.0", nsmap={"atom": ATOM})
    channel = etree.SubElement(root, "channel")
    _rss(channel, "title", feed.title)
    _rss(channel, "link", feed.home)
    _rss(channel, "description", feed.subtitle)
    _rss(channel, "language", feed.language)
    _rss(channel, "pubDate", _rfc822(feed.updated))
    _rss(channel, "lastBuildDate", _rfc822(feed.updated))
    _rss(channel, "ttl", "1")
    etree.SubElement(channel, f"{{{ATOM}}}link", rel="self", type=RSS_TYPE, href=feed.url)
    for entry in newest_first(entries):
        _rss_item(etree.SubElement(channel, "item"), entry)
    return _bytes(root)


def newest_first(entries: Iterable[Entry]) -> Sequence[Entry]:
    """The entries in the order of a feed."""
    return sorted(entries, key=lambda entry: (entry.sent, entry.id), reverse=True)


def _atom_entry(node: Any, entry: Entry) -> None:
    _atom(node, "id", entry.id)
    _atom(node, "title", entry.title)
    _atom(node, "updated", _rfc3339(entry.sent))
    _atom(node, "published", _rfc3339(entry.sent))
    _atom(_atom(node, "author"), "name", entry.author)
    for category in entry.categories:
        _atom(node, "category", term=category)
    _atom(node, "link", rel="alternate", type=MEDIA_TYPE, href=entry.url)
    _atom(node, "summary", entry.summary)


def _rss_item(node: Any, entry: Entry) -> None:
    _rss(node, "title", entry.title)
    _rss(node, "link", entry.url)
    _rss(node, "description", entry.summary)
    for category in entry.categories:
        _rss(node, "category", category)
    _rss(node, "guid", entry.id, isPermaLink="false")
    _rss(node, "pubDate", _rfc822(entry.sent))


def _atom(parent: Any, tag: str, text: str = "", **attributes: str) -> Any:
    node = etree.SubElement(parent, f"{{{ATOM}}}{tag}", **attributes)
    if text:
        node.text = text
    return node


def _rss(parent: Any, tag: str, text: str, **attributes: str) -> None:
    etree.SubElement(parent, tag, **attributes).text = text


def _rfc3339(moment: dt.datetime) -> str:
    return moment.replace(microsecond=0).isoformat()


def _rfc822(moment: dt.datetime) -> str:
    return format_datetime(moment.replace(microsecond=0))


def _bytes(root: Any) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))
