"""The processes that work in the background, with the time each last said that it lives."""

from __future__ import annotations

import os
import uuid
from datetime import timedelta
from typing import TypeVar

from django.db import models
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

HEARTBEAT_MAX_AGE_SECONDS = 20

Beating = TypeVar("Beating", bound=models.Model)


class Runner(models.Model):
    """A process that works on jobs, with the time it last said that it lives."""

    id = models.UUIDField(_("id"), primary_key=True, default=uuid.uuid4, editable=False)
    host = models.CharField(_("host"), max_length=255)
    pid = models.PositiveIntegerField(_("process id"))
    cluster_id = models.UUIDField(_("cluster id"), default=uuid.uuid4)
    in_flight = models.PositiveIntegerField(_("in flight"), default=0)
    started_at = models.DateTimeField(_("started at"), db_default=Now())
    heartbeat_at = models.DateTimeField(_("heartbeat at"), db_default=Now(), db_index=True)

    class Meta:
        verbose_name = _("runner")
        verbose_name_plural = _("runners")

    def __str__(self) -> str:
        return f"{self.host}:{self.pid}"

    @classmethod
    def alive(cls) -> QuerySet[Runner]:
        """Those that gave a sign of life lately, by the database's clock."""
        return _lately(cls.objects)

    @classmethod
    def lives_in(cls, cluster_id: uuid.UUID) -> bool:
        """Whether one lives in that cluster of this machine; a killed one is missed at once."""
        here = cls.alive().filter(cluster_id=cluster_id)
        return any(exists(pid) for pid in here.values_list("pid", flat=True))


class Timekeeper(models.Model):
    """A cluster for scheduled work, with the time at which a task last went all the way through."""

    id = models.UUIDField(_("id"), primary_key=True, editable=False)
    host = models.CharField(_("host"), max_length=255)
    pid = models.PositiveIntegerField(_("process id"))
    started_at = models.DateTimeField(_("started at"), db_default=Now())
    heartbeat_at = models.DateTimeField(_("heartbeat at"), db_default=Now(), db_index=True)

    class Meta:
        verbose_name = _("timekeeper")
        verbose_name_plural = _("timekeepers")

    def __str__(self) -> str:
        return f"{self.host}:{self.pid}"

    @classmethod
    def alive(cls) -> QuerySet[Timekeeper]:
        """Those that gave a sign of life lately, by the database's clock."""
        return _lately(cls.objects)


def _lately(rows: models.Manager[Beating]) -> QuerySet[Beating]:
    return rows.filter(heartbeat_at__gte=Now() - timedelta(seconds=HEARTBEAT_MAX_AGE_SECONDS))


def exists(pid: int) -> bool:
    """Whether that process of this machine lives."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
