"""API tokens: made once, shown once, revocable; only a digest of the token is kept."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import Account, User
from keys import tokens


class Key(models.Model):
    """A program's right to act for an account."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="keys")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False
    )
    name = models.CharField(max_length=80)
    digest = models.BinaryField(max_length=32, unique=True, editable=False)
    prefix = models.CharField(max_length=16, editable=False)
    last4 = models.CharField(max_length=4, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = "API token"

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…{self.last4})"

    @classmethod
    def create(cls, account: Account, name: str, created_by: User | None) -> tuple[Key, str]:
        """A new key and its token, which exists nowhere else from then on."""
        token = tokens.generate()
        key = cls.objects.create(
            account=account,
            created_by=created_by,
            name=name,
            digest=tokens.digest(token),
            prefix=tokens.display_prefix(token),
            last4=token[-4:],
        )
        return key, token

    def revoke(self) -> bool:
        """Ends the key for ever, on every process from the next request on; True if it lived."""
        return bool(
            Key.objects.filter(pk=self.pk, revoked_at=None).update(revoked_at=timezone.now())
        )


def touch(key_id: int) -> None:
    """Notes that the key was used now."""
    Key.objects.filter(pk=key_id).update(last_used_at=Now())
