"""Every example of the reference, run as it stands there against the site that serves it.

All at once, since some wait: each for a customer of its own, with a job of theirs in JOB_ID.
"""

import json
import os
import re
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from generations import jobs
from generations.models import Job
from tests.api.calls import HTTP, completed, picture, submit
from tests.conftest import Customer, NewCustomer

FENCE = re.compile(r"^```(\w+)(?: ([^\n]*))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TIMEOUT_SECONDS = 60
# What curl is told beyond the examples: to print the status on a line of its own.
CURL = 'curl() { command curl -sS -w "\\n%{http_code}" "$@"; }\n'
INTERPRETERS = {"sh": ["bash", "-c"], "python": [sys.executable, "-c"]}


@dataclass(frozen=True, slots=True)
class Example:
    """A program of the reference, and the answer that stands below it."""

    language: str
    program: str
    status: int
    body: Any


@dataclass(frozen=True, slots=True)
class Run:
    """An example at work for its customer."""

    example: Example
    customer: Customer
    process: subprocess.Popen[str]


def examples(markdown: str) -> list[Example]:
    """The programs that call the API. A run of them shares the answer at its end."""
    found: list[Example] = []
    waiting: list[tuple[str, str]] = []
    for language, info, text in FENCE.findall(markdown):
        if language == "json":
            status, body = int(info.split()[0]), json.loads(text)
            found += [Example(*program, status, body) for program in waiting]
            waiting = []
        elif language in ("sh", "python", "javascript") and "/api/v1" in text:
            waiting.append((language, text))
    assert waiting == [], "an example without its answer"
    return found


def start(example: Example, customer: Customer, job_id: str, folder: Path) -> Run:
    environment = os.environ | {"SHARKAPI_KEY": customer.token, "JOB_ID": job_id}
    if example.language == "javascript":
        path = folder / f"{uuid.uuid4()}.mjs"
        path.write_text(example.program)
        command = ["node", str(path)]
    else:
        prelude = CURL if example.language == "sh" else ""
        command = [*INTERPRETERS[example.language], prelude + example.program]
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return Run(example, customer, process)


@pytest.fixture(scope="module")
def runs(
    site: str, new_customer: NewCustomer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Run]]:
    folder = tmp_path_factory.mktemp("examples")
    (folder / "photo.jpg").write_bytes(picture("JPEG"))
    found = []
    for example in examples(HTTP.get(f"{site}/docs.md").text):
        customer = new_customer(credit_micros=1_000_000)
        ended, job_id = (submit(site, customer).json()["job_id"] for _ in range(2))
        completed(ended, f"{uuid.uuid4().hex}.png")
        # Whoever cancels needs one that has not ended, and whoever polls one that has.
        is_poll = "/cancel" not in example.program
        found.append(start(example, customer, ended if is_poll else job_id, folder))
    yield found
    for run in found:
        run.process.kill()
        run.process.communicate()
        for job in Job.objects.filter(account=run.customer.account, finished_at=None):
            jobs.cancel(job.pk)


def printed(run: Run) -> str:
    """What the program printed; while it waits for an image, it gets one."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while run.process.poll() is None and time.monotonic() < deadline:
        if "while" in run.example.program:
            for job in Job.objects.filter(account=run.customer.account, finished_at=None):
                completed(str(job.pk), f"{uuid.uuid4().hex}.png")
        time.sleep(0.1)
    text, _ = run.process.communicate(timeout=1)
    assert run.process.returncode == 0, f"{run.example.program}\n{text}"
    return text


def shape(value: Any) -> Any:
    """The names in it, without the values."""
    if isinstance(value, dict):
        return {name: shape(each) for name, each in value.items()}
    if isinstance(value, list):
        return [shape(each) for each in value[:1]]
    return None


def test_curl(runs: list[Run]) -> None:
    commands = [run for run in runs if run.example.language == "sh"]
    assert len(commands) >= 8
    for run in commands:
        body, _, status = printed(run).strip().rpartition("\n")
        assert int(status) == run.example.status, run.example.program
        answer = json.loads(body)
        if run.example.body.get("jobs") != []:
            assert shape(answer) == shape(run.example.body), run.example.program
        if run.example.status >= 400:
            assert answer == run.example.body


@pytest.mark.parametrize("language", ["python", "javascript"])
def test_programs(runs: list[Run], language: str) -> None:
    programs = [run for run in runs if run.example.language == language]
    assert len(programs) >= 7
    for run in programs:
        text = printed(run)
        assert re.search(r"[0-9a-f]{8}-[0-9a-f]{4}|/images/", text), (
            f"{run.example.program}\n{text}"
        )
        assert "'code'" not in text
        assert "code:" not in text
