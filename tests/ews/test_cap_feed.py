"""The lists of warnings, judged by the schemas of Atom and RSS and by a reader that nobody here wrote."""

from __future__ import annotations

import datetime as dt

import feedparser
import pytest
from lxml import etree

from pasti.ews.rules import cap_feed
from pasti.ews.rules.cap_feed import Entry, Feed
from tests.ews.cap_cases import CORPUS, HOUR, SENT

FEED = Feed("https://ews.example/cap/feed.atom", "https://ews.example/ews/", "Peringatan <Kota> & sekitarnya", "CAP 1.2",
            "BPBD", SENT)  # fmt: skip
ENTRIES = [
    Entry(f"urn:uuid:0f7f3ad4-7d4a-4c0c-9f0a-3a1c7b9d2e1{n}", f"https://ews.example/cap/{n}.xml", f"Siaga <{n}> & naik",
          "Air > 2 m ]]> &amp;", SENT + n * HOUR, "BPBD", ("Banjir",))
    for n in range(3)
]  # fmt: skip


@pytest.fixture(scope="module")
def judges() -> dict[str, object]:
    """The grammar of RFC 4287 and the schema of RSS 2.0."""
    folder = CORPUS / "schema"
    return {
        "atom": etree.RelaxNG(etree.parse(folder / "atom.rng")),
        "rss": etree.XMLSchema(etree.parse(folder / "rss-2_0.xsd")),
    }


@pytest.mark.parametrize(("kind", "entries"), [("atom", []), ("atom", ENTRIES), ("rss", ENTRIES)])
def test_a_list_fits_its_schema(kind: str, entries: list[Entry], judges: dict[str, etree.RelaxNG]) -> None:
    document = etree.fromstring(getattr(cap_feed, kind)(FEED, entries))
    assert judges[kind].validate(document), judges[kind].error_log


@pytest.mark.parametrize("kind", ["atom", "rss"])
def test_an_empty_list_is_a_list(kind: str) -> None:
    read = feedparser.parse(getattr(cap_feed, kind)(FEED, []))
    assert not read.bozo
    assert (read.version, read.feed.title, read.entries) == ({"atom": "atom10", "rss": "rss20"}[kind], FEED.title, [])


@pytest.mark.parametrize("kind", ["atom", "rss"])
def test_a_reader_finds_each_message_newest_first_with_its_words_unharmed(kind: str) -> None:
    read = feedparser.parse(getattr(cap_feed, kind)(FEED, ENTRIES), sanitize_html=False, resolve_relative_uris=False)
    assert not read.bozo
    assert read.feed.title == FEED.title
    assert [one.id for one in read.entries] == [one.id for one in reversed(ENTRIES)]
    assert [one.links[0].href for one in read.entries] == [one.url for one in reversed(ENTRIES)]
    assert [one.title for one in read.entries] == [one.title for one in reversed(ENTRIES)]
    assert read.entries[0].summary == ENTRIES[2].summary
    newest = dt.datetime(*read.entries[0].published_parsed[:6], tzinfo=dt.UTC)
    assert newest == ENTRIES[2].sent
    if kind == "atom":
        assert {link.type for one in read.entries for link in one.links} == {"application/cap+xml"}
