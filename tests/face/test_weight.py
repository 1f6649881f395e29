"""What a page may cost its reader: bytes on the first visit and later, and no shift while it lives.

Bytes are as they travel, compressed, without images.
"""

import pytest
from playwright.sync_api import CDPSession
from playwright.sync_api import Page as Tab

from tests.conftest import CHECKOUT
from tests.face.cast import Cast
from tests.face.company import Who
from tests.face.conftest import SignedIn
from tests.face.pages import Page, pages

pytestmark = pytest.mark.face

FIRST_MAX_BYTES = 150 * 1024
LATER_MAX_BYTES = 40 * 1024
SCRIPTS_MAX_BYTES = 15 * 1024
# Long enough for two refreshes.
WATCHED_MILLISECONDS = 4500
SHIFT = """() => new Promise((resolve) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) sum += entry.value;
  }).observe({type: "layout-shift"});
  setTimeout(() => resolve(sum), %d);
})"""


class Meter:
    """Counts the bytes of a tab's answers."""

    def __init__(self, tab: Tab) -> None:
        self.session: CDPSession = tab.context.new_cdp_session(tab)
        self.kinds: dict[str, str] = {}
        self.bytes = 0
        self.session.on("Network.responseReceived", self._started)
        self.session.on("Network.loadingFinished", self._finished)
        self.session.send("Network.enable")

    def _started(self, event: dict[str, str]) -> None:
        self.kinds[event["requestId"]] = event["type"]

    def _finished(self, event: dict[str, str]) -> None:
        if self.kinds.get(event["requestId"]) != "Image":
            self.bytes += int(event["encodedDataLength"])

    def first(self, tab: Tab, path: str) -> int:
        """Of a visit with nothing in the cache."""
        self.session.send("Network.clearBrowserCache")
        return self.later(tab, path)

    def later(self, tab: Tab, path: str) -> int:
        """Of a visit with what earlier ones left."""
        self.bytes = 0
        tab.goto(path)
        tab.wait_for_load_state("networkidle")
        return self.bytes


def for_customers(cast: Cast) -> list[Page]:
    return [page for page in pages(cast) if page.who != Who.STAFF]


def test_our_own_scripts_are_few() -> None:
    scripts = sorted((CHECKOUT / "static" / "js").glob("*.js"))
    assert 0 < sum(script.stat().st_size for script in scripts) < SCRIPTS_MAX_BYTES


def test_bytes(cast: Cast, signed_in: SignedIn) -> None:
    heavy = []
    for page in for_customers(cast):
        tab = signed_in(page.who).new_page()
        meter = Meter(tab)
        if (first := meter.first(tab, page.path)) > FIRST_MAX_BYTES:
            heavy.append(f"{page}: {first:,} bytes at first")
        if (later := meter.later(tab, page.path)) > LATER_MAX_BYTES:
            heavy.append(f"{page}: {later:,} bytes later")
        assert first > later > 0
        tab.close()
    assert heavy == []


def test_nothing_moves_while_it_refreshes(cast: Cast, signed_in: SignedIn) -> None:
    """The cast has a job in the queue and one in a runner's hands, so these pages ask again."""
    for name in ("playground", "history"):
        page = next(page for page in pages(cast) if page.name == name and page.who == "rich")
        tab = signed_in(page.who).new_page()
        tab.goto(page.path)
        tab.wait_for_load_state("networkidle")
        with tab.expect_response(lambda answer: "/live" in answer.url):
            moved = tab.evaluate(SHIFT % WATCHED_MILLISECONDS)
        assert moved == 0, page
        tab.close()
