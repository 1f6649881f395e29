"""Ends jobs that nobody will end: whose time is up, and who killed their runners too often.

It says which they are, by the database's clock; how a job ends is `jobs.py`'s.
"""

import logging

from django.db import connection

from generations import jobs
from generations.engines.failures import LOST
from generations.leases import ATTEMPTS_MAX
from generations.models import Job
from wallet import ledger

log = logging.getLogger(__name__)

BATCH_MAX = 500

# Each branch follows an index, whatever the planner believes of the queue. Who was only asleep has
# a moment to renew its leases.
OVERDUE = f"""
(SELECT id, NULL::integer, true FROM generations_job
 WHERE finished_at IS NULL AND deadline_at <= now() ORDER BY deadline_at LIMIT {BATCH_MAX})
UNION ALL
(SELECT id, fence, false FROM generations_job
 WHERE status = 'processing' AND lease_until < now() - interval '10 seconds' AND deadline_at > now()
   AND attempts >= {ATTEMPTS_MAX} LIMIT {BATCH_MAX})
"""  # noqa: S608 - made of constants.


def fail() -> int:
    """Fails what passed its deadline, and what killed its runner too often; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(OVERDUE)
        overdue = cursor.fetchall()
    late, lost = (Job.FailureKind.TIMEOUT, jobs.TIMED_OUT), (Job.FailureKind.PROVIDER, LOST)
    failed = 0
    for job_id, fence, is_late in overdue:
        kind, error = late if is_late else lost
        try:
            # With the fence that was seen: who has taken it over meanwhile shall go on.
            failed += jobs.fail(job_id, kind, error, fence)
        except ledger.HoldResolved:
            # One whose books are wrong must not keep the others from their end.
            log.exception("job %s cannot be ended", job_id)
    return failed


def fail_all() -> int:
    """Fails all of them, when no runner lives to do so every few seconds; returns how many."""
    failed = 0
    while batch := fail():
        failed += batch
    return failed
