"""The runner: one asyncio loop that claims jobs and works on many at once.

It says that it lives, keeps the leases of its jobs, fails what is overdue, and hands its jobs
over when told to stop. What is done with one job is `work.py`'s.
"""

import asyncio
import logging
import os
import socket
import time
import zlib
from collections import Counter
from uuid import UUID

import psycopg
from django.conf import settings
from django.db import connection
from django.utils import timezone

from generations import jobs, leases
from generations.background import DRAIN_SIGNAL
from generations.models import Job, Runner
from generations.work import in_thread, work_on

log = logging.getLogger(__name__)

# A lost wake-up costs at most this long.
LOOK_SECONDS = 1.0
HEARTBEAT_SECONDS = 5.0
DRAIN_SECONDS = 2.0
# One advisory lock for each cluster: a second runner in it finds it taken and ends.
SLOT_LOCK_SPACE = 7_275_001
SLOT_PATIENCE_SECONDS = 15.0


def run() -> str:
    """Runs until told to stop; returns at once when this place is taken. A django-q2 task."""
    return asyncio.run(_Loop().run())


class _Loop:
    def __init__(self) -> None:
        self.row = Runner(host=socket.gethostname(), pid=os.getpid(), cluster_pid=os.getpgrp())
        self.tasks: dict[UUID, asyncio.Task[None]] = {}
        self.model_of_job: dict[UUID, int] = {}
        self.wake = asyncio.Event()
        self.stopping = asyncio.Event()
        self.parent_pid = os.getppid()

    async def run(self) -> str:
        holding = asyncio.create_task(self._hold_slot())
        await self.wake.wait()
        if self.stopping.is_set():
            return "another runner holds the place"
        asyncio.get_running_loop().add_signal_handler(DRAIN_SIGNAL, self.stop)
        await in_thread(self.row.save, force_insert=True)
        beating = asyncio.create_task(self._beat())
        beating.add_done_callback(lambda _: self.stop())
        await self._claim_until_stopped()
        await self._hand_over()
        beating.cancel()
        holding.cancel()
        await in_thread(Runner.objects.filter(pk=self.row.pk).delete)
        return "stopped"

    def stop(self) -> None:
        """Claims nothing more from now on."""
        self.stopping.set()
        self.wake.set()

    async def _claim_until_stopped(self) -> None:
        while not self.stopping.is_set():
            self.wake.clear()
            room = settings.RUNNER_JOBS_MAX - len(self.tasks)
            if room > 0:
                taken = Counter(self.model_of_job.values())
                for job in await in_thread(leases.claim, self.row.pk, room, taken):
                    self._begin(job)
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await self.wake.wait()
            except TimeoutError:
                continue

    def _begin(self, job: Job) -> None:
        task = asyncio.create_task(work_on(job), name=f"job {job.pk}")
        self.tasks[job.pk] = task
        self.model_of_job[job.pk] = job.model_id
        task.add_done_callback(lambda _: self._end(job))

    def _end(self, job: Job) -> None:
        self.tasks.pop(job.pk, None)
        self.model_of_job.pop(job.pk, None)
        # A place is free: whatever waited for it may start.
        self.wake.set()

    async def _hold_slot(self) -> None:
        """Holds a slot's lock on a connection of its own, which also hears what wakes the loop.

        A broken connection is opened again. The server may then take a while to see that the old
        one is gone; a slot that stays taken has another runner.
        """
        patience_seconds = 0.0
        while not self.stopping.is_set():
            try:
                async with await _connect() as own:
                    if await _take_slot(own, patience_seconds):
                        patience_seconds = SLOT_PATIENCE_SECONDS
                        await own.execute(f"LISTEN {jobs.QUEUE_CHANNEL}")
                        self.wake.set()
                        async for _ in own.notifies():
                            self.wake.set()
                    self.stop()
            except psycopg.OperationalError:
                log.warning("The runner lost its database connection.")
                await asyncio.sleep(LOOK_SECONDS)

    async def _beat(self) -> None:
        while True:
            started = time.monotonic()
            if os.getppid() != self.parent_pid:
                log.warning("The cluster around this runner is gone; it hands over.")
                self.stop()
            await in_thread(self._say_alive)
            await in_thread(jobs.fail_overdue)
            await self._keep_leases()
            if not self.stopping.is_set():
                room = settings.RUNNER_JOBS_MAX - len(self.tasks)
                for job in await in_thread(leases.reclaim, self.row.pk, max(0, room)):
                    self._begin(job)
            await asyncio.sleep(max(0.0, HEARTBEAT_SECONDS - (time.monotonic() - started)))

    def _say_alive(self) -> None:
        Runner.objects.filter(pk=self.row.pk).update(
            heartbeat_at=timezone.now(), in_flight=len(self.tasks)
        )

    async def _keep_leases(self) -> None:
        ours = list(self.tasks)
        if not ours:
            return
        kept = await in_thread(leases.renew, self.row.pk, ours, leases.LEASE_SECONDS)
        for job_id in set(ours) - kept:
            task = self.tasks.get(job_id)
            # A job that ended just now is missing too; cancelling its finished task is harmless.
            if task:
                task.cancel()

    async def _hand_over(self) -> None:
        """Lets what is nearly done finish, then gives the rest to whoever claims next."""
        if self.tasks:
            await asyncio.wait(self.tasks.values(), timeout=DRAIN_SECONDS)
        rest = dict(self.tasks)
        for task in rest.values():
            task.cancel()
        await asyncio.gather(*rest.values(), return_exceptions=True)
        if rest:
            await in_thread(leases.renew, self.row.pk, list(rest), 0)


async def _connect() -> psycopg.AsyncConnection:
    parameters = connection.get_connection_params()
    for name in ("cursor_factory", "context", "prepare_threshold"):
        parameters.pop(name, None)
    return await psycopg.AsyncConnection.connect(**parameters, autocommit=True)


async def _take_slot(own: psycopg.AsyncConnection, patience_seconds: float) -> bool:
    """Takes the one place for a runner in this cluster, which its process group names."""
    place = zlib.crc32(f"{socket.gethostname()}:{os.getpgrp()}".encode()) & 0x7FFF_FFFF
    deadline = time.monotonic() + patience_seconds
    while True:
        values = (SLOT_LOCK_SPACE, place)
        cursor = await own.execute("SELECT pg_try_advisory_lock(%s, %s)", values)
        row = await cursor.fetchone()
        if row and row[0]:
            return True
        if time.monotonic() >= deadline:
            return False
        await asyncio.sleep(LOOK_SECONDS)
