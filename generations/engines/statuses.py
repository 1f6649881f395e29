"""What the status of an answer means, where HTTP says it for all providers alike.

What an error's body says more than that is each engine's to read, before it asks here.
"""

import logging
from datetime import UTC, datetime

from generations.engines.failures import (
    BUSY,
    LOST,
    MISCONFIGURED,
    REJECTED,
    EngineFailed,
    EngineRefused,
    EngineUncertain,
)
from generations.engines.retry_after import retry_after_seconds
from generations.engines.wire import Answer

log = logging.getLogger(__name__)

# 529 is what several providers answer when they are overloaded.
BUSY_STATUSES = {429, 503, 529}
# What only the operator can mend: keys, money, names of models, addresses that have moved.
OPERATOR_STATUSES = {301, 302, 303, 307, 308, 401, 402, 403, 404, 405, 410}
# For a provider that does not say when to come back.
BUSY_SECONDS = 5.0


def check_started(engine: str, answer: Answer, busy_seconds: float | None = None) -> None:
    """Returns if the provider took the request; `busy_seconds` is what its body says of 429.

    Raises EngineRefused when it certainly did not, EngineUncertain when that cannot be known: a
    408, 500, 502 or 504 may come from a gateway that had already passed the request on.
    """
    if 200 <= answer.status < 300:
        return
    if answer.status in BUSY_STATUSES:
        raise _busy(answer, busy_seconds)
    if answer.status in OPERATOR_STATUSES:
        raise misconfigured(engine, answer)
    if 400 <= answer.status < 500 and answer.status != 408:
        log.error("%s answered %d to a request", engine, answer.status)
        raise EngineRefused(REJECTED)
    raise EngineUncertain(f"{engine} answered {answer.status} to a request")


def check_polled(engine: str, answer: Answer, busy_seconds: float | None = None) -> None:
    """Returns if the provider answered the question.

    Raises EngineFailed when it knows no such job or question; otherwise EngineRefused or
    EngineUncertain, which say that it may be asked again later.
    """
    if 200 <= answer.status < 300:
        return
    if answer.status in (404, 405, 410):
        raise EngineFailed("provider", LOST)
    if answer.status in BUSY_STATUSES:
        raise _busy(answer, busy_seconds)
    if answer.status in OPERATOR_STATUSES:
        raise misconfigured(engine, answer)
    raise EngineUncertain(f"{engine} answered {answer.status} to a question")


def misconfigured(engine: str, answer: Answer) -> EngineRefused:
    """What to raise when only the operator can help; the operator finds it in the log."""
    log.error("%s answered %d: see its key, its account and its options", engine, answer.status)
    return EngineRefused(MISCONFIGURED)


def _busy(answer: Answer, busy_seconds: float | None) -> EngineRefused:
    asked = retry_after_seconds(answer.headers, datetime.now(UTC))
    if asked is None:
        asked = BUSY_SECONDS if busy_seconds is None else busy_seconds
    return EngineRefused(BUSY, asked)
