"""The reference's own programs, word for word, run against the site to the image they print.

Only the address and, where it is written into the program, the key are put in.
"""

import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.api.calls import HTTP
from tests.conftest import Customer, NewCustomer
from wallet.models import Book, Unit

CLIENTS = Path(__file__).parent / "clients"
BASE_URL = "https://www.sharkapi.dev"
KEY_IN_SHELL = "sk_live_••••••••"
PRICE_MICROS = 30_000
# Three minutes is what the programs give themselves.
TIMEOUT_SECONDS = 180


def text(name: str) -> str:
    return (CLIENTS / name).read_text()


def joined(program: str, until: str, polling: str) -> str:
    """The polling pattern of the job status page, with the submitting half of a whole program."""
    return text(program).partition(until)[0] + text(polling)


PROGRAMS = {
    "javascript": ("node", "client.mjs", text("javascript.mjs")),
    "python": (sys.executable, "client.py", text("python.py")),
    "shell": ("bash", "client.sh", text("shell.sh")),
    "javascript polling": (
        "node",
        "polling.mjs",
        joined("javascript.mjs", "// 2. Poll", "polling.mjs"),
    ),
    "python polling": (
        sys.executable,
        "polling.py",
        joined("python.py", "def wait_for_job", "polling.py"),
    ),
}

Running = dict[str, tuple[Customer, subprocess.Popen[str]]]


@pytest.fixture(scope="module")
def running(
    site: str, workers: None, new_customer: NewCustomer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """All programs at once, each for a customer of its own, since each waits most of the time."""
    folder = tmp_path_factory.mktemp("clients")
    found: Running = {}
    for name, (interpreter, file_name, program) in PROGRAMS.items():
        customer = new_customer(credit_micros=PRICE_MICROS)
        assert shutil.which(interpreter), f"{interpreter} is needed to run the reference's client"
        ours = program.replace(BASE_URL, site).replace(KEY_IN_SHELL, customer.token)
        (folder / file_name).write_text(ours)
        found[name] = (
            customer,
            subprocess.Popen(
                [interpreter, file_name],
                cwd=folder,
                env=os.environ | {"SHARKAPI_KEY": customer.token},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            ),
        )
    yield found
    for _, process in found.values():
        process.kill()
        process.communicate()


@pytest.mark.parametrize("name", PROGRAMS)
def test_prints_the_address_of_an_image(running: Running, name: str) -> None:
    customer, process = running[name]
    printed, _ = process.communicate(timeout=TIMEOUT_SECONDS)
    assert process.returncode == 0, printed
    url = re.search(r"http://\S+/images/\S+", printed)
    assert url, printed
    answer = HTTP.get(url[0])
    assert answer.headers["Content-Type"] == "image/png"
    assert Image.open(io.BytesIO(answer.content)).size == (1024, 1024)
    if name != "shell":
        assert "$0.03" in printed
    book = Book.objects.get(account=customer.account, unit=Unit.USD)
    assert (book.balance, book.held) == (0, 0), "charged exactly once"
