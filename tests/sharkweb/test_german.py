"""German is complete: every text of the source has its translation, and the compiled file has them.

`make messages` collects new texts and compiles; what it needs is GNU gettext.
"""

import gettext
import os
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.conftest import CHECKOUT

ROOMS = ("accounts", "wallet", "keys", "generations", "sharkweb", "templates")
COLLECT = "-W ignore manage.py makemessages --locale de --no-location --no-obsolete --ignore tests"
GERMAN = Path("sharkweb/locale/de/LC_MESSAGES/django.po")


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The translations as `make messages` would leave them, in a copy of the source."""
    copy = tmp_path_factory.mktemp("source")
    for room in ROOMS:
        shutil.copytree(CHECKOUT / room, copy / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(CHECKOUT / "manage.py", copy)
    (copy / "tests").mkdir()
    for name in ("__init__.py", "settings.py", "served_settings.py"):
        shutil.copy(CHECKOUT / "tests" / name, copy / "tests")
    subprocess.run(
        [sys.executable, *COLLECT.split()],
        cwd=copy,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        check=True,
        capture_output=True,
    )
    return copy / GERMAN


@pytest.mark.parametrize("lack", ["--untranslated", "--only-fuzzy"])
def test_nothing_is_left(collected: Path, lack: str) -> None:
    left = subprocess.run(
        ["msgattrib", lack, "--no-wrap", collected], check=True, capture_output=True, text=True
    )
    assert [line for line in left.stdout.splitlines() if line.startswith("msgid")][1:] == []


def test_the_compiled_file_is_of_today(tmp_path: Path) -> None:
    fresh = tmp_path / "django.mo"
    # It also sees to it that every placeholder is in the translation.
    subprocess.run(["msgfmt", "--check-format", "-o", fresh, CHECKOUT / GERMAN], check=True)
    committed = (CHECKOUT / GERMAN).with_suffix(".mo")
    assert texts(committed) == texts(fresh)


def texts(path: Path) -> dict[object, str]:
    with path.open("rb") as file:
        catalog: dict[object, str] = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]  # Has no public name.
    # Its head says when it was made.
    return {key: text for key, text in catalog.items() if key}


def test_pages_speak_it_and_the_api_does_not(site: str) -> None:
    headers = {"Accept-Language": "de"}
    page = httpx.get(site, headers=headers)
    assert '<html lang="de">' in page.text
    assert "Bild" in page.text
    english = httpx.get(f"{site}/api/v1/jobs/none").text
    assert httpx.get(f"{site}/api/v1/jobs/none", headers=headers).text == english
    bad = httpx.post(f"{site}/api/v1/image", headers=headers, content="{")
    assert bad.text == httpx.post(f"{site}/api/v1/image", content="{").text
