"""POST /api/v1/jobs/:id/cancel: ends a job that has not ended, and says how one had."""

from generations import jobs
from generations.api.operations.calling import Environ
from generations.api.operations.polling import again, find, reply
from generations.models import Job
from keys.envelope import Reply
from keys.errors import ApiError


def cancel(environ: Environ, job_id: str) -> Reply:
    """POST /api/v1/jobs/:id/cancel. Raises ApiError."""
    found_id = find(environ, job_id)[0]
    if jobs.cancel(found_id):
        return reply(environ, again(found_id))
    raise ApiError("JOB_FINISHED", _how_it_ended(Job.objects.get(pk=found_id)))


def _how_it_ended(job: Job) -> str:
    if job.status == Job.Status.COMPLETED:
        return f"This job is already completed. Its image cost {job.cost_label}."
    if job.failure_kind == Job.FailureKind.CANCELLED:
        return "This job was already cancelled. Nothing was charged."
    return f"This job has already failed, and nothing was charged: {job.error}"
