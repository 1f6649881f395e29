"""Connects accounts to their jobs: nothing is made for an account that is closed."""

from typing import Any

from django.apps import AppConfig
from django.db import transaction
from django.utils.translation import gettext_lazy as _


class GenerationsConfig(AppConfig):
    name = "generations"
    verbose_name = _("Generations")

    def ready(self) -> None:
        from accounts.models import account_closed

        account_closed.connect(_stop, dispatch_uid="generations.stop")


def _stop(account: Any, **_: object) -> None:
    from generations import closing

    # Runners are told outside the transaction; what this misses, the chore finds.
    transaction.on_commit(lambda: closing.cancel_all(account.pk), robust=True)
