"""API tokens: made once, shown once, revocable; only a digest of the token is kept.

What a token spends is neither known nor limited here; only what its limit is.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, User
from keys import tokens

NAME_MAX_CHARACTERS = 80
EXPIRES_SOON = timedelta(days=7)


class Key(models.Model):
    """A program's right to act for an account."""

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        EXPIRES_SOON = "expires_soon", _("Expires soon")
        EXPIRED = "expired", _("Expired")
        REVOKED = "revoked", _("Revoked")

    account = models.ForeignKey(
        Account, models.CASCADE, related_name="keys", verbose_name=_("account")
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("created by"),
    )
    name = models.CharField(_("name"), max_length=NAME_MAX_CHARACTERS)
    digest = models.BinaryField(_("digest"), max_length=32, unique=True, editable=False)
    prefix = models.CharField(_("prefix"), max_length=16, editable=False)
    last4 = models.CharField(_("last four characters"), max_length=4, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True, editable=False)
    # From this moment on it is refused; None is never.
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True, editable=False)
    # How much it may spend in a month; None is without limit. The ledger counts.
    monthly_limit_micros = models.BigIntegerField(
        _("monthly limit in micro-dollars"), null=True, blank=True, editable=False
    )

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        constraints = [
            models.CheckConstraint(
                condition=Q(monthly_limit_micros__gt=0), name="key_limit_positive"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.shown})"

    @classmethod
    def create(
        cls,
        account: Account,
        name: str,
        created_by: User | None,
        expires_at: datetime | None = None,
        monthly_limit_micros: int | None = None,
    ) -> tuple[Key, str]:
        """A new key and its token, which exists nowhere else from then on."""
        token = tokens.generate()
        key = cls.objects.create(
            account=account,
            created_by=created_by,
            name=name,
            digest=tokens.digest(token),
            prefix=tokens.display_prefix(token),
            last4=token[-4:],
            expires_at=expires_at,
            monthly_limit_micros=monthly_limit_micros,
        )
        return key, token

    @classmethod
    def alive(cls, account: Account) -> models.QuerySet[Key]:
        """The account's keys that open the API now."""
        is_unexpired = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
        return cls.objects.filter(is_unexpired, account=account, revoked_at=None)

    @property
    def state(self) -> Key.State:
        """Whether it opens the API now, and for how long still."""
        if self.revoked_at:
            return self.State.REVOKED
        if self.expires_at is None:
            return self.State.ACTIVE
        left = self.expires_at - timezone.now()
        if left <= timedelta():
            return self.State.EXPIRED
        return self.State.EXPIRES_SOON if left <= EXPIRES_SOON else self.State.ACTIVE

    @property
    def is_alive(self) -> bool:
        """Whether it opens the API now."""
        return self.state in (self.State.ACTIVE, self.State.EXPIRES_SOON)

    @property
    def shown(self) -> str:
        """How people tell it from others, without it being a secret."""
        return f"{self.prefix}…{self.last4}"

    def revoke(self) -> bool:
        """Ends the key for ever, on every process from the next request on; True if it lived."""
        return bool(
            Key.objects.filter(pk=self.pk, revoked_at=None).update(revoked_at=timezone.now())
        )


def touch(key_id: int) -> None:
    """Notes that the key was used now."""
    Key.objects.filter(pk=key_id).update(last_used_at=Now())
