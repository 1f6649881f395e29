"""What a page takes the server when its account has a hundred thousand finished jobs.

One customer, one connection, page after page as a person opens them. The time is the whole
answer's, from the request to its last byte, through the web server.
"""

from django.test import Client

from accounts.models import User
from tests.bench import finished, table
from tests.bench.customers import Customer
from tests.bench.load import Request, request, send
from tests.bench.stage import Stage

MANY_JOBS = 1_000_000
SHARE = 10
QUICK_JOBS = 20_000
VISITS = 60
QUICK_VISITS = 10
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
connection, beside how many a second that makes."""


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
            return [
                *table.paragraph(introduction),
                table.row("", "p50 / p95", "pages/s", "", "target"),
                *[_row(name, port, script, is_quick) for name, script in scripts.items()],
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


def _row(name: str, port: int, script: Request, is_quick: bool) -> str:
    # Templates are read and statements planned once.
    send(port, [[script] * WARM_UP_VISITS])
    measured = send(port, [[script] * (QUICK_VISITS if is_quick else VISITS)])
    median_ms = measured.median_seconds * 1000
    target = f"p50 under {TARGET_MS} ms{table.mark(median_ms < TARGET_MS)}"
    return table.row(
        name, table.pair_ms(measured.latencies), f"{measured.per_second:.0f}", "", target
    )
