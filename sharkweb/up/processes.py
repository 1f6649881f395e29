"""The long-running processes: started, watched, started again when they die.

It never knows what a process does. That no process outlives us is the watchdog's part.
"""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FrameType

from sharkweb.up.watchdog import Watchdog

LONGEST_PAUSE_SECONDS = 30.0
# Who ran this long is healthy again: its next death is a first one.
STEADY_AFTER_SECONDS = 60.0


@dataclass
class Service:
    """A process that shall always run. `start` starts it and returns it at once."""

    name: str
    start: Callable[[], subprocess.Popen[bytes]]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0
    next_start_at: float = 0.0


class Supervisor:
    """Keeps the services running. Times are seconds of the monotonic clock."""

    def __init__(self, watchdog: Watchdog, services: Sequence[Service]) -> None:
        self.watchdog = watchdog
        self.services = services

    def tick(self) -> None:
        """Starts what is due and notices what died; to be called a few times a second."""
        self.watchdog.revive()
        now = time.monotonic()
        for service in self.services:
            if service.process is None and now >= service.next_start_at:
                service.process = service.start()
                service.started_at = now
            elif service.process is not None and service.process.poll() is not None:
                self.restart(service, f"ended with status {service.process.returncode}")

    def restart(self, service: Service, reason: str) -> None:
        """Stops whatever is left of the service and lets it start again after a pause.

        The pause is 1, 2, 4 … 30 seconds, so that a broken program does not eat the machine.
        """
        if service.process is not None:
            self.watchdog.stop(service.process)
            service.process = None
        now = time.monotonic()
        if now - service.started_at > STEADY_AFTER_SECONDS:
            service.failures = 0
        pause_seconds = min(2.0**service.failures, LONGEST_PAUSE_SECONDS)
        service.failures += 1
        service.next_start_at = now + pause_seconds
        print(
            f"sharkapi: {service.name} {reason}, starting again in {pause_seconds:.0f} s",
            file=sys.stderr,
            flush=True,
        )


def interrupt_on_stop_signals() -> None:
    """Makes Ctrl-C, SIGTERM and a closed terminal raise KeyboardInterrupt where we are.

    After the first of any kind only another Ctrl-C counts: it hurries the stop.
    """
    signal.signal(signal.SIGINT, _interrupt)
    signal.signal(signal.SIGTERM, _interrupt)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # As nohup sets it.
        signal.signal(signal.SIGHUP, _interrupt)


def _interrupt(number: int, frame: FrameType | None) -> None:
    # `make` sends SIGTERM on to us although the terminal may have sent it already.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    raise KeyboardInterrupt
