"""Production never pays by the stand-in for Stripe, by whatever road it got into the settings."""

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from pytest_django.fixtures import Settings


def ids() -> list[str | None]:
    return [message.id for message in run_checks() if (message.id or "").startswith("wallet.")]


def test_the_standin_is_refused_in_production(settings: Settings) -> None:
    settings.STRIPE_API_BASE = "http://127.0.0.1:8001"
    settings.LOCAL = True
    assert ids() == []
    settings.LOCAL = False
    assert ids() == ["wallet.E001"]
    with pytest.raises(SystemCheckError, match="without any payment"):
        call_command("check")
    settings.STRIPE_API_BASE = ""
    assert ids() == []
