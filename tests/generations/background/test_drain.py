"""SIGTERM for a cluster for jobs: it claims no more, and ends in time whatever its jobs wait for.

The provider answers only when the image is there, so that nobody could go on with a job elsewhere.
"""

import time
from collections.abc import Iterator

import httpx
import pytest

from generations.models import CatalogueModel, Job
from tests.conftest import Customer, wait_until
from tests.generations.background.clusters import Cluster, running
from tests.generations.engines.servers import serve
from tests.generations.engines.servers.server import Server

pytestmark = pytest.mark.faults

END_SECONDS = 4


@pytest.fixture
def provider() -> Iterator[Server]:
    with serve("openai", seconds=6) as server:
        yield server


@pytest.fixture
def offer(database: None, provider: Server) -> Iterator[CatalogueModel]:
    model = CatalogueModel.objects.create(
        variant="drained",
        engine="openai",
        options=provider.options,
        price_micros=30_000,
        width=64,
        height=64,
        active=True,
    )
    yield model
    CatalogueModel.objects.filter(pk=model.pk).update(active=False)


def submit(site: str, customer: Customer) -> Job:
    body = {"prompt": "a fish", "variant": "drained"}
    answer = httpx.post(f"{site}/api/v1/image", headers=customer.headers, json=body)
    return Job.objects.get(pk=answer.json()["job_id"])


def seconds_to_end(cluster: Cluster) -> float:
    started = time.monotonic()
    cluster.process.terminate()
    wait_until(cluster.is_gone, 60)
    return time.monotonic() - started


def test_what_cannot_be_handed_over_is_finished_and_no_more_is_claimed(
    site: str, alice: Customer, provider: Server, offer: CatalogueModel
) -> None:
    secret = {provider.secret_name: provider.secret}
    with running("work", SHARKAPI_DRAIN_SECONDS="20", **secret) as cluster:
        job = submit(site, alice)
        wait_until(lambda: provider.asked_to("submit"))
        cluster.process.terminate()
        time.sleep(1)
        late = submit(site, alice)
        wait_until(cluster.is_gone, 20)
        assert cluster.process.returncode == 0
        job.refresh_from_db()
        late.refresh_from_db()
    assert (job.status, late.status) == ("completed", "queued")
    assert len(provider.asked_to("submit")) == 1


def test_what_takes_too_long_does_not_hold_up_the_end(
    site: str, alice: Customer, provider: Server, offer: CatalogueModel
) -> None:
    provider.seconds = 100
    secret = {provider.secret_name: provider.secret}
    with running("work", SHARKAPI_DRAIN_SECONDS="2", **secret) as cluster:
        submit(site, alice)
        wait_until(lambda: provider.asked_to("submit"))
        assert 2 < seconds_to_end(cluster) < 2 + END_SECONDS
        # It was not killed but came to its own end.
        assert cluster.process.returncode == 0
