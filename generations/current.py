"""Which job the running code works on, so that each line it logs can name it.

Owns the variables only. Whoever begins to work on a job sets it, in the job's own task; a request
sets the id of a job that it made, and the next request takes it away.
"""

from contextvars import ContextVar
from typing import TYPE_CHECKING, Optional

# Logging is set up before there are models.
if TYPE_CHECKING:
    from generations.models import Job

job: ContextVar[Optional["Job"]] = ContextVar("job", default=None)
job_id: ContextVar[str] = ContextVar("job_id", default="")
