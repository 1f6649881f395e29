"""The cluster for scheduled work: it calls what `timetable.py` says, and proves that it does.

It never runs a job. Any number of these clusters share the timetable; what is due is taken by one
of them, which puts it on its own queue. Its sign of life is a task that goes all the way through:
onto that queue, off it again, and through a worker, since nothing less shows that chores run.
"""

import os
import socket
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from django.db import Error
from django.db.models.functions import Now
from django.utils import timezone
from django_q.models import OrmQ
from django_q.tasks import async_task

from generations import background
from generations.background import cluster, runners, timetable
from generations.models import Runner, Timekeeper

# Seven lists of chores may be at work together, each in one place at a time; see `run_alone` in
# wallet/chores.py. One more worker hears the beat, else a long night would look like a fault.
WORKERS = 8
BEAT_TASK = f"{__name__}.beat"
BEAT_SECONDS = 5.0
# A queue that nobody has read for so long has lost its cluster.
ABANDONED_SECONDS = 60
# A cluster that ended is shown this much longer, with the time of its last beat.
FORGOTTEN_SECONDS = 3600


def run() -> None:
    """Runs the cluster until SIGTERM or SIGINT; chores then have RUNNER_DRAIN_SECONDS to finish.

    What they leave undone stays on the queue, where another cluster finds it.
    """
    timetable.write()
    cluster_id = cluster.run(KIND)
    with suppress(Error):
        Timekeeper.objects.filter(pk=cluster_id).delete()


def beat() -> None:
    """Says that this cluster lives. A django-q2 task, as `tidy`."""
    timetable.correct()
    assert background.cluster_id
    own = Timekeeper.objects.filter(pk=background.cluster_id)
    if not own.update(heartbeat_at=Now()):
        Timekeeper.objects.create(
            pk=background.cluster_id, host=socket.gethostname(), pid=os.getpgrp()
        )


def tidy() -> None:
    """Takes over the chores that dead clusters left on their queues, and removes the rest."""
    jobs = Runner.alive().values_list("cluster_id", flat=True)
    chores = Timekeeper.alive().values_list("pk", flat=True)
    assert background.cluster_id
    living = [*map(runners.KIND.queue, jobs), *map(KIND.queue, chores)]
    # A task that was taken is due, by `lock`, only when it may be handed out once more.
    due_at = timezone.now() - timedelta(seconds=ABANDONED_SECONDS)
    abandoned = OrmQ.objects.exclude(key__in=living).filter(lock__lt=due_at)
    abandoned.filter(key__startswith=KIND.name).update(key=KIND.queue(background.cluster_id))
    abandoned.delete()
    forgotten_at = Now() - timedelta(seconds=FORGOTTEN_SECONDS)
    Timekeeper.objects.filter(heartbeat_at__lt=forgotten_at).delete()
    Runner.objects.filter(heartbeat_at__lt=forgotten_at).delete()


def _lives(cluster_id: UUID) -> bool:
    fresh_at = Now() - timedelta(seconds=BEAT_SECONDS)
    return Timekeeper.objects.filter(pk=cluster_id, heartbeat_at__gte=fresh_at).exists()


def _ask(queue: str) -> None:
    async_task(BEAT_TASK, cluster=queue, save=False)


KIND = cluster.Kind(timetable.CLUSTER, workers=WORKERS, keeps_time=True, lives=_lives, ask=_ask)
