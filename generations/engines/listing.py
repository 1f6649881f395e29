"""Lists that providers give newest first, turned round, however long they are.

Owns the order and how much is read at once. What a page is, and how to ask for it, is each
engine's own.
"""

import logging
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

from generations.engines.base import Listed
from generations.engines.failures import EngineUncertain

log = logging.getLogger(__name__)

# Of one period, which is kept in memory until its oldest image is known.
PAGES_MAX = 20
# No other period is begun after this.
LISTING_SECONDS = 15.0
PERIOD_SHORTEST = timedelta(seconds=1)

# Gives the pages of the period from the first time up to the second, or to its end.
Pages = Callable[[datetime, datetime | None], AsyncIterator[list[Listed]]]


async def oldest_first(pages: Pages, since: datetime) -> AsyncIterator[Listed]:
    """The images since then, oldest first; when time runs out, those that there was time for.

    Too long a list is read period by period, so that who asks again since the last image goes on
    there. Raises EngineUncertain when even the shortest period has too many.
    """
    now, deadline = datetime.now(UTC), time.monotonic() + LISTING_SECONDS
    period = now - since
    while True:
        until = since + period
        found = await _newest_first(pages, since, until if until < now else None)
        if found is None:
            period /= 4
            if period < PERIOD_SHORTEST:
                raise EngineUncertain(f"more than {PAGES_MAX} pages of images since {since}")
            continue
        for listed in reversed(found):
            yield listed
        if until >= now:
            return
        if time.monotonic() > deadline:
            log.warning("a list is long: what follows %s is left to the next round", until)
            return
        # Where there were few there may be fewer.
        since, period = until, 2 * period


async def _newest_first(
    pages: Pages, since: datetime, until: datetime | None
) -> list[Listed] | None:
    """The period's images; None when there are too many."""
    found: list[Listed] = []
    count = 0
    async for page in pages(since, until):
        count += 1
        if count > PAGES_MAX:
            return None
        found += page
    return found
