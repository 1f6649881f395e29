"""The ledger's tables: books, transfers between them, holds on them, and budgets of holds.

Only `ledger` writes these tables; a trigger refuses to change or delete a transfer.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account

MICROS_PER_USD = 1_000_000


class Unit(models.TextChoices):
    """What a book counts. USD in millionths, images one by one."""

    USD = "usd"
    IMAGE = "image"


class Book(models.Model):
    """One ledger account: a customer's money or trials, or one side of the house.

    Customers' books cache `balance` and `held`; a house book's balance is the sum of its
    transfers, so that charging never waits for a row that all customers share.
    `balance` may fall below `held` by at most `debt_limit`, which only a refund or a dispute
    raises above zero.
    """

    class Kind(models.TextChoices):
        CUSTOMER = "customer"
        STRIPE = "stripe"
        REVENUE = "revenue"
        PROMOTION = "promotion"
        DISPUTE = "dispute"

    account = models.ForeignKey(
        Account, models.PROTECT, null=True, related_name="books", verbose_name=_("account")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    unit = models.CharField(_("unit"), max_length=10, choices=Unit.choices)
    balance = models.BigIntegerField(_("balance"), default=0)
    held = models.BigIntegerField(_("held"), default=0)
    debt_limit = models.BigIntegerField(_("debt limit"), default=0)

    class Meta:
        verbose_name = _("book")
        verbose_name_plural = _("books")
        constraints = [
            models.UniqueConstraint(
                "account", "unit", condition=Q(account__isnull=False), name="book_of_account"
            ),
            models.UniqueConstraint(
                "kind", "unit", condition=Q(account__isnull=True), name="book_of_house"
            ),
            models.CheckConstraint(
                condition=Q(kind="customer", account__isnull=False)
                | (~Q(kind="customer") & Q(account__isnull=True)),
                name="book_has_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(held__gte=0, debt_limit__gte=0), name="book_amounts_positive"
            ),
            models.CheckConstraint(
                condition=Q(balance__gte=F("held") - F("debt_limit")), name="book_not_overdrawn"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account or self.kind} ({self.unit})"

    @property
    def available(self) -> int:
        """What can be reserved now, in the book's unit; below zero is debt."""
        return self.balance - self.held


class Transfer(models.Model):
    """One movement from a debit book to a credit book: balanced by construction, for ever.

    `UNIQUE (kind, reference)` lets each movement happen once, however often it is asked for.
    """

    class Kind(models.TextChoices):
        CHARGE = "charge", _("Image")
        TRIAL_GRANT = "trial_grant", _("Free images")
        STAFF_CREDIT = "staff_credit", _("Credit")
        STAFF_DEBIT = "staff_debit", _("Debit")
        TOPUP = "topup", _("Top-up")
        REFUND = "refund", _("Refund")
        REFUND_RETURNED = "refund_returned", _("Refund returned")
        DISPUTE = "dispute", _("Disputed payment")
        DISPUTE_RETURNED = "dispute_returned", _("Dispute won")

    debit = models.ForeignKey(Book, models.PROTECT, related_name="debits", verbose_name=_("debit"))
    credit = models.ForeignKey(
        Book, models.PROTECT, related_name="credits", verbose_name=_("credit")
    )
    amount = models.BigIntegerField(_("amount"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    reference = models.CharField(_("reference"), max_length=200)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("actor")
    )
    memo = models.CharField(_("memo"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        constraints = [
            models.UniqueConstraint(fields=["kind", "reference"], name="transfer_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="transfer_amount_positive"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="transfer_moves"),
        ]
        indexes = [
            models.Index(fields=["debit", "-id"], name="transfer_debit_newest"),
            models.Index(fields=["credit", "-id"], name="transfer_credit_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.reference}"


class Budget(models.Model):
    """What was reserved and charged under one name in one month, so that it can be limited.

    A hold counts in the month, in UTC, in which it was made, whenever it is resolved. Holds name
    the budget that they count in, but for those that were charged before there was one: they are
    a sum, `earlier`, which is part of `spent`.
    """

    name = models.CharField(_("name"), max_length=100)
    month = models.DateField(_("month"))
    held = models.BigIntegerField(_("held"), default=0)
    spent = models.BigIntegerField(_("spent"), default=0)
    earlier = models.BigIntegerField(_("earlier"), default=0, db_default=0)

    class Meta:
        verbose_name = _("budget")
        verbose_name_plural = _("budgets")
        constraints = [
            models.UniqueConstraint(fields=["name", "month"], name="budget_once_a_month"),
            models.CheckConstraint(
                condition=Q(held__gte=0, earlier__gte=0, spent__gte=F("earlier")),
                name="budget_amounts_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.month:%Y-%m})"

    @property
    def used(self) -> int:
        """What counts against the limit, in micro-dollars."""
        return self.held + self.spent


class Hold(models.Model):
    """An amount reserved in a customer's book until it is posted or voided, exactly once."""

    class Status(models.TextChoices):
        HELD = "held", _("Held")
        POSTED = "posted", _("Posted")
        VOIDED = "voided", _("Voided")

    book = models.ForeignKey(Book, models.PROTECT, related_name="holds", verbose_name=_("book"))
    amount = models.BigIntegerField(_("amount"))
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.HELD
    )
    reference = models.CharField(_("reference"), max_length=200, unique=True)
    transfer = models.OneToOneField(
        Transfer, models.PROTECT, null=True, related_name="hold", verbose_name=_("transfer")
    )
    # Most have none, and pay nothing for the index below.
    budget = models.ForeignKey(
        Budget,
        models.PROTECT,
        null=True,
        related_name="holds",
        db_index=False,
        verbose_name=_("budget"),
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    resolved_at = models.DateTimeField(_("resolved at"), null=True)

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="hold_amount_positive"),
            models.CheckConstraint(
                condition=Q(status="held", resolved_at=None) | Q(resolved_at__isnull=False),
                name="hold_resolved_has_time",
            ),
            models.CheckConstraint(
                condition=Q(status="posted", transfer__isnull=False)
                | (~Q(status="posted") & Q(transfer=None)),
                name="hold_posted_has_transfer",
            ),
        ]
        indexes = [
            models.Index(fields=["book"], condition=Q(status="held"), name="hold_open"),
            models.Index(
                fields=["budget"], condition=Q(budget__isnull=False), name="hold_of_budget"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} ({self.status})"
