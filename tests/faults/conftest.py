"""A deployment whose images come from a provider that we watch."""

import json
from collections.abc import Iterator

import pytest

from tests.deployment import Deployment
from tests.faults.load import Client
from tests.generations.engines.servers import serve
from tests.generations.engines.servers.replicate import Replicate


@pytest.fixture(scope="session", autouse=True)
def database() -> None:
    """These tests bring their own."""


@pytest.fixture(scope="module")
def provider() -> Iterator[Replicate]:
    """Not one that may be asked twice: a second submission of a job is a second bill."""
    with serve("replicate", seconds=1.0) as server:
        assert isinstance(server, Replicate)
        yield server


@pytest.fixture(scope="module")
def deployment(
    tmp_path_factory: pytest.TempPathFactory, provider: Replicate
) -> Iterator[Deployment]:
    secrets = {provider.secret_name: provider.secret}
    running = Deployment(tmp_path_factory.mktemp("faults") / "data", extra=secrets)
    running.start()
    running.query(
        "UPDATE generations_cataloguemodel SET width = 64, height = 64, concurrency = 500,"
        f" engine = 'replicate', options = '{json.dumps(provider.options)}' WHERE variant = '1k'"
    )
    yield running
    if running.process and running.process.poll() is None:
        running.stop()


@pytest.fixture(scope="module")
def client(deployment: Deployment) -> Client:
    """Alice's program."""
    made = deployment.create_customer(
        "alice@example.com", "--credit", "1000", "--trials", "0", "--token", "t"
    )
    return Client(deployment.address, made["token"])
