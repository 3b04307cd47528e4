"""Lists of CAP messages as others publish them: RSS 2.0 (BMKG) or Atom. Only where the messages lie is taken from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from pasti.ews.rules import cap_guard
from pasti.ews.rules.cap_fault import CapFault, CapRefused
from pasti.ews.rules.cap_feed import ATOM
from pasti.ews.rules.cap_message import MEDIA_TYPE

MOST_ENTRIES = 200  # newest first: what lies beyond is old


@dataclass(frozen=True)
class Listed:
    """A message in a list: where it lies, how the list calls it, and its mark there, by which a change is seen."""

    url: str
    title: str
    mark: str


def entries(content: bytes, url: str) -> tuple[Listed, ...]:
    """The messages of the list that was had from `url`. Raises CapRefused when it is no list."""
    root = cap_guard.document(content)
    if root.tag == "rss":
        found = [_of_item(item, url) for item in root.iterfind("channel/item")]
    elif root.tag == f"{{{ATOM}}}feed":
        found = [_of_entry(entry, url) for entry in root.iterfind(f"{{{ATOM}}}entry")]
    else:
        raise CapRefused(
            CapFault(
                "bukan-daftar", "/", "Bukan daftar RSS atau Atom", "Neither an RSS nor an Atom list", "CAP Feeds 1.0"
            )
        )
    return tuple(one for one in found if _same_site(one.url, url))[:MOST_ENTRIES]


def is_list(content: bytes) -> bool:
    """True for a list, false for anything else that can be opened. Raises CapRefused."""
    return cap_guard.document(content).tag in ("rss", f"{{{ATOM}}}feed")


def _of_item(item: Any, base: str) -> Listed:
    link = urljoin(base, _text(item, "link"))
    return Listed(link, _text(item, "title"), f"{_text(item, 'guid') or link} {_text(item, 'pubDate')}")


def _of_entry(entry: Any, base: str) -> Listed:
    links = entry.findall(f"{{{ATOM}}}link")
    best = sorted(links, key=lambda link: (link.get("type") != MEDIA_TYPE, link.get("rel", "alternate") != "alternate"))
    link = urljoin(base, best[0].get("href", "") if best else "")
    return Listed(link, _text(entry, f"{{{ATOM}}}title"),
                  f"{_text(entry, f'{{{ATOM}}}id') or link} {_text(entry, f'{{{ATOM}}}updated')}")  # fmt: skip


def _text(node: Any, tag: str) -> str:
    found = node.find(tag)
    return "" if found is None else "".join(found.itertext()).strip()


def _same_site(link: str, base: str) -> bool:
    """A list may only send us to its own site, over the same kind of connection: not to machines inside our network."""
    there, here = urlsplit(link), urlsplit(base)
    return (there.scheme, there.netloc) == (here.scheme, here.netloc) and bool(there.path)
