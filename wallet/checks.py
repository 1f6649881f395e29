"""What Django checks before it serves: that production never pays by the stand-in for Stripe."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register
def no_standin_in_production(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """An error where the stand-in, which takes no money, would be asked in production."""
    if settings.LOCAL or not settings.STRIPE_API_BASE:
        return []
    return [
        Error(
            "Stripe's stand-in is configured in production: it credits without any payment.",
            hint="Set STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET to Stripe's own.",
            id="wallet.E001",
        )
    ]
