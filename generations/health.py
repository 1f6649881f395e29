"""GET /healthz: whether this deployment can do its work, for supervisors and load balancers."""

from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from generations.models import Runner


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers and a runner lives, else 503 that says which does not."""
    try:
        worker = Runner.alive().exists()
        database = True
    except DatabaseError:
        worker = database = False
    ready = database and worker
    body = {"status": "ok" if ready else "unavailable", "database": database, "worker": worker}
    return JsonResponse(body, status=200 if ready else 503)
