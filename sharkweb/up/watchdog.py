"""No process outlives its parent: every process group we start is told to a watchdog process.

The watchdog reads a pipe that only the parent holds open for writing. When the parent dies,
however it dies, the pipe ends and the watchdog stops every group it was told about.
Each line is `<process group> <signal that asks it to stop>`; signal 0 forgets the group.
This file runs as a script of its own, so it imports nothing of the project.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

# The sum stays well under the 10 seconds in which everything must be gone.
WORKERS_GRACE_SECONDS = 5.0
DATABASE_GRACE_SECONDS = 2.5
QUIT_GRACE_SECONDS = 0.5

# PostgreSQL's "fast shutdown": it rolls back, writes a checkpoint and leaves.
# https://www.postgresql.org/docs/18/server-shutdown.html
FAST_SHUTDOWN = signal.SIGINT


class Watchdog:
    """Starts processes that cannot outlive us. Use as a context; leaving it stops them all.

    `lock` is an open file the watchdog keeps open too, until it has finished its work.
    """

    def __init__(self, lock: int | None = None) -> None:
        self.lock = lock
        self.groups: dict[int, int] = {}
        self._launch()

    def __enter__(self) -> "Watchdog":
        return self

    def __exit__(self, *exception: object) -> None:
        try:
            stop_groups(self.groups)
        except KeyboardInterrupt:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            stop_groups(self.groups, hurry=True)
        os.close(self._pipe)
        self.process.wait()

    def start(
        self,
        command: Sequence[str],
        stop_signal: int = signal.SIGTERM,
        env: Mapping[str, str] | None = None,
        stdout: IO[bytes] | int | None = None,
        stderr: IO[bytes] | int | None = None,
    ) -> subprocess.Popen[bytes]:
        """Starts a command in its own session, its group known to the watchdog."""
        self.revive()

        def tell() -> None:
            # Told by the child before it becomes the command: were the parent to tell, its
            # death between the two would leave a process nobody knows about.
            os.write(self._pipe, f"{os.getpid()} {int(stop_signal)}\n".encode())

        process = subprocess.Popen(
            command,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
            preexec_fn=tell,
        )
        self.groups[process.pid] = int(stop_signal)
        return process

    def stop(self, process: subprocess.Popen[bytes]) -> None:
        """Stops the process, or what a dead one left behind, and forgets its group."""
        stop_groups({process.pid: self.groups[process.pid]})
        process.poll()
        self.groups.pop(process.pid)
        self.revive()
        os.write(self._pipe, f"{process.pid} 0\n".encode())

    def revive(self) -> None:
        """Starts the watchdog again when somebody killed it."""
        if self.process.poll() is not None:
            os.close(self._pipe)
            self._launch()

    def _launch(self) -> None:
        reading, self._pipe = os.pipe()
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__],
            stdin=reading,
            pass_fds=() if self.lock is None else (self.lock,),
            start_new_session=True,
        )
        os.close(reading)
        for group, stop_signal in self.groups.items():
            os.write(self._pipe, f"{group} {stop_signal}\n".encode())


def stop_groups(groups: Mapping[int, int], hurry: bool = False) -> None:
    """Stops process groups, given with the signal that asks each one to stop.

    PostgreSQL goes last, so that its clients may finish what they were writing; it gets
    SIGQUIT before SIGKILL, since its busy backends would survive the death of their parent.
    """
    databases = {group for group, asking in groups.items() if asking == FAST_SHUTDOWN}
    workers = set(groups) - databases
    grace = 0.0 if hurry else 1.0
    _signal(workers, signal.SIGTERM)
    _wait(workers, WORKERS_GRACE_SECONDS * grace)
    _signal(workers, signal.SIGKILL)
    _signal(databases, FAST_SHUTDOWN)
    _wait(databases, DATABASE_GRACE_SECONDS * grace)
    _signal(databases, signal.SIGQUIT)
    _wait(databases, QUIT_GRACE_SECONDS)
    _signal(databases, signal.SIGKILL)
    _wait(groups, 0.5)


def _signal(groups: Iterable[int], number: int) -> None:
    for group in groups:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, number)


def _wait(groups: Iterable[int], timeout_seconds: float) -> None:
    deadline = time.monotonic() + timeout_seconds
    while _any_alive(groups) and time.monotonic() < deadline:
        time.sleep(0.03)


def _any_alive(groups: Iterable[int]) -> bool:
    left = {group for group in groups if _exists(group)}
    if not left or not Path("/proc/self/stat").exists():
        return bool(left)
    # In containers nobody may reap orphans. Such a zombie is dead all the same.
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _parent, group = stat.read_text().rpartition(") ")[2].split()[:3]
            if int(group) in left and state != "Z":
                return True
    return False


def _exists(group: int) -> bool:
    # Our own dead children count until they are reaped.
    with suppress(ChildProcessError):
        os.waitpid(-group, os.WNOHANG)
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def main() -> None:
    """The watchdog process: listens until the parent is gone, then stops what is left."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: dict[int, int] = {}
    for line in sys.stdin:
        group, asking = map(int, line.split())
        if asking:
            groups[group] = asking
        else:
            groups.pop(group, None)
    stop_groups(groups)


if __name__ == "__main__":
    main()
