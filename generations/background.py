"""The door to django-q2, and the only module that uses it.

django-q2 runs the runner and the scheduled work; it never carries a job. The jobs table is the
queue, and a task that is lost or handed out twice changes nothing.
"""

import logging
import os
import signal
import threading
import time
from types import FrameType

from django.db import DatabaseError, connections
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


def schedule() -> None:
    """Has django-q2 start a runner every minute; where one lives, the new one ends at once."""
    Schedule.objects.update_or_create(
        name="runner",
        defaults={
            "func": RUNNER_TASK,
            "kwargs": {"q_options": {"timeout": NEVER}},
            "schedule_type": Schedule.MINUTES,
            "minutes": 1,
            "repeats": -1,
        },
    )


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
