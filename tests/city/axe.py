"""What a person with a small screen, or without eyes, would stumble over on a page, at both widths we promise."""

from __future__ import annotations

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.city.conftest import DESK, PHONE

TAGS = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
OPTIONS = {"runOnly": TAGS, "resultTypes": ["violations"]}
# Only what is wrong crosses from the browser to the test: the whole answer tells of every node of the page.
RUN = "async options => (await axe.run(options)).violations.map(one => `${one.id}: ${one.nodes[0].html.slice(0, 120)}`)"


def faults(page: Page, paths: list[str]) -> list[str]:
    """What is wrong with these pages, each opened once and looked at in both widths."""
    found = []
    for path in paths:
        page.goto(path)
        found += seen(page)
    return found


def seen(page: Page) -> list[str]:
    """What is wrong with the page that is open; it keeps its own width afterwards."""
    page.wait_for_load_state("load")
    page.evaluate(AXE_SCRIPT)
    own = page.viewport_size or PHONE
    found = _looked_at(page)
    page.set_viewport_size(PHONE if own["width"] > PHONE["width"] else DESK)  # type: ignore[arg-type]
    found += _looked_at(page)
    page.set_viewport_size(own)
    return found


def _looked_at(page: Page) -> list[str]:
    size = page.viewport_size or PHONE
    where = f"{page.url} at {size['width']} px"
    found = [f"{where}: {one}" for one in page.evaluate(RUN, OPTIONS)]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append(f"{where}: wider than the screen")
    return found
