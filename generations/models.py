"""What is kept of generation: the catalogue, the jobs, and the runners that work on them.

`jobs.py` alone changes a job; the rows here only describe themselves.
"""

from __future__ import annotations

import os
import socket
import uuid
from datetime import timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Account
from generations.engines import ENGINES
from keys.models import Key
from wallet.amounts import usd
from wallet.models import Hold

DEADLINE_SECONDS = 180
# While nothing better is known, a bar that fills in this time tells people it is moving.
EXPECTED_SECONDS = 30
HEARTBEAT_MAX_AGE_SECONDS = 20


class CatalogueModel(models.Model):
    """One offer: a variant, the engine that makes it, its size and its price."""

    variant = models.SlugField(max_length=20, help_text="What customers ask for, such as “1k”.")
    engine = models.CharField(max_length=20, choices=[(name, name) for name in ENGINES])
    options = models.JSONField(
        default=dict, blank=True, help_text="For the engine. demo: {“seconds”: 20} slows it down."
    )
    price_micros = models.BigIntegerField(
        validators=[MinValueValidator(1)], help_text="In millionths of a dollar: 30000 is $0.03."
    )
    width = models.PositiveIntegerField(validators=[MinValueValidator(64), MaxValueValidator(4096)])
    height = models.PositiveIntegerField(
        validators=[MinValueValidator(64), MaxValueValidator(4096)]
    )
    active = models.BooleanField(default=False)
    position = models.PositiveIntegerField(default=0, help_text="The first active one is used.")
    concurrency = models.PositiveIntegerField(
        default=4,
        validators=[MinValueValidator(1)],
        help_text="How many jobs one runner gives to the engine at once; the others wait.",
    )

    class Meta:
        ordering = ["position", "id"]
        verbose_name = "catalogue model"
        constraints = [
            models.CheckConstraint(condition=Q(price_micros__gt=0), name="model_has_price"),
            models.CheckConstraint(condition=Q(concurrency__gt=0), name="model_has_room"),
        ]

    def __str__(self) -> str:
        return f"{self.variant} by {self.engine}"

    @classmethod
    def offered(cls, variant: str) -> CatalogueModel | None:
        """The model that serves the variant now, if any."""
        return cls.objects.filter(variant=variant, active=True).first()

    @property
    def price_label(self) -> str:
        return usd(self.price_micros)

    @property
    def label(self) -> str:
        """The offer in a customer's words."""
        return f"{self.variant.upper()} · {self.width} × {self.height} · {self.price_label}"


class Job(models.Model):
    """One image asked for, from the queue to its end."""

    class Status(models.TextChoices):
        QUEUED = "queued"
        PROCESSING = "processing"
        COMPLETED = "completed"
        FAILED = "failed"

    class FailureKind(models.TextChoices):
        PROVIDER = "provider"
        TIMEOUT = "timeout"
        MODERATED = "moderated"
        INVALID_REFERENCE = "invalid_reference"
        STAFF = "staff"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="jobs")
    key = models.ForeignKey(Key, models.SET_NULL, null=True, related_name="jobs")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    model = models.ForeignKey(CatalogueModel, models.PROTECT)
    hold = models.OneToOneField(Hold, models.PROTECT)

    prompt = models.TextField()
    # A reference image comes as a file in our storage or as an address to fetch it from.
    input_name = models.CharField(max_length=200, blank=True)
    input_url = models.CharField(max_length=2048, blank=True)
    # What was promised at submit, whatever the catalogue says later. Free images cost 0.
    price_micros = models.BigIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    status = models.CharField(max_length=12, choices=Status.choices, default=Status.QUEUED)
    failure_kind = models.CharField(max_length=20, choices=FailureKind.choices, blank=True)
    error = models.CharField(max_length=500, blank=True)
    image_name = models.CharField(max_length=200, blank=True)

    # Who works on it: every write of a runner carries the fence it got when it claimed the job.
    runner_id = models.UUIDField(null=True)
    fence = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    engine_reference = models.TextField(blank=True)

    created_at = models.DateTimeField(default=timezone.now)
    deadline_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    engine_started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["account", "-created_at", "-id"], name="job_of_account_newest"),
            models.Index(
                fields=["account", "-created_at"],
                condition=Q(status__in=["queued", "processing"]),
                name="job_running_of_account",
            ),
            models.Index(
                fields=["model", "created_at"], condition=Q(status="queued"), name="job_queue"
            ),
            models.Index(
                fields=["deadline_at"],
                condition=Q(status__in=["queued", "processing"]),
                name="job_deadline",
            ),
            models.Index(
                fields=["lease_until"], condition=Q(status="processing"), name="job_lease"
            ),
        ]
        constraints = [
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
    def source_label(self) -> str:
        """Where it was asked for: the token's name, or the playground."""
        return self.key.name if self.key else "Playground"

    @property
    def image_path(self) -> str:
        """The image's address on this site, or "" while there is none."""
        return image_path(self.image_name) if self.image_name else ""

    @property
    def is_trial(self) -> bool:
        return self.price_micros == 0

    @property
    def cost_label(self) -> str:
        return usd(self.price_micros)

    @property
    def price_label(self) -> str:
        """What is reserved for it, in words."""
        return "1 free image" if self.is_trial else usd(self.price_micros)

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


class Runner(models.Model):
    """A process that works on jobs, with the time it last said that it lives."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    host = models.CharField(max_length=255)
    pid = models.PositiveIntegerField()
    cluster_pid = models.PositiveIntegerField()
    in_flight = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(default=timezone.now)
    heartbeat_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return f"{self.host}:{self.pid}"

    @classmethod
    def alive(cls) -> QuerySet[Runner]:
        """Those that gave a sign of life lately."""
        since = timezone.now() - timedelta(seconds=HEARTBEAT_MAX_AGE_SECONDS)
        return cls.objects.filter(heartbeat_at__gte=since)

    @classmethod
    def lives_in(cls, cluster_pid: int) -> bool:
        """Whether one lives in that cluster on this machine; a killed one is missed at once."""
        here = cls.alive().filter(host=socket.gethostname(), cluster_pid=cluster_pid)
        return any(_exists(pid) for pid in here.values_list("pid", flat=True))


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
