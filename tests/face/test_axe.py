"""axe finds nothing serious or critical on any page, in either theme, and no text comes alive.

The rules are axe-core's own (https://dequeuniversity.com/rules/axe/).
"""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import ConsoleMessage
from playwright.sync_api import Page as Tab

from tests.face.cast import Cast
from tests.face.company import Who
from tests.face.conftest import SignedIn
from tests.face.pages import Page, pages

pytestmark = pytest.mark.face

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text()
# How the admin names its boxes of suggestions and explains its lists is Django's to repair.
DJANGOS = ".select2, .selector .help-tooltip"
RUN = "(others) => axe.run({exclude: [others]}, {resultTypes: ['violations']})"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page(cast: Cast, signed_in: SignedIn, scheme: str) -> None:
    found = []
    tabs: dict[Who, Tab] = {}
    for page in pages(cast):
        if page.who not in tabs:
            tab = tabs[page.who] = signed_in(page.who).new_page()
            # A phone shows everything that a wide screen does, and more closely together.
            tab.set_viewport_size({"width": 390 if scheme == "dark" else 1440, "height": 900})
            tab.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        found += [f"{page}: {problem}" for problem in problems(tabs[page.who], page)]
    for tab in tabs.values():
        tab.close()
    assert not found, "\n".join(found)


def is_fault(line: ConsoleMessage, page: Page) -> bool:
    """Whether the browser's console complains of what is not as it should be."""
    # select2 in Django's admin tries to style itself.
    is_admin = page.who == Who.STAFF and "inline style" in line.text
    is_status = page.status != 200 and f"status of {page.status}" in line.text
    return line.type == "error" and not is_admin and not is_status


def problems(tab: Tab, page: Page) -> list[str]:
    """What axe minds, what runs over the edge, and scripts that are not ours."""
    faults: list[str] = []
    # What the page before still says when it goes is not this one's.
    tab.goto("about:blank")
    tab.on("pageerror", lambda error: faults.append(f"script: {error}"))
    tab.on("console", lambda line: faults.append(line.text) if is_fault(line, page) else None)
    answer = tab.goto(page.path)
    assert answer
    if answer.status != page.status:
        return [f"answered {answer.status}"]
    if urlsplit(tab.url).path != urlsplit(page.path).path:
        return [f"led to {tab.url}"]
    if tab.evaluate("window.wounded"):
        faults.append("a hostile text came alive")
    if tab.evaluate("document.documentElement.scrollWidth > innerWidth"):
        faults.append("it is wider than the window")
    # A page of ours runs no script but from files; axe comes from outside of it.
    tab.evaluate(AXE)
    for violation in tab.evaluate(RUN, DJANGOS)["violations"]:
        if violation["impact"] in ("serious", "critical"):
            first = violation["nodes"][0]
            where = first["target"]
            faults.append(f"{violation['id']} ({len(violation['nodes'])}): {where} {first['html']}")
    return faults
