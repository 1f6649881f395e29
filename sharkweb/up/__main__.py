"""`python -m sharkweb.up`: everything SharkAPI needs on this machine, until Ctrl-C.

The story of a run from top to bottom. Each step lives in its own module; this file never
handles a process or a file itself.
"""

import json
import os
import subprocess
import sys
import time
from functools import partial
from operator import attrgetter
from pathlib import Path

from sharkweb.up import StartError, checks, folder, health, postgres, standin
from sharkweb.up.processes import Service, Supervisor, interrupt_on_stop_signals
from sharkweb.up.watchdog import Watchdog

PYTHON = sys.executable
MANAGE = (PYTHON, str(folder.CHECKOUT / "manage.py"))
WEB = (PYTHON, "-m", "granian", "--interface", "wsgi", "--host", checks.HOST)
WEB_OPTIONS = ("--workers", "2", "--blocking-threads", "8", "--no-ws", "--log-level", "error")
WEB_FAULTS = ("--respawn-failed-workers", "--respawn-interval", "1", "--workers-kill-timeout", "2")
PARENT = os.getppid()
# What jobs have left to finish at Ctrl-C; the watchdog waits a little longer.
DRAIN_SECONDS = 3
TICK_SECONDS = 0.2
HEALTH_INTERVAL_SECONDS = 0.5


def main() -> int:
    """Runs until a signal asks to stop (status 0) or nothing can start (status 1)."""
    interrupt_on_stop_signals()
    try:
        run(folder.data_dir(), os.environ.get("DATABASE_URL", ""))
    except StartError as error:
        print(f"sharkapi: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("sharkapi: stopped", flush=True)
    return 0


def run(data: Path, external_database_url: str) -> None:
    """Starts everything and keeps it running. Raises StartError or KeyboardInterrupt."""
    port = checks.read_port()
    folder.prepare(data)
    with folder.held(data) as lock, Watchdog(lock) as watchdog:
        checks.check_port_is_free(port)
        folder.make_secrets(data)
        services: list[Service] = []
        if external_database_url:
            checks.wait_for_database(external_database_url)
        else:
            services.append(start_postgres(data, watchdog))
        os.environ |= {"SHARKAPI_DATA_DIR": str(data), "PORT": str(port)}
        os.environ["SHARKAPI_DRAIN_SECONDS"] = str(DRAIN_SECONDS)
        os.chdir(folder.CHECKOUT)
        if not os.environ.get("STRIPE_SECRET_KEY"):
            pretended = standin.prepare(data, checks.free_port(after=port))
            start = partial(watchdog.start, standin.command(pretended, data, port))
            services.append(Service("stripe stand-in", start))
        staff = prepare_project(watchdog)
        web = [*WEB, "--port", str(port), *WEB_OPTIONS, *WEB_FAULTS, "sharkweb.wsgi:application"]
        workers = Service("workers", partial(watchdog.start, [*MANAGE, "work"]))
        timekeeper = Service("timekeeper", partial(watchdog.start, [*MANAGE, "keep_time"]))
        services += [workers, timekeeper, Service("web", partial(watchdog.start, web))]
        watches = [
            (workers, health.BeatWatch(attrgetter("worker"))),
            (timekeeper, health.BeatWatch(attrgetter("schedule"))),
        ]
        keep_running(Supervisor(watchdog, services), watches, port, banner(port, staff, data))


def start_postgres(data: Path, watchdog: Watchdog) -> Service:
    """Brings our own PostgreSQL up, made on the first run."""
    postgres.initialise(data, watchdog)
    start = partial(postgres.start, data, watchdog)
    process = start()
    postgres.wait_until_ready(data, process)
    return Service("postgres", start, process, started_at=time.monotonic())


def prepare_project(watchdog: Watchdog) -> dict[str, str]:
    """Migrates and loads what the project needs; returns the staff login, see `banner`."""
    preparing = watchdog.start([*MANAGE, "prepare"], stdout=subprocess.PIPE)
    output = preparing.communicate()[0].decode()
    watchdog.stop(preparing)
    if preparing.returncode != 0:
        raise StartError(
            f"`manage.py prepare` failed with status {preparing.returncode}, see above"
        )
    staff: dict[str, str] = json.loads(output.splitlines()[-1])
    return staff


def keep_running(
    supervisor: Supervisor,
    watches: list[tuple[Service, health.BeatWatch]],
    port: int,
    banner: str,
) -> None:
    """Runs until a signal; shows the banner when the first answer says that all is well."""
    asked_at, is_shown = 0.0, False
    while True:
        supervisor.tick()
        time.sleep(TICK_SECONDS)
        if "MAKELEVEL" in os.environ and os.getppid() != PARENT:
            raise KeyboardInterrupt  # Killing `make` must stop what it started, too.
        if time.monotonic() - asked_at < HEALTH_INTERVAL_SECONDS:
            continue
        asked_at = time.monotonic()
        answer = health.ask(port)
        if answer.ready and not is_shown:
            print(banner, flush=True)
            is_shown = True
        for cluster, watch in watches:
            if cluster.process and watch.is_stale(answer, cluster.started_at, time.monotonic()):
                supervisor.restart(cluster, "stopped giving signs of life")


def banner(port: int, staff: dict[str, str], data: Path) -> str:
    """What a newcomer needs. `staff` has an `email`, and a `password` when it was just made."""
    lines = [("Address", f"http://{checks.HOST}:{port}/")]
    if "password" in staff:
        lines += [("Staff", staff["email"]), ("Password", f"{staff['password']}  (shown once)")]
    elif "email" in staff:
        hint = f"new password: manage.py changepassword {staff['email']}"
        lines += [("Staff", f"{staff['email']}  ({hint})")]
    lines += [("Data", str(data)), ("Stop", "Ctrl-C")]
    rows = "\n".join(f"  {name:<9} {text}" for name, text in lines)
    return f"\nSharkAPI is running\n\n{rows}\n"


if __name__ == "__main__":
    sys.exit(main())
