"""Images that were made at the provider past us, and what became of them in a history."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import Account
from generations.models import CatalogueModel, Job
from tests.conftest import Customer
from tests.generations.engines.servers.server import Server
from tests.generations.engines.servers.work import Work


@pytest.fixture(autouse=True)
def importing(row: CatalogueModel, alice: Customer) -> CatalogueModel:
    """The row brings everything into alice's history."""
    row.import_into = alice.account
    row.save(update_fields=["import_into"])
    return row


def elsewhere(
    server: Server, minutes_ago: float = 10, prompt: str = "made elsewhere", key: str = ""
) -> Work:
    """An image that somebody had made there, and not through us."""
    created_at = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    asked = {"input": {"prompt": prompt}}
    made = Work(uuid.uuid4().hex, prompt, 64, 64, key, asked=asked, created_at=created_at)
    # The server lists them in the order in which it took them on.
    return server.take(made)


def imported(account: Account) -> list[Job]:
    return list(
        Job.objects.filter(account=account, imported_at__isnull=False).order_by("created_at")
    )


def prompts(customer: Customer) -> list[str]:
    return [job.prompt for job in imported(customer.account) if job.status == "completed"]
