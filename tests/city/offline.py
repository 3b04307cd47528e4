"""A page that works without a network, kept by the service worker."""

from __future__ import annotations

from playwright.sync_api import Page

_KEPT = """async () => {
  const parts = [location.pathname, document.querySelector("[data-qr]").dataset.qr];
  return (await Promise.all(parts.map((one) => caches.match(one)))).every(Boolean);
}"""


def kept(page: Page) -> None:
    """Wait until the open page and the part of it that comes last are kept."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    while not page.evaluate(_KEPT):
        page.wait_for_timeout(200)
