"""Lighthouse's verdict on the pages that people see first and most, as a phone on a slow line.

Its own defaults: a throttled processor and network. It is an npm package that runs in Node.js and
drives Debian's Chromium; both are found on the PATH, and without them the part says so.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import Client
from PIL import Image

from accounts.models import User
from generations import files
from generations.models import Job
from sharkweb.up.folder import CHECKOUT
from tests.bench import finished, table
from tests.bench.customers import Customer
from tests.bench.stage import Stage

HERE = Path(__file__).parent
PLACE = settings.DATA_DIR / "lighthouse"
JOBS = 2000
SHOWN_JOBS = 60
TIMEOUT_SECONDS = 180
TARGETS = {"performance": 95, "accessibility": 100, "best-practices": 100}
PAGES = {
    "Landing": ("/", False),
    "Overview": ("/overview", True),
    "Playground": ("/playground", True),
    "History": ("/history", True),
    "Docs": ("/docs", False),
}
FLAGS = "--headless --no-sandbox --disable-dev-shm-usage"
INTRODUCTION = """\
Lighthouse {version}, its own mobile defaults, the better of two runs: performance, accessibility
and best practices, from 0 to 100, and the largest contentful paint."""


def run(scene: Stage) -> list[str]:
    """Every page's scores; the table's lines. It takes two minutes."""
    node, npm, chromium = (
        shutil.which(name) for name in ("node", "npm", "chromium-headless-shell")
    )
    if not (node and npm and chromium):
        return table.paragraph(
            "Lighthouse: not measured, it needs node, npm and chromium-headless-shell."
        )
    _install(npm)
    with scene.database("lighthouse") as database:
        person = scene.people[0]
        finished.fill(scene.people[:2], JOBS)
        _paint(person)
        browser = Client()
        browser.force_login(User.objects.get(email=person.email))
        cookie = f"sessionid={browser.cookies['sessionid'].value}"
        with database.processes.site() as port:
            rows = list(_rows(node, chromium, f"http://127.0.0.1:{port}", cookie))
    return [
        *table.paragraph(INTRODUCTION.format(version=_version())),
        table.row("", "perf / a11y / best", "LCP", "", "target"),
        *rows,
    ]


def _paint(person: Customer) -> None:
    """Puts a picture behind the newest jobs, which pages show."""
    data = BytesIO()
    with Image.open(CHECKOUT / "static" / "img" / "landing" / "shark.webp") as picture:
        picture.convert("RGB").resize((1024, 1024)).save(data, "PNG")
    jobs = Job.objects.filter(account=person.account_id, status="completed")[:SHOWN_JOBS]
    for name in jobs.values_list("image_name", flat=True):
        files.store("images").put(files.path_of("images", name), data.getvalue())


def _rows(node: str, chromium: str, address: str, cookie: str) -> Iterator[str]:
    for name, (path, is_signed_in) in PAGES.items():
        headers = {"Cookie": cookie} if is_signed_in else {}
        reports = [_report(node, chromium, address + path, headers) for _ in range(2)]
        best = max(reports, key=lambda report: report["categories"]["performance"]["score"])
        scores = [round(best["categories"][kind]["score"] * 100) for kind in TARGETS]
        is_reached = all(map(int.__ge__, scores, TARGETS.values()))
        paint = best["audits"]["largest-contentful-paint"]["displayValue"]
        target = " / ".join(map(str, TARGETS.values())) + table.mark(is_reached)
        yield table.row(name, " / ".join(map(str, scores)), paint, "", target)


def _report(node: str, chromium: str, url: str, headers: dict[str, str]) -> dict[str, Any]:
    command = [node, str(PLACE / "node_modules" / "lighthouse" / "cli" / "index.js"), url]
    command += ["--output=json", "--quiet", f"--chrome-flags={FLAGS}"]
    command += [f"--only-categories={','.join(TARGETS)}"]
    command += [f"--extra-headers={json.dumps(headers)}"]
    found = subprocess.run(
        command,
        env={"CHROME_PATH": chromium, "PATH": "/usr/bin:/bin", "HOME": str(PLACE)},
        capture_output=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    assert found.returncode == 0, found.stderr.decode()
    report: dict[str, Any] = json.loads(found.stdout)
    return report


def _install(npm: str) -> None:
    """Installs what the lock file says, once."""
    PLACE.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, PLACE / name)
    if not (PLACE / "node_modules" / "lighthouse").exists():
        subprocess.run([npm, "ci", "--silent", "--no-audit", "--no-fund"], cwd=PLACE, check=True)


def _version() -> str:
    return str(json.loads((HERE / "package.json").read_text())["dependencies"]["lighthouse"])
