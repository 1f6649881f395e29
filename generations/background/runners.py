"""The cluster for jobs: one of its workers is the runner, as long as the cluster runs.

Nothing is scheduled here. What the runner does is `generations/runner/`'s.
"""

from contextlib import suppress

from django.db import Error
from django_q.models import OrmQ
from django_q.tasks import async_task

from generations.background import cluster
from generations.models import Runner

RUNNER_TASK = "generations.runner.run"
NEVER = -1


def run() -> None:
    """Runs the cluster until SIGTERM or SIGINT; the runner then hands over."""
    cluster_id = cluster.run(KIND)
    # What was asked of this cluster is of no use to another.
    with suppress(Error):
        OrmQ.objects.filter(key=KIND.queue(cluster_id)).delete()


def _ask(queue: str) -> None:
    # Where a runner lives already, the new one ends at once.
    async_task(RUNNER_TASK, cluster=queue, timeout=NEVER, save=False)


# One worker is the runner; the other waits to take its place.
KIND = cluster.Kind("runners", workers=2, keeps_time=False, lives=Runner.lives_in, ask=_ask)
