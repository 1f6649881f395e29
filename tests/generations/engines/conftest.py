"""What the engines' tests share: each provider's server, with its secret in the environment."""

from collections.abc import Iterator

import pytest

from generations.engines import wire
from tests.generations.engines.servers import serve
from tests.generations.engines.servers.server import Server

# In these an answer takes a while, and one asks again.
POLLED = ("replicate", "fal", "sharkapi")
PROVIDERS = ("openai", *POLLED)


@pytest.fixture(scope="session", autouse=True)
def database() -> None:
    """Engines know no database."""


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    # What is tried again here works then, or never.
    monkeypatch.setattr(wire, "RESULT_PAUSES_SECONDS", (0.01, 0.01, 0.01))


@pytest.fixture(params=PROVIDERS)
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """The server of each provider in turn, or of the one that a test file names."""
    with serve(request.param) as running:
        monkeypatch.setenv(running.secret_name, running.secret)
        yield running


@pytest.fixture
def trap() -> Iterator[Server]:
    """On a private address, and nobody should go there."""
    with serve("trap") as running:
        yield running
        assert running.asked == []
