"""Two web machines and three workers' machines on one PostgreSQL and one S3 store.

One of each loses its power under load. Nothing that was promised is lost: the others go on, and
every image can be fetched from the store.
"""

import io
import itertools
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest
from PIL import Image

from sharkweb.up import folder
from sharkweb.up.postgres import server
from tests.conftest import PASSWORD, wait_until
from tests.faults.machines import PROXIED, Machine, production
from tests.generations.stores.storage_server import StorageServer

pytestmark = pytest.mark.faults

CALM_SECONDS = 3.0


@pytest.fixture
def store() -> Iterator[dict[str, str]]:
    """An S3 store with a bucket, as the environment describes it."""
    storage = StorageServer()
    storage.start()
    yield storage.environment(storage.bucket())
    storage.stop()


class Program:
    """A customer's program that knows both web machines and tries the other when one is gone."""

    def __init__(self, webs: list[Machine], token: str) -> None:
        self.webs = itertools.cycle(webs)
        self.client = httpx.Client(headers={**PROXIED, "X-API-Key": token}, timeout=5)
        self.accepted: list[str] = []
        self.refusals: list[str] = []
        self.done = threading.Event()

    def ask(self, method: str, path: str, **sent: object) -> httpx.Response:
        for web in itertools.islice(self.webs, 4):
            try:
                return self.client.request(method, web.address + path, **sent)  # type: ignore[arg-type]  # httpx's own keywords.
            except httpx.TransportError:
                continue
        raise AssertionError("no web machine answers")

    def run(self) -> None:
        for number in itertools.count():
            if self.done.is_set():
                return
            body = {"prompt": f"wave {number}"}
            answer = self.ask("POST", "/api/v1/image", json=body)
            if answer.status_code == 202:
                self.accepted.append(answer.json()["job_id"])
            else:
                self.refusals.append(answer.text)
            time.sleep(0.03)


def test_nothing_is_lost(tmp_path: Path, store: dict[str, str]) -> None:
    folder.prepare(tmp_path / "postgres")
    with server(tmp_path / "postgres") as database_url:
        shared = production(database_url, store)
        webs = [Machine(tmp_path / f"web-{n}", shared) for n in range(2)]
        workers = [Machine(tmp_path / f"worker-{n}", shared) for n in range(3)]
        timekeeper = Machine(tmp_path / "timekeeper", shared)
        try:
            for web in webs:
                web.manage("prepare")
                web.serve()
            make_small_pictures(database_url)
            for machine in workers:
                machine.work("work")
            timekeeper.work("keep_time")
            token = new_customer(webs[0])
            for web in webs:
                wait_until(web.answers)
            program = Program(webs, token)
            wait_until(lambda: program.ask("GET", "/healthz").json()["worker"], 60)
            lose_one_of_each_under_load(program, webs, workers)
            assert_nothing_is_lost(program, database_url)
            assert "adds up" in webs[0].manage("audit_ledger")
            # Nothing is kept on a machine's disk but what `prepare` can make again and the log.
            for machine in (*webs, *workers, timekeeper):
                assert {file.name for file in machine.data.iterdir()} <= {"static", "log"}
        finally:
            for machine in (*webs, *workers, timekeeper):
                machine.shut_down()


def make_small_pictures(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "UPDATE generations_cataloguemodel SET width = 64, height = 64, concurrency = 10,"
            """ options = '{"seconds": 0.5}' WHERE variant = '1k'"""
        )


def new_customer(machine: Machine) -> str:
    asked = ["--email", "alice@example.com", "--password", PASSWORD, "--credit", "100"]
    made = json.loads(machine.manage("create_customer", *asked, "--token", "t", "--json"))
    token: str = made["token"]
    return token


def lose_one_of_each_under_load(
    program: Program, webs: list[Machine], workers: list[Machine]
) -> None:
    load = threading.Thread(target=program.run)
    load.start()
    time.sleep(CALM_SECONDS)
    webs[0].lose_power()
    time.sleep(CALM_SECONDS)
    workers[0].lose_power()
    time.sleep(CALM_SECONDS)
    program.done.set()
    load.join()
    assert len(program.accepted) > 50
    assert program.refusals == []


def assert_nothing_is_lost(program: Program, database_url: str) -> None:
    def unfinished() -> bool:
        with psycopg.connect(database_url, autocommit=True) as connection:
            statement = "SELECT FROM generations_job WHERE finished_at IS NULL LIMIT 1"
            return connection.execute(statement).rowcount > 0

    wait_until(lambda: not unfinished(), 90)
    for job_id in program.accepted:
        job = program.ask("GET", f"/api/v1/jobs/{job_id}").json()
        # Its runner died with it at most once, and the demo engine may be asked again.
        assert job["status"] == "completed", job
        path = job["image_url"].removeprefix("https://images.example.com")
        picture = program.ask("GET", path)
        assert picture.status_code == 200
        Image.open(io.BytesIO(picture.content)).load()
    with psycopg.connect(database_url, autocommit=True) as connection:
        charged, workers = connection.execute(
            "SELECT (SELECT count(*) FROM wallet_transfer WHERE kind = 'charge'),"
            " (SELECT count(DISTINCT runner_id) FROM generations_job)"
        ).fetchone() or (0, 0)
    assert charged == len(program.accepted)
    assert workers >= 2
