"""What each account used, day by day: the small table that charts read."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from keys.models import Key


class Usage(models.Model):
    """One day of one account with one token and one variant. Days are UTC, by the job's end."""

    account = models.ForeignKey(
        Account, models.CASCADE, related_name="usage", db_index=False, verbose_name=_("account")
    )
    day = models.DateField(_("day"))
    # Without a token it was the playground. Tokens are revoked, never deleted.
    key = models.ForeignKey(Key, models.PROTECT, null=True, verbose_name=_("API token"))
    variant = models.CharField(_("variant"), max_length=20)
    images = models.PositiveIntegerField(_("images"), default=0)
    free_images = models.PositiveIntegerField(_("free images"), default=0)
    failures = models.PositiveIntegerField(_("failures"), default=0)
    spent_micros = models.BigIntegerField(_("spent in micro-dollars"), default=0)

    class Meta:
        ordering = ["-day"]
        verbose_name = _("usage")
        verbose_name_plural = _("usage")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "day", "key", "variant"],
                name="usage_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.variant}"
