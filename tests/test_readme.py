"""Every command in the README is run, here or by CI, as it stands there."""

import os
import re
import shlex
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psycopg
import pytest
from django.conf import settings

from sharkweb.up.postgres import database_url
from tests.conftest import CHECKOUT, free_port, process_environment, stop, wait_until

README = (CHECKOUT / "README.md").read_text()
BLOCKS = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
ADDRESS = "http://127.0.0.1:8000"
# Run by `.ci/run`, or by another test's `make run`.
ELSEWHERE = {
    "make run": "tests/test_run.py",
    "make test": ".ci/run",
    "make check": ".ci/run",
    "make face": ".ci/run",
    "make faults": ".ci/run",
    "make bench": ".ci/run",
}


def block_with(word: str) -> str:
    (block,) = [block for block in BLOCKS if word in block]
    return str(block)


def shell(script: str, environment: dict[str, str]) -> str:
    script = script.replace(".venv/bin/python", shlex.quote(sys.executable))
    result = subprocess.run(
        ["bash", "-euc", script],
        cwd=CHECKOUT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_every_command_is_run_somewhere() -> None:
    here = Path(__file__).read_text()
    for block in BLOCKS:
        for command in block.replace("\\\n", "").strip().splitlines():
            if command in ELSEWHERE:
                place = (CHECKOUT / ELSEWHERE[command]).read_text()
                listed = ", ".join(f'"{word}"' for word in command.split())
                is_run = f"\n{command}" in place or listed in place
                assert is_run, f"{command} is not run by {ELSEWHERE[command]}"
            else:
                words = [word for word in re.findall(r"\w+", command) if word in here]
                assert words, f"nobody runs: {command}"


@pytest.mark.usefixtures("workers")
def test_a_first_image(site: str) -> None:
    environment = process_environment()
    made = shell(block_with("create_customer"), environment)
    token = re.search(r"sk_live_\w+", made)
    assert token

    submit, _, poll = block_with("api/v1/image").replace(ADDRESS, site).partition("\ncurl ")
    environment["SHARKAPI_KEY"] = token[0]
    job_id = re.search(r'"job_id":"([^"]+)"', shell(submit, environment))
    assert job_id
    environment["JOB_ID"] = job_id[1]
    for _ in range(60):
        answer = shell(f"curl {poll}", environment)
        if '"completed"' in answer:
            break
        time.sleep(0.5)
    image_url = re.search(r'"image_url":"([^"]+)"', answer)
    assert image_url, answer
    assert httpx.get(image_url[1]).headers["Content-Type"] == "image/png"

    listed_and_cancelled = shell(block_with("status=failed").replace(ADDRESS, site), environment)
    assert '{"jobs":[],"next_cursor":null}' in listed_and_cancelled
    assert '"code":"JOB_FINISHED"' in listed_and_cancelled


@pytest.fixture(scope="module")
def production(database: None, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A production environment: the README's exports, with a database that exists."""
    name = f"production_{os.getpid()}"
    server = os.environ.get("DATABASE_URL") or database_url(settings.DATA_DIR, "postgres")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    exports = block_with("export").split(".venv/bin/python")[0]
    printed = shell(f"{exports}\nenv", {"PATH": os.environ["PATH"]})
    named = re.findall(r"^(SHARKAPI_\w+|DATABASE_URL)=(.*)$", printed, re.MULTILINE)
    return {
        **{key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ},
        **dict(named),
        "DATABASE_URL": re.sub(r"/\w+\?", f"/{name}?", server),
        "SHARKAPI_DATA_DIR": str(tmp_path_factory.mktemp("production")),
        "GRANIAN_PORT": str(free_port()),
    }


def test_production_runs_as_written(production: dict[str, str]) -> None:
    prepare = ".venv/bin/python" + block_with("export").split(".venv/bin/python")[1]
    assert '"password"' in shell(prepare, production)
    shell(".venv/bin/python manage.py check --deploy --fail-level WARNING", production)

    address = f"http://127.0.0.1:{production['GRANIAN_PORT']}"
    commands = block_with("granian").strip().splitlines()
    processes = [
        subprocess.Popen(
            shlex.split(command.replace(".venv/bin/python", sys.executable)),
            cwd=CHECKOUT,
            env=production,
        )
        for command in commands
    ]
    try:
        wait_until(lambda: healthy(address), 60)
        host = {"Host": "images.example.com"}
        secure = {**host, "X-Forwarded-Proto": "https"}
        page = httpx.get(address, headers=secure)
        assert page.status_code == 200
        assert "max-age" in page.headers["Strict-Transport-Security"]
        # What belongs to `make run` does not exist here.
        assert httpx.get(f"{address}/mailbox/", headers=secure).status_code == 404
        assert httpx.get(address, headers=host).headers["Location"].startswith("https://")
        assert httpx.get(address, headers={**secure, "Host": "evil.example"}).status_code == 400
        books = shell(block_with("audit_ledger"), production)
        assert "adds up" in books
    finally:
        for process in processes:
            stop(process)


def healthy(address: str) -> bool:
    try:
        return httpx.get(f"{address}/healthz", headers={"Host": "images.example.com"}).is_success
    except httpx.TransportError:
        return False


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SHARKAPI_SECRET_KEY", "short", "SHARKAPI_SECRET_KEY looks like"),
        ("SHARKAPI_SECRET_KEY", "django-insecure-" + "x9Y" * 20, "SHARKAPI_SECRET_KEY looks like"),
        ("SHARKAPI_TOKEN_PEPPER", "", "SHARKAPI_TOKEN_PEPPER must be set"),
        ("SHARKAPI_TOKEN_PEPPER", "a" * 60, "SHARKAPI_TOKEN_PEPPER looks like"),
        ("DATABASE_URL", "", "DATABASE_URL must be set"),
        ("SHARKAPI_URL", "", "SHARKAPI_URL must be set"),
        ("SHARKAPI_URL", "http://images.example.com", "starting with https"),
        ("SHARKAPI_API_REQUESTS_PER_SECOND", "many", "must be a whole number"),
        ("SHARKAPI_API_REQUESTS_PER_SECOND", "0", "must be a whole number"),
    ],
)
def test_production_refuses_to_start(
    production: dict[str, str], name: str, value: str, words: str
) -> None:
    result = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=CHECKOUT,
        env={**production, name: value},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode != 0
    assert words in result.stderr
