"""GET /healthz: whether this deployment can do its work, for supervisors and load balancers."""

from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from generations.models import Runner, Timekeeper


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """What works, as `status` "ok", "degraded" or "unavailable" and a truth for each part.

    503 when the database does not answer or no runner lives. Where only scheduled work stands
    still it is 200 and "degraded": customers get their images, so no load balancer shall turn
    them away, while whoever watches the deployment sees it.
    """
    try:
        worker, schedule = Runner.alive().exists(), Timekeeper.alive().exists()
        database = True
    except DatabaseError:
        worker = schedule = database = False
    ready = database and worker
    status = "unavailable" if not ready else "ok" if schedule else "degraded"
    parts = {"database": database, "worker": worker, "schedule": schedule}
    return JsonResponse({"status": status, **parts}, status=200 if ready else 503)
