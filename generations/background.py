"""The door to django-q2, and the only module that uses it.

django-q2 starts the runner and starts it again when it is gone; it never carries a job. The jobs
table is the queue, and a task that is lost or handed out twice changes nothing.
"""

import os
import signal
from types import FrameType

from django_q.cluster import Cluster
from django_q.models import Schedule
from django_q.tasks import async_task

RUNNER_TASK = "generations.runner.run"
NEVER = -1
# Asks the runner to hand over. All other processes of the cluster ignore it.
DRAIN_SIGNAL = signal.SIGUSR1


def schedule() -> None:
    """Has a runner started every minute; where one lives, the new one ends at once."""
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
        os.killpg(os.getpgrp(), DRAIN_SIGNAL)
        super().sig_handler(signum, frame)


def run_cluster() -> None:
    """Runs workers, one of them the runner, until SIGTERM or SIGINT."""
    if os.getpgrp() != os.getpid():
        os.setpgid(0, 0)
    signal.signal(DRAIN_SIGNAL, signal.SIG_IGN)
    schedule()
    start_runner()
    # The cluster's processes must not die of a SIGTERM sent to the whole group: django-q2 waits
    # for ever for a process that ended without its knowledge. They inherit this mask, so that
    # the signal reaches this process alone, which stops the others in their order.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    _DrainingCluster().start()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
