"""The background: two kinds of django-q2 clusters, one for jobs and one for scheduled work.

This package is the only one that uses django-q2, which runs the runner and the scheduled work;
it never carries a job. The jobs table is the queue, and a task that is lost or handed out twice
changes nothing.

Neither kind waits for the other: each cluster has processes of its own, and a queue of its own in
the database, since what is asked of one machine's cluster must not be taken by another's.
"""

import signal
from uuid import UUID

# Asks the runner to hand over. All other processes of the cluster ignore it.
DRAIN_SIGNAL = signal.SIGUSR1

# The cluster that this process belongs to, if it belongs to one; see `cluster.py`.
cluster_id: UUID | None = None
