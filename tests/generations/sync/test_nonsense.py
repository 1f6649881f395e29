"""Nonsense in what a provider lists: it is not brought in, and holds nothing else up."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import httpx
import pytest
from django.utils import timezone

from generations.engines import ENGINES
from generations.engines.base import Listed
from generations.engines.demo import DemoEngine
from generations.models import CatalogueModel
from generations.sync import imports
from tests.conftest import Customer
from tests.generations.engines import faults
from tests.generations.engines.servers.server import Server
from tests.generations.sync.foreign import elsewhere, imported, importing, prompts
from tests.underway import PRICE

__all__ = ["importing"]


class Ageless(DemoEngine):
    """Its provider tells the time in seconds, of which there are too many."""

    lists: ClassVar[bool] = True

    async def list(self, options: dict[str, Any], since: datetime) -> AsyncIterator[Listed]:
        yield Listed("one", "", "a shark", datetime.fromtimestamp(options["seconds"], UTC))


@pytest.fixture(params=[1e20, 1e300], ids=["ValueError", "OverflowError"])
def ageless(
    request: pytest.FixtureRequest, alice: Customer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[CatalogueModel]:
    """A row of that engine's, which is asked first."""
    monkeypatch.setitem(ENGINES, "ageless", Ageless)
    row = CatalogueModel.objects.create(
        variant="ageless",
        engine="ageless",
        options={"seconds": request.param},
        price_micros=PRICE,
        width=64,
        height=64,
        active=True,
        import_into=alice.account,
    )
    yield row
    CatalogueModel.objects.filter(pk=row.pk).update(active=False, import_into=None, engine="demo")


def test_other_rows_are_not_held_up(
    server: Server, row: CatalogueModel, ageless: CatalogueModel, alice: Customer
) -> None:
    row.imported_until = timezone.now() - timedelta(hours=1)
    row.save(update_fields=["imported_until"])
    elsewhere(server)
    imports.run()
    assert prompts(alice) == ["made elsewhere"]


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00Z", "0001-01-01T00:10:00+14:00"])
def test_the_rows_other_images_are_not_held_up(
    server: Server, row: CatalogueModel, alice: Customer, time: str
) -> None:
    for minutes, prompt in ((20, "from the year 1"), (10, "of today")):
        elsewhere(server, minutes, prompt)
    secret = {"Authorization": f"Bearer {server.secret}"}
    page = httpx.get(f"{server.origin}/v1/predictions", headers=secret).json()
    page["results"][-1]["created_at"] = time
    server.fails("list", faults.value(200, page))
    imports.run()
    assert [job.prompt for job in imported(alice.account)] == ["of today"]
