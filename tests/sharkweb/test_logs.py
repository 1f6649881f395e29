"""The log of a deployment at work: every line an object, named, and without anybody's secrets."""

import json
import os
import re
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.contrib.auth import login
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.http import HttpRequest

from accounts.models import User
from generations.models import Job
from tests.conftest import CHECKOUT, Customer, NewCustomer, served, wait_until
from tests.sharkweb.deployed import FORWARDED, production_environment

# At the beginning of every prompt, since PostgreSQL repeats only so much of it.
MARK = f"zanzibar-{uuid.uuid4().hex[:8]}"
ENGINE_SECRET = "engine-secret-Qx8vN3mQ1zX6"
METRICS_TOKEN = "metrics-Qx8vN3mQ1zX6cB4kL9jH7gF5dS2aW0eRtYuIoP"
# Makes PostgreSQL refuse, and repeat the row in its error.
TRAP = f"""
ALTER TABLE generations_job ADD CONSTRAINT trap CHECK (
    prompt NOT LIKE '{MARK} trapped now%'
    AND (status <> 'completed' OR prompt NOT LIKE '{MARK} trapped later%')
) NOT VALID
"""


@dataclass(frozen=True)
class Deployed:
    """A site and a worker whose logs are read."""

    address: str
    folder: Path
    alice: Customer

    def lines(self, of: str) -> list[dict[str, Any]]:
        """What the `site` or the `worker` has logged, line by line."""
        return [json.loads(line) for line in (self.folder / of).read_text().splitlines()]

    def call(self, method: str, path: str, name: str, **more: Any) -> httpx.Response:
        """A customer's call, named by the proxy."""
        headers = FORWARDED | self.alice.headers | {"X-Request-ID": name} | more.pop("headers", {})
        answer = httpx.request(method, f"{self.address}{path}", headers=headers, **more)
        assert answer.headers["X-Request-ID"] == name
        return answer

    def submit(self, prompt: str, name: str = "submit", **fields: str) -> httpx.Response:
        body = {"prompt": f"{MARK} {prompt}", "variant": "tiny", **fields}
        return self.call("POST", "/api/v1/image", name, json=body)


@pytest.fixture(scope="module")
def deployed(
    new_customer: NewCustomer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployed]:
    folder = tmp_path_factory.mktemp("logs")
    environment = {
        **production_environment(),
        "SHARKAPI_ACCESS_LOG": "on",
        "SHARKAPI_METRICS_TOKEN": METRICS_TOKEN,
        "SHARKAPI_ENGINE_TEST": ENGINE_SECRET,
    }
    alice = new_customer("alice", credit_micros=10_000_000)
    with connection.cursor() as cursor:
        cursor.execute(TRAP)
    try:
        with (folder / "site").open("wb") as site, (folder / "worker").open("wb") as worker:
            command = [sys.executable, "manage.py", "work"]
            process = subprocess.Popen(
                command, cwd=CHECKOUT, env=environment, stderr=worker, start_new_session=True
            )
            try:
                with served(environment, site) as address:
                    wait_until(lambda: httpx.get(f"{address}/healthz").status_code == 200)
                    yield Deployed(address, folder, alice)
            finally:
                process.terminate()
                try:
                    process.wait(timeout=15)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                    raise
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE generations_job DROP CONSTRAINT trap")


def ended(deployed: Deployed, answer: httpx.Response) -> Job:
    """The submitted job, when it has ended."""
    assert answer.status_code == 202
    pk = answer.json()["job_id"]
    wait_until(lambda: Job.objects.get(pk=pk).is_terminal)
    return Job.objects.get(pk=pk)


def test_a_fault_in_the_api_is_found_by_the_requests_name(deployed: Deployed) -> None:
    answer = deployed.submit("trapped now", "lane-fault")
    assert answer.status_code == 500
    fault, access = (
        line for line in deployed.lines("site") if line.get("request_id") == "lane-fault"
    )
    assert (fault["level"], fault["message"]) == ("ERROR", "The API failed")
    assert 'violates check constraint "trap"' in fault["exception"]
    assert "Failing row contains ([hidden])." in fault["exception"]
    assert access["logger"] == "sharkweb.access"
    assert access["message"].startswith("POST /api/v1/image 500 in ")
    assert (access["method"], access["path"]) == ("POST", "/api/v1/image")
    assert access["status"] == 500
    assert 0 < access["duration_ms"] < 30_000


def test_a_fault_on_a_page_is_found_the_same_way(deployed: Deployed) -> None:
    cookies = {"sessionid": signed_in(deployed.alice.user), "csrftoken": "c" * 32}
    answer = deployed.call(
        "POST",
        "/playground?from=elsewhere",
        "page-fault",
        data={"prompt": f"{MARK} trapped now", "variant": "tiny"},
        headers={
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "X-CSRFToken": cookies["csrftoken"],
            "Origin": "https://images.example.com",
        },
    )
    assert answer.status_code == 500
    fault, access = (
        line for line in deployed.lines("site") if line.get("request_id") == "page-fault"
    )
    assert fault["logger"] == "django.request"
    assert fault["message"] == "Internal Server Error: /playground"
    assert "Failing row contains ([hidden])." in fault["exception"]
    assert (access["path"], access["status"]) == ("/playground", 500)
    assert not [line for line in deployed.lines("site") if "elsewhere" in str(line)]
    assert not [line for line in deployed.lines("site") if cookies["sessionid"] in str(line)]


def signed_in(user: User) -> str:
    """The key of a session of the user's, as signing in makes it."""
    request = HttpRequest()
    request.session = SessionStore()
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session.save()
    assert request.session.session_key
    return request.session.session_key


def test_the_line_of_a_submission_carries_its_jobs_id(deployed: Deployed) -> None:
    submitted = [deployed.submit("is noted", f"noted-{number}") for number in range(6)]
    # The server's threads, which have all made a job now, go on with other requests.
    for number in range(6):
        deployed.call("GET", "/nowhere", f"unrelated-{number}")
    access = {
        line["request_id"]: line.get("job_id")
        for line in deployed.lines("site")
        if line["logger"] == "sharkweb.access"
    }
    for number, answer in enumerate(submitted):
        assert access[f"noted-{number}"] == answer.json()["job_id"]
        assert access[f"unrelated-{number}"] is None


def test_a_jobs_lines_carry_its_id(deployed: Deployed) -> None:
    good = ended(deployed, deployed.submit("is painted"))
    away = ended(
        deployed, deployed.submit("refers", image_url="https://127.0.0.1/a.png?sig=s3cr3t")
    )
    trapped = ended(deployed, deployed.submit("trapped later"))
    assert [job.status for job in (good, away, trapped)] == ["completed", "failed", "failed"]
    found = [line for line in deployed.lines("worker") if line.get("job_id") == str(trapped.pk)]
    (fault,) = [line for line in found if line["level"] == "ERROR"]
    assert fault["logger"].startswith("generations.")
    assert "Failing row contains ([hidden])." in fault["exception"]


def test_no_line_has_a_prompt_or_a_secret(deployed: Deployed) -> None:
    """After all of the above, and whatever else somebody may try."""
    token = deployed.alice.token
    deployed.call("GET", f"/api/v1/jobs/{token}", "token-in-the-lane")
    deployed.call("GET", f"/{token}?key={token}", "token-in-a-path")
    deployed.call("GET", "/accounts/password/reset/key/2f-s3cr3t/", "reset")
    deployed.call("GET", "/x%0A%7B%22forged%22%3A1%7D", "forged")
    deployed.call("GET", f"/{METRICS_TOKEN}/{ENGINE_SECRET}", "known-secrets")
    deployed.call(
        "GET", "/metrics", "metrics", headers={"Authorization": f"Bearer {METRICS_TOKEN}"}
    )
    logged = (deployed.folder / "site").read_text() + (deployed.folder / "worker").read_text()
    secrets = {
        *(settings.SECRET_KEY, settings.TOKEN_PEPPER.decode(), METRICS_TOKEN, ENGINE_SECRET),
        *(token, token[8:20], "s3cr3t", MARK),
    }
    assert [secret for secret in secrets if secret in logged] == []
    for name in ("token-in-the-lane", "token-in-a-path", "reset", "known-secrets"):
        (access,) = [
            line
            for line in deployed.lines("site")
            if line.get("request_id") == name and line["logger"] == "sharkweb.access"
        ]
        assert "[hidden]" in access["path"]
        assert "[hidden]" in access["message"]


def test_every_line_has_what_all_have(deployed: Deployed) -> None:
    for of in ("site", "worker"):
        lines = deployed.lines(of)
        assert lines
        for line in lines:
            assert list(line)[:4] == ["time", "level", "logger", "message"]
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])
