"""What the sync's tests share: a provider's server and the catalogue row that leads to it."""

import uuid
from collections.abc import Callable, Iterator

import pytest

from generations.engines import wire
from generations.models import CatalogueModel
from tests.generations.engines.servers import serve
from tests.generations.engines.servers.server import Server
from tests.underway import PRICE

Row = Callable[..., CatalogueModel]


@pytest.fixture(params=["replicate"])
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Replicate's, or that of the provider that a test names."""
    # What is tried again here works then, or never.
    monkeypatch.setattr(wire, "RESULT_PAUSES_SECONDS", (0.01,))
    with serve(request.param) as running:
        monkeypatch.setenv(running.secret_name, running.secret)
        yield running


@pytest.fixture
def row(database: None, server: Server) -> Iterator[CatalogueModel]:
    """A small offer of the server's, of which nothing is left to do afterwards."""
    made = CatalogueModel.objects.create(
        variant=f"sync-{uuid.uuid4().hex[:8]}",
        engine=server.name,
        options=server.options,
        price_micros=PRICE,
        width=64,
        height=64,
        active=True,
    )
    yield made
    CatalogueModel.objects.filter(pk=made.pk).update(active=False, import_into=None)
