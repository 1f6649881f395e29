"""The project's site, but each accepted job is handed to django-q2 as a task."""

import json
from collections.abc import Iterable
from typing import Any

from sharkweb.wsgi import application as product

# `sharkweb.wsgi` has set Django up, which django-q2 needs to be imported.
from django_q.tasks import async_task  # isort: skip

from generations import jobs
from generations.api.lane import SUBMIT_PATH

TASK = "tests.bench.plain.task.make"


def _wake_nobody(payload: str = "") -> None:
    """No runner listens here: plain django-q2 shall not pay for waking one."""


jobs.wake_runners = _wake_nobody


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """The product's answer, given once the task is in django-q2's queue."""
    body = b"".join(product(environ, start_response))
    if environ["REQUEST_METHOD"] == "POST" and environ["PATH_INFO"] == SUBMIT_PATH:
        job_id = json.loads(body).get("job_id")
        if job_id:
            async_task(TASK, job_id)
    return [body]
