"""The door to django-q2, and the only module that uses it.

django-q2 runs the runner and the scheduled work; it never carries a job. The jobs table is the
queue, and a task that is lost or handed out twice changes nothing.
"""

import logging
import os
import signal
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import FrameType

from django.db import DatabaseError, connections
from django.utils import timezone
from django_q.cluster import Cluster
from django_q.models import Schedule
from django_q.tasks import async_task

from generations.models import Runner

log = logging.getLogger(__name__)

RUNNER_TASK = "generations.runner.run"
NEVER = -1
# Asks the runner to hand over. All other processes of the cluster ignore it.
DRAIN_SIGNAL = signal.SIGUSR1

LOOK_SECONDS = 0.5
ASK_SECONDS = 3.0
HUNG_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class _Timed:
    """A function that django-q2 calls by the clock; a call that takes longer is killed."""

    name: str
    func: str
    schedule_type: str
    timeout_seconds: int
    hour: int | None = None

    def first_run(self) -> datetime:
        now = timezone.now()
        if self.hour is None:
            return now
        today = now.replace(hour=self.hour, minute=0, second=0, microsecond=0)
        return today if today > now else today + timedelta(days=1)


TIMED = (
    # Where a runner lives, the new one ends at once.
    _Timed("runner", RUNNER_TASK, Schedule.MINUTES, NEVER),
    _Timed("wallet every minute", "wallet.chores.every_minute", Schedule.MINUTES, 300),
    _Timed("wallet nightly", "wallet.chores.nightly", Schedule.DAILY, 3600, hour=3),
)


def schedule() -> None:
    """Tells django-q2 what to call when. Hours are UTC."""
    for timed in TIMED:
        values = {
            "func": timed.func,
            "kwargs": {"q_options": {"timeout": timed.timeout_seconds}},
            "schedule_type": timed.schedule_type,
            "minutes": 1,
            "repeats": -1,
        }
        first = {**values, "next_run": timed.first_run()}
        Schedule.objects.update_or_create(name=timed.name, defaults=values, create_defaults=first)


def start_runner() -> None:
    """Asks for a runner now."""
    async_task(RUNNER_TASK, timeout=NEVER)


class _DrainingCluster(Cluster):  # type: ignore[misc]  # django-q2 has no types.
    """A cluster whose runner hears that it shall stop, for otherwise the two wait for ever."""

    def sig_handler(self, signum: int, frame: FrameType | None) -> None:
        # Again and again: a runner that is only starting would not have heard the first call.
        threading.Thread(target=_keep_asking_to_drain, daemon=True).start()
        super().sig_handler(signum, frame)


def _keep_asking_to_drain() -> None:
    while True:
        os.killpg(os.getpgrp(), DRAIN_SIGNAL)
        time.sleep(LOOK_SECONDS)


def run_cluster() -> None:
    """Runs workers, one of them the runner, until SIGTERM or SIGINT.

    When the cluster hangs it is killed, this process included, for whoever started it to start
    it again.
    """
    if os.getpgrp() != os.getpid():
        os.setpgid(0, 0)
    signal.signal(DRAIN_SIGNAL, signal.SIG_IGN)
    schedule()
    # A connection must not be shared with the processes that are forked now.
    connections.close_all()
    # The cluster's processes must not die of a SIGTERM sent to the whole group: django-q2 waits
    # for ever for a process that ended without its knowledge. They inherit this mask, so that
    # the signal reaches this process alone, which stops the others in their order.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    cluster = _DrainingCluster()
    cluster.start()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    _keep_runner(cluster)


def _keep_runner(cluster: Cluster) -> None:
    """Sees to it that a runner lives in this cluster, as long as the cluster does."""
    seen_at, asked_at = time.monotonic(), float("-inf")
    while cluster.sentinel.is_alive():
        now = time.monotonic()
        try:
            if Runner.lives_in(os.getpid()):
                seen_at = now
            elif now - seen_at > HUNG_SECONDS:
                log.error("The workers take no task any more: a hung cluster ends.")
                os.killpg(os.getpgrp(), signal.SIGKILL)
            elif now - asked_at > ASK_SECONDS:
                asked_at = now
                start_runner()
        except DatabaseError:
            # Without its database no runner can live; that is not the cluster's fault.
            seen_at = now
            connections.close_all()
        time.sleep(LOOK_SECONDS)
