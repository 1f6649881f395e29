"""One django-q2 cluster: started, watched, and ended in time; a hung one kills itself.

Owns what both kinds of cluster need. What their tasks are, and what their sign of life is,
`runners.py` and `timekeeping.py` say.

The process that calls `run` is the leader of a process group. Below it is django-q2's sentinel,
and below that the workers, a pusher that fills their queue, and a monitor that empties it.
"""

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from uuid import UUID, uuid4

from django.conf import settings
from django.db import Error, connections
from django_q.brokers import get_broker
from django_q.cluster import Cluster
from django_q.conf import Conf

from generations import background
from generations.background import systemd, workers

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.5
ASK_SECONDS = 3.0
HUNG_SECONDS = 20.0
# Left to django-q2 for an orderly end, after the runner and chores have had their time.
END_SECONDS = 4.0


@dataclass(frozen=True, slots=True)
class Kind:
    """What tells one kind of cluster from the other. Both calls may raise `django.db.Error`."""

    name: str
    workers: int
    keeps_time: bool
    # Whether the cluster of that id gives a sign of life.
    lives: Callable[[UUID], bool]
    # Has a worker that takes its tasks from that queue give one.
    ask: Callable[[str], None]

    def queue(self, cluster_id: UUID) -> str:
        """The queue of that cluster alone."""
        return f"{self.name}-{cluster_id}"


def run(kind: Kind) -> UUID:
    """Runs a cluster until SIGTERM or SIGINT, which give it RUNNER_DRAIN_SECONDS to finish.

    Returns the id it had. When it hangs it is killed, this process included, for whoever started
    it to start it again.
    """
    background.cluster_id = cluster_id = uuid4()
    if os.getpgrp() != os.getpid():
        os.setpgid(0, 0)
    signal.signal(background.DRAIN_SIGNAL, signal.SIG_IGN)
    # django-q2 reads its settings when it is imported, and then knows only one kind of cluster.
    # Its scheduler goes by this name; all the rest goes by the queue.
    Conf.CLUSTER_NAME, Conf.WORKERS, Conf.SCHEDULER = kind.name, kind.workers, kind.keeps_time
    workers.listen()
    # A connection must not be shared with the processes that are forked now.
    connections.close_all()
    # The cluster's processes must not die of a SIGTERM sent to the whole group: django-q2 waits
    # for ever for a process that ended without its knowledge. They inherit this mask, so that
    # the signal reaches this process alone, which stops the others in their order.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    cluster = _Cluster(get_broker(kind.queue(cluster_id)))
    cluster.start()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    try:
        _keep_alive(cluster, kind, cluster_id)
    finally:
        if not cluster.has_stopped:
            _kill("The sentinel died, or nobody watches it any more.")
    return cluster_id


class _Cluster(Cluster):  # type: ignore[misc]  # django-q2 has no types.
    """A cluster that ends in time, whatever its workers do."""

    def sig_handler(self, signum: int, frame: FrameType | None) -> None:
        threading.Thread(target=_end_in_time, daemon=True).start()
        super().sig_handler(signum, frame)


def _end_in_time() -> None:
    deadline = time.monotonic() + settings.RUNNER_DRAIN_SECONDS + END_SECONDS
    while time.monotonic() < deadline:
        # Again and again: a runner that is only starting would not have heard the first call.
        os.killpg(os.getpgrp(), background.DRAIN_SIGNAL)
        time.sleep(LOOK_SECONDS)
    _kill("The workers did not end in time.")


def _keep_alive(cluster: Cluster, kind: Kind, cluster_id: UUID) -> None:
    """Asks for a sign of life whenever there is none, as long as the cluster runs."""
    seen_at, asked_at = time.monotonic(), float("-inf")
    while cluster.sentinel.is_alive():
        now = time.monotonic()
        try:
            if kind.lives(cluster_id):
                # Whoever dies after this is missed at once.
                seen_at, asked_at = now, float("-inf")
            elif now - seen_at > HUNG_SECONDS:
                _kill("The workers take no task any more.")
            elif now - asked_at > ASK_SECONDS:
                asked_at = now
                kind.ask(kind.queue(cluster_id))
        except Error:
            # Without its database no worker can live; that is not the cluster's fault.
            seen_at = now
            connections.close_all()
        systemd.say_alive()
        time.sleep(LOOK_SECONDS)


def _kill(reason: str) -> None:
    text = "%s All of this cluster is killed, to be started again."
    log.error(text, reason, exc_info=sys.exception())
    os.killpg(os.getpgrp(), signal.SIGKILL)
