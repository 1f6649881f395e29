"""What each account used, day by day: the small table that charts read."""

from __future__ import annotations

from django.db import models

from accounts.models import Account
from keys.models import Key


class Usage(models.Model):
    """One day of one account with one token and one variant. Days are UTC, by the job's end."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="usage", db_index=False)
    day = models.DateField()
    # Without a token it was the playground. Tokens are revoked, never deleted.
    key = models.ForeignKey(Key, models.PROTECT, null=True)
    variant = models.CharField(max_length=20)
    images = models.PositiveIntegerField(default=0)
    free_images = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    spent_micros = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["-day"]
        verbose_name_plural = "usage"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "day", "key", "variant"],
                name="usage_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.variant}"
