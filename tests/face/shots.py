"""`make shots`: a picture of every page, in both themes and three widths, in the folder `shots`.

Collected by no other run. It judges nothing: people look at the pictures.
"""

import pytest

from tests.conftest import CHECKOUT
from tests.face.cast import Cast
from tests.face.conftest import SignedIn
from tests.face.pages import pages

FOLDER = CHECKOUT / "shots"
WIDTHS = (390, 768, 1440)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_shots(cast: Cast, signed_in: SignedIn, scheme: str, width: int) -> None:
    for page in pages(cast):
        tab = signed_in(page.who).new_page()
        tab.set_viewport_size({"width": width, "height": 900})
        tab.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        tab.goto(page.path)
        # Images load lazily, and fonts swap.
        tab.wait_for_load_state("networkidle")
        tab.screenshot(path=FOLDER / f"{page}-{width}-{scheme}.png", full_page=True)
        tab.close()
