"""Looking at another agency's list over HTTP: only what is new, only from its own site, bounded."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from pasti.ews.models import ForeignAlert, ForeignFeed
from pasti.ews.rules import cap_list
from pasti.ews.services import cap_fetch, cap_lists
from tests.ews import cap_cases
from tests.ews.test_cap_import import city, nowcast  # noqa: F401

RSS = (cap_cases.CORPUS.with_name("bmkg") / "rss_nowcast_20260216.xml").read_bytes()


class Agency:
    """A web server of an agency; `pages` are its answers by path, `asked` what was asked for."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[int, bytes, dict[str, str]]] = {}
        self.asked: list[str] = []
        agency = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                agency.asked.append(self.path)
                status, content, headers = agency.pages.get(self.path, (404, b"", {}))
                if headers.get("ETag") and self.headers.get("If-None-Match") == headers["ETag"]:
                    status, content = 304, b""
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.list = f"{self.base}/id"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def publish(self, *numbers: int, etag: str = '"1"') -> None:
        """A list of these nowcasts, the newest first, each at its own address."""
        items = "".join(
            f"<item><title>Hujan</title><link>{self.base}/{n}.xml</link><guid>{n}</guid></item>"
            for n in sorted(numbers, reverse=True)
        )
        feed = f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>'.encode()
        self.pages["/id"] = (200, feed, {"ETag": etag})


@pytest.fixture
def agency(settings: Any) -> Iterator[Agency]:
    made = Agency()
    settings.PASTI_CAP_FEEDS = [made.list]
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_bmkgs_list_is_understood() -> None:
    found = cap_list.entries(RSS, "https://www.bmkg.go.id/alerts/nowcast/id")
    assert [one.url.rsplit("/", 1)[1] for one in found] == [
        "CBT20260216004_alert.xml", "CJG20260216005_alert.xml", "CSU20260216005_alert.xml",
    ]  # fmt: skip
    assert found[0].title == "Hujan Lebat disertai Petir di Banten"


def test_a_list_cannot_send_us_to_another_site() -> None:
    assert cap_list.entries(RSS, "https://elsewhere.example/list") == ()
    assert cap_list.entries(RSS.replace(b"https://www", b"file:///www"), "https://www.bmkg.go.id/x") == ()


def test_an_atom_list_of_our_own_is_understood_too() -> None:
    from tests.ews.test_cap_feed import ENTRIES, FEED, cap_feed

    found = cap_list.entries(cap_feed.atom(FEED, ENTRIES), FEED.url)
    assert [one.url for one in found] == [one.url for one in reversed(ENTRIES)]


@pytest.mark.usefixtures("city")
def test_only_what_is_new_is_fetched_and_an_unchanged_list_not_at_all(agency: Agency) -> None:
    agency.publish(1, 2)
    for number in (1, 2, 3):
        agency.pages[f"/{number}.xml"] = (200, nowcast(number), {})
    assert cap_lists.look_at_all() == 2
    assert agency.asked == ["/id", "/1.xml", "/2.xml"]
    assert cap_lists.look_at_all() == 0
    assert agency.asked[3:] == ["/id"]
    agency.publish(1, 2, 3, etag='"2"')
    assert cap_lists.look_at_all() == 1
    assert agency.asked[4:] == ["/id", "/3.xml"]


@pytest.mark.usefixtures("city")
def test_what_was_not_reached_is_tried_again_and_what_was_refused_is_not(agency: Agency) -> None:
    agency.publish(1, 2)
    agency.pages["/1.xml"] = (503, b"", {})
    agency.pages["/2.xml"] = (200, cap_cases.content("authored/invalid/doctype-xxe.cap"), {})
    assert cap_lists.look_at_all() == 0
    agency.pages["/1.xml"] = (200, nowcast(1), {})
    agency.asked.clear()
    assert cap_lists.look_at_all() == 1
    assert agency.asked == ["/id", "/1.xml"]


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        ((500, b"", {}), "HTTP 500"),
        ((200, b"<html/>", {}), "bukan-daftar"),
        ((200, b"<!DOCTYPE rss><rss/>", {}), "doctype"),
        ((200, b"x" * (cap_fetch.LARGEST + 1), {}), "larger"),
        ((302, b"", {"Location": "http://169.254.169.254/latest"}), "another site"),
        ((302, b"", {"Location": "file:///etc/passwd"}), "HTTP 302"),
    ],
)
def test_a_list_in_trouble_says_so_and_harms_nothing(agency: Agency, answer: Any, trouble: str) -> None:
    agency.pages["/id"] = answer
    assert cap_lists.look_at_all() == 0
    assert trouble in ForeignFeed.objects.get().trouble
    assert not ForeignAlert.objects.exists()
    agency.publish()
    cap_lists.look_at_all()
    assert ForeignFeed.objects.get().trouble == ""


def test_without_an_address_nothing_is_asked(settings: Any) -> None:
    settings.PASTI_CAP_FEEDS = []
    assert cap_lists.look_at_all() == 0
