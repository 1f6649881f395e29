"""Which job the running code works on, so that each line it logs can name it.

Owns the variable only; whoever begins to work on a job sets it, in the job's own task.
"""

from contextvars import ContextVar
from typing import TYPE_CHECKING, Optional

# Logging is set up before there are models.
if TYPE_CHECKING:
    from generations.models import Job

job: ContextVar[Optional["Job"]] = ContextVar("job", default=None)
