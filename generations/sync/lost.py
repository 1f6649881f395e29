"""Goes on with jobs whose runner died, where no other runner has taken them over.

What is done with a job is `runner/work.py`'s, here as in a runner: the engine is asked about what
it was given, and a result that could not be stored is stored. It never takes a job from the queue.
"""

import asyncio
import time
import uuid

from generations import leases
from generations.engines import connected
from generations.engines.wire import Wire
from generations.leases import Claimed
from generations.runner.threads import in_database
from generations.runner.work import Work

# Runners look every few seconds; what they leave for so long they will not take.
PATIENCE_SECONDS = 15.0
# Fewer than may have their pictures in hand at once in `runner/work.py`: nobody waits at that
# limit, which would belong to the event loop of an earlier round.
JOBS_MAX = 16
# After this what others can go on with is left to the next round.
BUDGET_SECONDS = 50.0
RENEW_SECONDS = 5.0


def finish() -> int:
    """One round; how many jobs it took."""
    runner_id = uuid.uuid4()
    lost = leases.reclaim(runner_id, JOBS_MAX, {}, PATIENCE_SECONDS)
    if lost:
        asyncio.run(_work_on(runner_id, lost))
    return len(lost)


async def _work_on(runner_id: uuid.UUID, lost: list[Claimed]) -> None:
    deadline = time.monotonic() + BUDGET_SECONDS
    async with Wire() as wire:
        engines = connected(wire)
        works = {claimed.job.pk: Work(claimed, engines) for claimed in lost}
        tasks = {job_id: asyncio.create_task(work.run()) for job_id, work in works.items()}
        while tasks:
            await asyncio.wait(tasks.values(), timeout=RENEW_SECONDS)
            tasks = {job_id: task for job_id, task in tasks.items() if not task.done()}
            ours = await in_database(leases.renew, runner_id, list(tasks))
            for job_id, task in tasks.items():
                works[job_id].is_dismissed = job_id not in ours
                is_left = time.monotonic() > deadline and works[job_id].is_resumable
                if works[job_id].is_dismissed or is_left:
                    task.cancel()
    await in_database(leases.hand_over, runner_id, list(works))
