"""A job: one image asked for, from the queue to its end. It describes itself, no more."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from generations.models.catalogue import CatalogueModel
from keys.models import Key
from wallet.amounts import usd
from wallet.models import Hold

DEADLINE_SECONDS = 180
# While nothing better is known, a bar that fills in this time tells people it is moving.
EXPECTED_SECONDS = 30


class Job(models.Model):
    """One image asked for, from the queue to its end."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("Queued")
        PROCESSING = "processing", _("Processing")
        COMPLETED = "completed", _("Completed")
        FAILED = "failed", _("Failed")

    class FailureKind(models.TextChoices):
        PROVIDER = "provider", _("Provider")
        TIMEOUT = "timeout", _("Timeout")
        MODERATED = "moderated", _("Moderated")
        INVALID_REFERENCE = "invalid_reference", _("Invalid reference")
        CANCELLED = "cancelled", _("Cancelled")
        STAFF = "staff", _("Staff")

    id = models.UUIDField(_("id"), primary_key=True, default=uuid.uuid4, editable=False)
    # The indexes below that begin with these serve them as well as one of their own.
    account = models.ForeignKey(
        Account, models.PROTECT, related_name="jobs", db_index=False, verbose_name=_("account")
    )
    key = models.ForeignKey(
        Key,
        models.SET_NULL,
        null=True,
        related_name="jobs",
        db_index=False,
        verbose_name=_("API token"),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, verbose_name=_("user")
    )
    model = models.ForeignKey(
        CatalogueModel, models.PROTECT, db_index=False, verbose_name=_("model")
    )
    # Only what an engine made without us has none.
    hold = models.OneToOneField(Hold, models.PROTECT, null=True, verbose_name=_("hold"))
    idempotency_key = models.CharField(
        _("idempotency key"), max_length=255, blank=True, db_default=""
    )

    prompt = models.TextField(_("prompt"))
    # A reference image comes as a file in our storage or as an address to fetch it from.
    input_name = models.CharField(_("input name"), max_length=200, blank=True)
    input_url = models.CharField(_("input URL"), max_length=2048, blank=True)
    # SHA-256 of the image as the API was sent it, by which a repetition is known when the file is
    # gone; "" without one. Null where nobody wrote it down.
    input_digest = models.CharField(_("input digest"), max_length=64, null=True, editable=False)
    # What was promised at submit, whatever the catalogue says later. Free images cost 0.
    price_micros = models.BigIntegerField(_("price in micro-dollars"))
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))

    status = models.CharField(
        _("status"), max_length=12, choices=Status.choices, default=Status.QUEUED
    )
    failure_kind = models.CharField(
        _("failure kind"), max_length=20, choices=FailureKind.choices, blank=True
    )
    error = models.CharField(_("error"), max_length=500, blank=True)
    image_name = models.CharField(_("image name"), max_length=200, blank=True)
    image_deleted_at = models.DateTimeField(_("image deleted at"), null=True)
    starred_at = models.DateTimeField(_("starred at"), null=True, editable=False)
    # Deleted by its customer: nobody sees it in the history, and what they said is forgotten. The
    # row stays, since the ledger refers to it.
    deleted_at = models.DateTimeField(_("deleted at"), null=True, editable=False)

    # Its place in the queue, which is fair between accounts: see `jobs.py`.
    turn = models.BigIntegerField(_("turn"), db_default=0)
    # Who works on it: every write of a runner carries the fence it got when it claimed the job.
    runner_id = models.UUIDField(_("runner id"), null=True)
    fence = models.PositiveIntegerField(_("fence"), default=0)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease_until = models.DateTimeField(_("lease until"), null=True)
    engine_reference = models.TextField(_("engine reference"), blank=True)

    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    deadline_at = models.DateTimeField(_("deadline"))
    started_at = models.DateTimeField(_("started at"), null=True)
    # For an engine that must not be asked twice it is written before the request is sent.
    engine_started_at = models.DateTimeField(_("engine started at"), null=True)
    engine_finished_at = models.DateTimeField(_("engine finished at"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    imported_at = models.DateTimeField(_("imported at"), null=True)
    # Staff show it on the landing page: see `featured.py`.
    featured_at = models.DateTimeField(_("featured at"), null=True, editable=False)
    usage_counted = models.BooleanField(_("usage counted"), db_default=False)

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        indexes = [
            models.Index(fields=["account", "-created_at", "-id"], name="job_of_account_newest"),
            models.Index(
                fields=["account", "-created_at", "-id"],
                condition=Q(status="failed"),
                name="job_failed_of_account",
            ),
            models.Index(
                fields=["account", "-created_at"],
                condition=Q(status__in=["queued", "processing"]),
                name="job_running_of_account",
            ),
            models.Index(fields=["key", "-created_at", "-id"], name="job_of_key_newest"),
            models.Index(
                fields=["account", "-created_at", "-id"],
                condition=Q(key__isnull=True),
                name="job_of_playground",
            ),
            models.Index(
                fields=["account", "-created_at", "-id"],
                condition=Q(starred_at__isnull=False),
                name="job_starred_of_account",
            ),
            models.Index(
                fields=["model", "turn", "created_at"],
                condition=Q(status="queued"),
                name="job_queue",
            ),
            # Said by another column than the queue's, so that the planner, whose numbers are of
            # another hour, cannot take it for a queue that it would have to sort.
            models.Index(
                fields=["deadline_at"], condition=Q(finished_at=None), name="job_deadline"
            ),
            # Without the lease's end, whose renewal would have to be written into every index.
            models.Index(fields=["model"], condition=Q(status="processing"), name="job_lease"),
            models.Index(
                fields=["-finished_at"],
                condition=Q(finished_at__isnull=False),
                name="job_finished",
            ),
            models.Index(
                fields=["finished_at"],
                condition=Q(usage_counted=False, finished_at__isnull=False),
                name="job_uncounted",
            ),
            models.Index(
                fields=["-featured_at"],
                condition=Q(featured_at__isnull=False),
                name="job_featured",
            ),
            models.Index(fields=["image_name"], condition=~Q(image_name=""), name="job_image_name"),
            models.Index(fields=["input_name"], condition=~Q(input_name=""), name="job_input_name"),
            models.Index(
                fields=["engine_reference"],
                condition=~Q(engine_reference=""),
                name="job_engine_reference",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "idempotency_key"],
                condition=~Q(idempotency_key=""),
                name="job_once_of_idempotency_key",
            ),
            models.UniqueConstraint(
                fields=["model", "engine_reference"],
                condition=Q(imported_at__isnull=False),
                name="job_imported_once",
            ),
            models.CheckConstraint(
                condition=Q(hold__isnull=False) | Q(imported_at__isnull=False),
                name="job_has_hold",
            ),
            models.CheckConstraint(
                condition=~Q(status="completed") | ~Q(image_name=""),
                name="job_completed_has_image",
            ),
            models.CheckConstraint(
                condition=~Q(status="failed") | ~Q(error=""), name="job_failed_has_error"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["queued", "processing"], finished_at=None)
                | Q(status__in=["completed", "failed"], finished_at__isnull=False),
                name="job_finished_has_time",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def is_terminal(self) -> bool:
        return self.status in (self.Status.COMPLETED, self.Status.FAILED)

    @property
    def variant(self) -> str:
        return self.model.variant

    @property
    def short_prompt(self) -> str:
        """As much of the prompt as names the job to people."""
        return self.prompt if len(self.prompt) <= 160 else self.prompt[:159] + "…"

    @property
    def source_label(self) -> str:
        """Where it was asked for: the token's name, the playground, or at its engine."""
        if self.imported_at:
            return str(_("Imported"))
        return self.key.name if self.key else str(_("Playground"))

    @property
    def image_path(self) -> str:
        """The image's address on this site, or "" while or when there is none."""
        return "" if self.image_deleted_at or not self.image_name else image_path(self.image_name)

    @property
    def page_path(self) -> str:
        """The address of its page, for members of its account."""
        return f"/jobs/{self.pk}"

    @property
    def thumbnail_path(self) -> str:
        """The address of the image's thumbnail, for lists; "" where there is no image."""
        return f"/thumbnails/{self.image_name}" if self.image_path else ""

    @property
    def is_trial(self) -> bool:
        return self.price_micros == 0

    @property
    def cost_label(self) -> str:
        return usd(self.price_micros)

    @property
    def price_label(self) -> str:
        """What is reserved for it, in words."""
        return str(_("1 free image")) if self.is_trial else usd(self.price_micros)

    @property
    def elapsed_seconds(self) -> int:
        """How long it took, or has been taking until now."""
        end = self.finished_at or timezone.now()
        return max(0, int((end - self.created_at).total_seconds()))

    @property
    def progress_fraction(self) -> float:
        """A guess from 0 to 0.95 of how far it is; it never claims to be done."""
        return min(0.95, self.elapsed_seconds / EXPECTED_SECONDS)


def image_path(image_name: str) -> str:
    """The address on this site of a stored result."""
    return f"/images/{image_name}"
