"""SIGTERM for a cluster for jobs: it claims no more, and ends in time whatever its jobs wait for.

Most providers can be asked about a job by anybody, so that another cluster goes on with it. One
answers only when the image is there: its jobs have to be finished where they were begun.
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
from wallet.models import Transfer

pytestmark = pytest.mark.faults

END_SECONDS = 4
JOBS = 5


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


def submit(site: str, customer: Customer, variant: str = "drained") -> Job:
    body = {"prompt": "a fish", "variant": variant}
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


@pytest.mark.parametrize("engine", ["replicate", "fal", "sharkapi"])
def test_what_others_can_go_on_with_is_handed_over(engine: str, site: str, alice: Customer) -> None:
    with serve(engine, seconds=8) as provider:
        model = CatalogueModel.objects.create(
            variant=f"handed-{engine}",
            engine=engine,
            options=provider.options,
            price_micros=30_000,
            width=64,
            height=64,
            active=True,
        )
        secret = {provider.secret_name: provider.secret}
        with running("work", **secret) as leaving:
            ids = [submit(site, alice, model.variant).pk for _ in range(JOBS)]
            jobs = Job.objects.filter(pk__in=ids)
            wait_until(lambda: jobs.exclude(engine_reference="").count() == JOBS)
            with running("work", **secret):
                # Nobody waits for the images: they are somebody else's now.
                assert seconds_to_end(leaving) < END_SECONDS
                assert leaving.process.returncode == 0
                wait_until(lambda: not jobs.filter(finished_at=None).exists(), 40)
        model.active = False
        model.save()
    assert {(job.status, job.attempts) for job in jobs} == {("completed", 1)}
    assert len({job.runner_id for job in jobs}) == 1
    assert len(provider.asked_to("submit")) == JOBS
    charges = Transfer.objects.filter(kind="charge", debit__account=alice.account)
    assert charges.count() == JOBS
