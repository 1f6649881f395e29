"""What we ask of Stripe and what it told us: orders, events, cards, and alerts for staff.

No balance lives here. A row says what was ordered and how far it got; what it moved is in the
ledger, under the PaymentIntent's id.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from wallet.models.books import MICROS_PER_USD

STEP_MICROS = 10 * MICROS_PER_USD


class Policy(models.Model):
    """The one row of limits that staff may set."""

    topup_max_micros = models.BigIntegerField(
        _("largest single top-up in micro-dollars"),
        default=1_000 * MICROS_PER_USD,
        validators=[MinValueValidator(STEP_MICROS)],
        help_text=_("The largest single top-up, in millionths of a dollar."),
    )
    auto_topup_daily_max = models.PositiveIntegerField(
        _("automatic top-ups a day"),
        default=3,
        help_text=_("How many automatic top-ups an account may have in 24 hours."),
    )

    class Meta:
        verbose_name = _("policy")
        verbose_name_plural = _("policy")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_policy")]

    def __str__(self) -> str:
        return gettext("Policy")

    @classmethod
    def current(cls) -> Policy:
        """The row; the defaults until staff first open it."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)


class BillingProfile(models.Model):
    """An account's side of Stripe, and what its owner wants done without asking."""

    account = models.OneToOneField(
        Account, models.PROTECT, related_name="billing", verbose_name=_("account")
    )
    customer_id = models.CharField(
        _("customer id"), max_length=255, unique=True, null=True, editable=False
    )

    auto_topup = models.BooleanField(_("automatic top-up"), default=False)
    auto_threshold_micros = models.BigIntegerField(
        _("automatic top-up below, in micro-dollars"), default=5 * MICROS_PER_USD
    )
    auto_amount_micros = models.BigIntegerField(
        _("amount of an automatic top-up in micro-dollars"), default=20 * MICROS_PER_USD
    )
    card_id = models.CharField(_("card id"), max_length=255, blank=True, editable=False)
    card_label = models.CharField(_("card label"), max_length=80, blank=True, editable=False)
    auto_stopped_reason = models.CharField(
        _("why it stopped"), max_length=300, blank=True, editable=False
    )

    alert_below_micros = models.BigIntegerField(
        _("mail below, in micro-dollars"), null=True, blank=True
    )
    # Set when the mail of this crossing was sent; cleared when the balance is above again.
    alerted_at = models.DateTimeField(_("alerted at"), null=True, editable=False)

    class Meta:
        verbose_name = _("billing profile")
        verbose_name_plural = _("billing profiles")

    def __str__(self) -> str:
        return gettext("Billing of %(account)s") % {"account": self.account}

    @classmethod
    def read(cls, account: Account) -> BillingProfile:
        """The account's profile for looking at; the defaults, not kept, while there is none."""
        return cls.objects.filter(account=account).first() or cls(account=account)

    @classmethod
    def of(cls, account: Account) -> BillingProfile:
        """The account's profile for changing, made when it is first asked for."""
        return cls.objects.get_or_create(account=account)[0]


class Topup(models.Model):
    """An order of credit: stored before Stripe is called, settled by what Stripe then says."""

    class Kind(models.TextChoices):
        CHECKOUT = "checkout", _("Checkout")
        AUTO = "auto", _("Automatic")

    class Status(models.TextChoices):
        CREATED = "created", _("Not started")
        OPEN = "open", _("Waiting for payment")
        PROCESSING = "processing", _("Payment under way")
        PAID = "paid", _("Paid")
        FAILED = "failed", _("Payment failed")
        EXPIRED = "expired", _("Not paid in time")

    UNSETTLED = (Status.CREATED, Status.OPEN, Status.PROCESSING)

    id = models.UUIDField(_("id"), primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(
        Account, models.PROTECT, related_name="topups", verbose_name=_("account")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, verbose_name=_("user")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.CHECKOUT)
    amount_micros = models.BigIntegerField(_("amount in micro-dollars"))
    status = models.CharField(
        _("status"), max_length=12, choices=Status.choices, default=Status.CREATED
    )
    session_id = models.CharField(_("session id"), max_length=255, unique=True, null=True)
    intent_id = models.CharField(_("intent id"), max_length=255, unique=True, null=True)
    receipt_url = models.URLField(_("receipt URL"), max_length=2000, blank=True)
    invoice_url = models.URLField(_("invoice URL"), max_length=2000, blank=True)
    failure = models.CharField(_("failure"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    # When the reconciler last asked Stripe about it.
    checked_at = models.DateTimeField(_("checked at"), null=True)
    paid_at = models.DateTimeField(_("paid at"), null=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("top-up")
        verbose_name_plural = _("top-ups")
        constraints = [
            models.CheckConstraint(condition=Q(amount_micros__gt=0), name="topup_positive"),
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(kind="auto", status__in=["created", "open", "processing"]),
                name="one_auto_topup_in_flight",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-created_at"], name="topup_of_account"),
            models.Index(
                fields=["created_at"],
                condition=Q(status__in=["created", "open", "processing"]),
                name="topup_unsettled",
            ),
        ]

    def __str__(self) -> str:
        return f"Top-up {self.id}"

    @property
    def amount_cents(self) -> int:
        """The amount as Stripe counts it."""
        return self.amount_micros // 10_000


class StripeEvent(models.Model):
    """An event that Stripe sent, with what came of it; each is acted upon once."""

    id = models.CharField(_("id"), max_length=255, primary_key=True)
    type = models.CharField(_("type"), max_length=100)
    intent_id = models.CharField(_("intent id"), max_length=255, blank=True)
    outcome = models.CharField(_("outcome"), max_length=300)
    received_at = models.DateTimeField(_("received at"), default=timezone.now)

    class Meta:
        ordering = ["-received_at"]
        verbose_name = _("Stripe event")
        verbose_name_plural = _("Stripe events")

    def __str__(self) -> str:
        return f"{self.type} {self.id}"


class Alert(models.Model):
    """Something about money that a person should look at; told once for each reference."""

    kind = models.CharField(_("kind"), max_length=40)
    reference = models.CharField(_("reference"), max_length=255)
    text = models.TextField(_("text"))
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    resolved_at = models.DateTimeField(_("resolved at"), null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        constraints = [models.UniqueConstraint(fields=["kind", "reference"], name="alert_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"
