"""Machines whose clocks jump by hours, in both directions, while jobs are under way."""

import json
import subprocess
import sys
import time
from pathlib import Path

import httpx

from generations.models import CatalogueModel, Job
from tests.conftest import CHECKOUT, Customer, process_environment, served, wait_until
from tests.generations.engines.servers import serve

# Seconds that the clock is wrong by.
FAR = ("3600", "-10800", "0")


def test_clocks_jump(alice: Customer, tmp_path: Path) -> None:
    clock = tmp_path / "clock"
    clock.write_text("0")
    with serve("replicate", seconds=2.0) as provider:
        CatalogueModel.objects.create(
            variant="clock",
            engine="replicate",
            options=provider.options,
            price_micros=30_000,
            width=64,
            height=64,
            active=True,
        )
        environment = {
            **process_environment(),
            provider.secret_name: provider.secret,
            "CLOCK_FILE": str(clock),
            "PYTHONPATH": str(Path(__file__).parent / "jumping_clock"),
        }
        workers = subprocess.Popen(
            [sys.executable, "manage.py", "work"],
            cwd=CHECKOUT,
            env=environment,
            start_new_session=True,
        )
        try:
            with served(environment) as site:
                wait_until(lambda: httpx.get(f"{site}/healthz").status_code == 200)
                job_ids = []
                for jump in FAR:
                    job_ids += [submit(site, alice) for _ in range(5)]
                    time.sleep(1)
                    clock.write_text(jump)
                    assert abs(seconds_wrong(environment) - float(jump)) < 60
                jobs = Job.objects.filter(pk__in=job_ids)
                wait_until(lambda: not jobs.filter(finished_at=None).exists(), 60)
        finally:
            workers.terminate()
            workers.wait(timeout=40)
    for job in jobs:
        assert job.status == "completed", job.error
        times = [job.created_at, job.started_at, job.engine_started_at, job.engine_finished_at]
        assert times == sorted(time for time in times if time)
        assert job.elapsed_seconds < 30


def seconds_wrong(environment: dict[str, str]) -> float:
    """By how much a process of that environment is mistaken about the time."""
    command = [sys.executable, "-c", "import time; time.sleep(0.3); print(time.time())"]
    answer = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return float(answer.stdout) - time.time()


def submit(site: str, customer: Customer) -> str:
    body = json.dumps({"prompt": "what time is it?", "variant": "clock"})
    answer = httpx.post(f"{site}/api/v1/image", content=body, headers=customer.headers)
    job_id: str = answer.raise_for_status().json()["job_id"]
    return job_id
