"""The runner: one asyncio loop that claims jobs and works on many at once.

It says that it lives, keeps the leases of its jobs, fails what is overdue, and hands its jobs
over when told to stop. What is done with one job is `work.py`'s.
"""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import time
from collections import Counter
from uuid import UUID, uuid4

from django.conf import settings
from django.db.models.functions import Now

from generations import background, jobs, leases, overdue
from generations.engines import connected
from generations.engines.base import Engine
from generations.engines.wire import Wire
from generations.leases import Claimed
from generations.models import Runner
from generations.models.runners import exists
from generations.runner.listener import Listener
from generations.runner.threads import for_runner, in_database
from generations.runner.work import Work

log = logging.getLogger(__name__)

# A lost wake-up costs at most this long.
LOOK_SECONDS = 1.0
HEARTBEAT_SECONDS = 5.0
DRAIN_LOOK_SECONDS = 0.2


def run() -> str:
    """Runs until told to stop; returns at once when this place is taken. A django-q2 task."""
    try:
        return asyncio.run(_Loop().run())
    finally:
        # The loop leaves the signal, which is sent again and again, with its default: death.
        signal.signal(background.DRAIN_SIGNAL, signal.SIG_IGN)


class _Loop:
    def __init__(self) -> None:
        cluster_id = background.cluster_id or uuid4()
        self.row = Runner(host=socket.gethostname(), pid=os.getpid(), cluster_id=cluster_id)
        self.engines: dict[str, Engine] = {}
        self.works: dict[UUID, Work] = {}
        self.tasks: dict[UUID, asyncio.Task[None]] = {}
        self.wake = asyncio.Event()
        self.stopping = asyncio.Event()
        self.parent_pid = os.getppid()

    async def run(self) -> str:
        listener = Listener(self.row.cluster_id, self._hear, self.stop)
        listening = asyncio.create_task(listener.run())
        listening.add_done_callback(self._stop_after)
        await listener.is_settled.wait()
        if self.stopping.is_set():
            return "another runner holds the place"
        asyncio.get_running_loop().add_signal_handler(background.DRAIN_SIGNAL, self.stop)
        await in_database(self._arrive)
        beating = asyncio.create_task(self._beat())
        ending = asyncio.create_task(self._end_overdue())
        beating.add_done_callback(self._stop_after)
        async with Wire() as wire:
            self.engines = connected(wire)
            try:
                await self._claim_until_stopped()
            finally:
                await self._drain()
        ending.cancel()
        beating.cancel()
        listening.cancel()
        await in_database(Runner.objects.filter(pk=self.row.pk).delete)
        return "stopped"

    def stop(self) -> None:
        """Claims nothing more from now on."""
        self.stopping.set()
        self.wake.set()

    def _stop_after(self, task: asyncio.Task[None]) -> None:
        """Without a beat, or its place, a runner is none."""
        if not task.cancelled() and task.exception():
            log.error("The runner ends.", exc_info=task.exception())
        self.stop()

    def _arrive(self) -> None:
        """Takes the place of a runner that was killed here, and of its jobs, without waiting."""
        before = Runner.objects.filter(cluster_id=self.row.cluster_id)
        dead = [runner.pk for runner in before if not exists(runner.pid)]
        leases.abandon(dead)
        Runner.objects.filter(pk__in=dead).delete()
        self.row.save()

    def _hear(self, channel: str, payload: str) -> None:
        if channel != jobs.ENDED_CHANNEL:
            self.wake.set()
            return
        with contextlib.suppress(ValueError):
            self._dismiss(UUID(payload))

    def _dismiss(self, job_id: UUID) -> None:
        """Stops work that is of no use any more."""
        # Once is enough: it may be telling the engine just now.
        if job_id in self.tasks and not self.works[job_id].is_dismissed:
            self.works[job_id].is_dismissed = True
            self.tasks[job_id].cancel()

    async def _claim_until_stopped(self) -> None:
        while not self.stopping.is_set():
            self.wake.clear()
            # Those first that another runner left: they have waited longest.
            await self._take(leases.reclaim)
            await self._take(leases.claim)
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await self.wake.wait()
            except TimeoutError:
                continue

    async def _take(self, claim: leases.Claim) -> None:
        room = settings.RUNNER_JOBS_MAX - len(self.tasks)
        if room > 0:
            taken = Counter(work.job.model_id for work in self.works.values())
            found = await for_runner(claim, self.row.pk, room, taken)
            for claimed in found:
                self._begin(claimed)
            if len(found) >= leases.BATCH_MAX:
                # There may be more.
                self.wake.set()

    def _begin(self, claimed: Claimed) -> None:
        job_id = claimed.job.pk
        work = self.works[job_id] = Work(claimed, self.engines)
        task = self.tasks[job_id] = asyncio.create_task(work.run(), name=f"job {job_id}")
        task.add_done_callback(lambda task: self._end(job_id, task))

    def _end(self, job_id: UUID, task: asyncio.Task[None]) -> None:
        # A job that moved to another engine may have come back while its first task ended.
        if self.tasks.get(job_id) is task:
            del self.tasks[job_id], self.works[job_id]
        # A place is free: whatever waited for it may start.
        self.wake.set()

    async def _beat(self) -> None:
        while True:
            started = time.monotonic()
            if os.getppid() != self.parent_pid:
                log.warning("The cluster around this runner is gone; it hands over.")
                self.stop()
            await for_runner(self._say_alive)
            await self._keep_leases()
            await asyncio.sleep(max(0.0, HEARTBEAT_SECONDS - (time.monotonic() - started)))

    async def _end_overdue(self) -> None:
        while True:
            try:
                await in_database(overdue.fail)
            except Exception:
                log.exception("what is overdue could not be ended")
            await asyncio.sleep(HEARTBEAT_SECONDS)

    def _say_alive(self) -> None:
        row = Runner.objects.filter(pk=self.row.pk)
        if not row.update(heartbeat_at=Now(), in_flight=len(self.tasks)):
            self.row.save()

    async def _keep_leases(self) -> None:
        ours = dict(self.tasks)
        await for_runner(leases.disown, self.row.pk, list(ours))
        if not ours:
            return
        kept = await for_runner(leases.renew, self.row.pk, list(ours))
        for job_id in ours.keys() - kept:
            # A job that ended just now is missing too; cancelling its finished task is harmless.
            # One that left and came back meanwhile has another task, which is in its right.
            if self.tasks.get(job_id) is ours[job_id]:
                self._dismiss(job_id)

    async def _drain(self) -> None:
        """Hands over what others can go on with, and finishes what they cannot."""
        deadline = time.monotonic() + settings.RUNNER_DRAIN_SECONDS
        while self.tasks:
            is_late = time.monotonic() > deadline
            leaving = {
                job_id: task
                for job_id, task in self.tasks.items()
                if is_late or self.works[job_id].is_resumable
            }
            for task in leaving.values():
                task.cancel()
            await asyncio.gather(*leaving.values(), return_exceptions=True)
            if leaving:
                await in_database(leases.hand_over, self.row.pk, list(leaving))
            await asyncio.sleep(DRAIN_LOOK_SECONDS)
        await in_database(jobs.wake_runners, jobs.HANDED_OVER)
