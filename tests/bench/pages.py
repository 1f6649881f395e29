"""What a page takes the server when its account has a hundred thousand finished jobs.

One customer, one connection, page after page as a person opens them. The time is the whole
answer's, from the request to its last byte, through the web server.
"""

from collections.abc import Mapping, Sequence
from statistics import median

from django.test import Client

from accounts.models import User
from tests.bench import finished, table
from tests.bench.customers import Customer
from tests.bench.load import Request, request, send
from tests.bench.stage import Stage

MANY_JOBS = 1_000_000
SHARE = 10
QUICK_JOBS = 20_000
# Rounds through all pages: a moment in which the machine is slow shall not be one page's alone.
ROUNDS = 10
QUICK_ROUNDS = 2
VISITS = 6
WARM_UP_VISITS = 5
TARGET_MS = 25
PEOPLE = 20
# By name: the address, and what its page says when it is the right one.
PAGES = {
    "Overview": ("/overview", "</html>"),
    "Playground": ("/playground", "</html>"),
    "History, gallery": ("/history", "/thumbnails/"),
    "History, table": ("/history?view=table", "</html>"),
    "History, failed": ("/history?status=failed", "</html>"),
    "History, a common word": ("/history?q=poster", "</html>"),
    "History, a rare word": ("/history?q=octopus", "</html>"),
    "A job": ("/jobs/{job}", "</html>"),
    "Tokens": ("/tokens", "</html>"),
    "Wallet": ("/wallet", "</html>"),
    "Usage, 90 days": ("/usage?period=90", "</html>"),
    "Docs": ("/docs", "</html>"),
    "Settings": ("/settings", "</html>"),
}
INTRODUCTION = """\
Server time of the pages of an account with {jobs:,} finished jobs among {all:,}: p50 and p95 on one
connection."""


def run(scene: Stage, is_quick: bool) -> list[str]:
    """Measures every page; the table's lines."""
    jobs = QUICK_JOBS if is_quick else MANY_JOBS
    introduction = INTRODUCTION.format(jobs=jobs // SHARE, all=jobs)
    with scene.database("pages") as database:
        people = scene.people[:PEOPLE]
        finished.fill(people, jobs)
        # The first has a tenth of all.
        scripts = _scripts(people[0])
        with database.processes.site() as port:
            found = _measured(port, scripts, QUICK_ROUNDS if is_quick else ROUNDS)
    return [
        *table.paragraph(introduction),
        table.row("", "p50 / p95", "", "", "target"),
        *[_row(name, latencies) for name, latencies in found.items()],
    ]


def _scripts(person: Customer) -> dict[str, Request]:
    browser = Client()
    browser.force_login(User.objects.get(email=person.email))
    cookie = {"Cookie": f"sessionid={browser.cookies['sessionid'].value}"}
    job = finished.ids_of(person, 1)[0]
    return {
        name: request("GET", path.format(job=job), cookie, 200, expected)
        for name, (path, expected) in PAGES.items()
    }


def _measured(port: int, scripts: Mapping[str, Request], rounds: int) -> dict[str, list[float]]:
    """The seconds that each visit took, by page."""
    for script in scripts.values():
        # Templates are read and statements planned once.
        send(port, [[script] * WARM_UP_VISITS])
    found: dict[str, list[float]] = {name: [] for name in scripts}
    for _ in range(rounds):
        for name, script in scripts.items():
            found[name] += send(port, [[script] * VISITS]).latencies
    return found


def _row(name: str, latencies: Sequence[float]) -> str:
    median_ms = median(latencies) * 1000
    target = f"p50 under {TARGET_MS} ms{table.mark(median_ms < TARGET_MS)}"
    return table.row(name, table.pair_ms(latencies), "", "", target)
