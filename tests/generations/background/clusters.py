"""A cluster as an operator runs it, for a test: its processes, its queue, and chores for it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from uuid import UUID

from django.utils import timezone
from django_q.models import OrmQ, Task
from django_q.tasks import async_task

from generations.background import runners, timekeeping
from generations.models import Runner, Timekeeper
from tests.conftest import CHECKOUT, process_environment, wait_until

Command = Literal["work", "keep_time"]
CHORES = "tests.generations.background.chores"


def parent_and_group(pid: int) -> tuple[int, int] | None:
    """Whose child it is, and its process group; None once it is dead."""
    try:
        state, *ids = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[:3]
    except OSError:
        return None
    return None if state == "Z" else (int(ids[0]), int(ids[1]))


@dataclass
class Cluster:
    """A running `manage.py work` or `manage.py keep_time`."""

    command: Command
    process: subprocess.Popen[bytes]

    @property
    def id(self) -> UUID | None:
        """What it is called in the database, from its first sign of life on."""
        if self.command == "keep_time":
            return (
                Timekeeper.alive().filter(pid=self.process.pid).values_list("pk", flat=True).first()
            )
        ids = Runner.alive().filter(pid__in=self.processes()).values_list("cluster_id", flat=True)
        return ids.first()

    @property
    def queue(self) -> str:
        kind = timekeeping.KIND if self.command == "keep_time" else runners.KIND
        assert self.id
        return kind.queue(self.id)

    def processes(self) -> dict[int, int]:
        """Its living processes, each with its parent."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            ids = parent_and_group(int(folder.name))
            if ids and ids[1] == self.process.pid:
                found[int(folder.name)] = ids[0]
        return found

    @property
    def sentinel(self) -> int:
        leader = self.process.pid
        return next(pid for pid, parent in self.processes().items() if parent == leader)

    @property
    def below_the_sentinel(self) -> list[int]:
        sentinel = self.sentinel
        return [pid for pid, parent in self.processes().items() if parent == sentinel]

    def is_gone(self) -> bool:
        return self.process.poll() is not None and self.processes() == {}

    def give(self, chore: str, *arguments: object, timeout_seconds: int = 60) -> str:
        """Asks it for one of the `chores`; returns the task's id."""
        function = f"{CHORES}.{chore}"
        task_id: str = async_task(function, *arguments, cluster=self.queue, timeout=timeout_seconds)
        return task_id


def is_done(task_id: str, success: bool = True) -> bool:
    found: bool = Task.objects.filter(pk=task_id, success=success).exists()
    return found


def in_hand(*task_ids: str) -> int:
    """How many of these tasks have been taken off their queue and are not done."""
    taken = OrmQ.objects.filter(lock__gt=timezone.now())
    return sum(row.task_id() in task_ids for row in taken)


@contextmanager
def running(command: Command, **environment: str) -> Iterator[Cluster]:
    """A cluster with this environment, from its first sign of life."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", command],
        cwd=CHECKOUT,
        env={**process_environment(), "SHARKAPI_DRAIN_SECONDS": "2", **environment},
        start_new_session=True,
    )
    cluster = Cluster(command, process)
    try:
        wait_until(lambda: cluster.id)
        yield cluster
    finally:
        if cluster.processes():
            os.killpg(process.pid, signal.SIGTERM)
            os.killpg(process.pid, signal.SIGCONT)
            try:
                wait_until(cluster.is_gone, 10)
            except AssertionError:
                os.killpg(process.pid, signal.SIGKILL)
                raise
        process.wait()
