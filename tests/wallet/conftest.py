"""What the tests of payments share: one stand-in for Stripe, and settings that lead to it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings

from sharkweb.up import folder
from tests.conftest import free_port, process_environment
from tests.wallet.stripe.standin import API_KEY, SECRET, Standin
from tests.wallet.till import Till

NOBODY = "http://127.0.0.1:9/stripe/webhook"


@pytest.fixture(scope="session")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standin]:
    """The process, for all tests of the run."""
    with Standin(free_port(), tmp_path_factory.mktemp("bank"), NOBODY) as standin:
        yield standin


@pytest.fixture
def till(database: None, bank: Standin) -> Iterator[Till]:
    """A till whose Stripe knows nobody yet and sends nothing by itself."""
    bank.control("forget")
    bank.control("settings", hold=True)
    with override_settings(
        STRIPE_SECRET_KEY=API_KEY,
        STRIPE_WEBHOOK_SECRETS=(SECRET,),
        STRIPE_API_BASE=bank.address,
        STRIPE_IS_LIVE=False,
    ):
        yield Till(bank)


@pytest.fixture(scope="session")
def paying_environment(
    database: None, bank: Standin, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """For processes of the project that shall know the stand-in, with a mail box of their own."""
    data = tmp_path_factory.mktemp("paying")
    folder.make_secrets(data)
    known = {"port": bank.port, "api_key": API_KEY, "webhook_secret": SECRET}
    (data / "standin.json").write_text(json.dumps(known))
    return {**process_environment(), "SHARKAPI_DATA_DIR": str(data)}


@pytest.fixture
def mailed(paying_environment: dict[str, str]) -> Path:
    """Where the mails of those processes are."""
    return Path(paying_environment["SHARKAPI_DATA_DIR"]) / "mail"
