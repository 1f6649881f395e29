"""Connects accounts to their tokens: none outlives its account."""

from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KeysConfig(AppConfig):
    name = "keys"
    verbose_name = _("Keys")

    def ready(self) -> None:
        from accounts.models import account_closed

        account_closed.connect(_revoke_all, dispatch_uid="keys.revoke_all")


def _revoke_all(account: Any, **_: object) -> None:
    from keys.models import Key

    keys = Key.objects.filter(account=account)
    for key in keys.filter(revoked_at=None):
        key.revoke()
    # A name such as “Ada's laptop” is somebody's, too.
    keys.update(name="")
