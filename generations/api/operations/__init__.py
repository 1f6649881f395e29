"""What the public API's calls do, from a WSGI environment to a Reply.

Django hands the WSGI environment on as `request.META`, so both doors, `routes.py` and `lane.py`,
call the same functions. An operation raises ApiError; `answer` turns whatever happens into a
reply.
"""

from generations.api.operations.calling import answer
from generations.api.operations.cancelling import cancel
from generations.api.operations.listing import list_jobs
from generations.api.operations.polling import STATUS, status
from generations.api.operations.submitting import OFFER, submit

__all__ = ["OFFER", "STATUS", "answer", "cancel", "list_jobs", "status", "submit"]
