"""Processes: none outlives us, all stop in time, the dead come back, the silent are replaced."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from operator import attrgetter
from pathlib import Path

import pytest

from sharkweb.up import folder, health
from sharkweb.up.processes import Service, Supervisor
from sharkweb.up.watchdog import Watchdog

StartParent = Callable[[str], subprocess.Popen[bytes]]

# A program with a child of its own, which tell their process ids.
PAIR = """
import os, sys, time
os.fork()
open(f"{sys.argv[1]}/{os.getpid()}", "w").close()
time.sleep(100)
"""
DEAF_PAIR = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN){PAIR}"
# Stands for `up`: runs a program under a watchdog and stops on a signal as `up` does.
PARENT = """
import sys, time
from sharkweb.up.processes import interrupt_on_stop_signals
from sharkweb.up.watchdog import Watchdog
folder, program = sys.argv[1:]
interrupt_on_stop_signals()
try:
    with Watchdog() as watchdog:
        watchdog.start([sys.executable, "-c", program, folder])
        open(f"{folder}/{watchdog.process.pid}.watchdog", "w").close()
        while True:
            watchdog.revive()
            time.sleep(0.05)
except KeyboardInterrupt:
    pass
"""


def eventually(is_true: Callable[[], bool], within_seconds: float) -> bool:
    deadline = time.monotonic() + within_seconds
    while time.monotonic() < deadline:
        if is_true():
            return True
        time.sleep(0.02)
    return False


def is_running(pid: int) -> bool:
    """Whether a process lives; a zombie that nobody has reaped does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(") ")[2][0] != "Z"


def pids(told: Path, suffix: str = "") -> list[int]:
    return [int(path.stem) for path in told.iterdir() if path.suffix == suffix]


def all_gone(told: Path) -> bool:
    return not any(is_running(int(path.stem)) for path in told.iterdir())


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Path]:
    """The folder where programs tell their process ids; nothing told outlives the test."""
    yield tmp_path
    for pid in filter(is_running, pids(tmp_path) + pids(tmp_path, ".watchdog")):
        os.kill(pid, signal.SIGKILL)


@pytest.fixture
def start_parent(told: Path) -> Iterator[StartParent]:
    started = []

    def start(program: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", PARENT, str(told), program]
        started.append(subprocess.Popen(command, cwd=folder.CHECKOUT))
        assert eventually(lambda: len(list(told.iterdir())) == 3, within_seconds=10)
        return started[0]

    yield start
    for process in started:
        process.kill()
        process.wait()


def test_stops_a_deaf_program_and_its_child_in_time(start_parent: StartParent, told: Path) -> None:
    parent = start_parent(DEAF_PAIR)
    parent.send_signal(signal.SIGTERM)
    assert parent.wait(timeout=10) == 0
    assert all_gone(told)


def test_a_second_ctrl_c_hurries(start_parent: StartParent, told: Path) -> None:
    parent = start_parent(DEAF_PAIR)
    parent.send_signal(signal.SIGINT)
    time.sleep(0.2)
    assert parent.poll() is None
    parent.send_signal(signal.SIGINT)
    assert parent.wait(timeout=2) == 0
    assert all_gone(told)


def test_a_killed_parent_leaves_no_orphan(start_parent: StartParent, told: Path) -> None:
    start_parent(DEAF_PAIR).kill()
    assert eventually(lambda: all_gone(told), within_seconds=10)


def test_a_killed_watchdog_comes_back(start_parent: StartParent, told: Path) -> None:
    parent = start_parent(PAIR)
    os.kill(pids(told, ".watchdog")[0], signal.SIGKILL)
    time.sleep(0.3)
    parent.kill()
    assert eventually(lambda: all_gone(told), within_seconds=10)


def program(watchdog: Watchdog, code: str, *arguments: str) -> subprocess.Popen[bytes]:
    return watchdog.start([sys.executable, "-c", code, *arguments])


def test_a_dead_program_comes_back_alone_and_its_child_goes(
    told: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Watchdog() as watchdog:
        pair = Service("pair", partial(program, watchdog, PAIR, str(told)))
        steady = Service("steady", partial(program, watchdog, "import time; time.sleep(100)"))
        supervisor = Supervisor(watchdog, [pair, steady])
        supervisor.tick()
        assert eventually(lambda: len(pids(told)) == 2, within_seconds=5)
        first, other = pair.process, steady.process
        assert first
        assert other
        first.kill()
        first.wait()

        supervisor.tick()
        assert eventually(lambda: all_gone(told), within_seconds=1)
        assert "pair ended with status -9, starting again in 1 s" in capsys.readouterr().err
        supervisor.tick()
        assert pair.process is None
        time.sleep(1)
        supervisor.tick()
        assert pair.process
        assert pair.process.pid != first.pid
        assert steady.process is other
        assert other.poll() is None


def test_the_pause_before_a_new_start_doubles(capsys: pytest.CaptureFixture[str]) -> None:
    with Watchdog() as watchdog:
        service = Service("broken", partial(program, watchdog, "raise SystemExit(3)"))
        supervisor = Supervisor(watchdog, [service])
        for _ in range(7):
            supervisor.tick()
            assert service.process
            service.process.wait()
            supervisor.tick()
            service.next_start_at = 0
    pauses = [line.split()[-2] for line in capsys.readouterr().err.splitlines()]
    assert pauses == ["1", "2", "4", "8", "16", "30", "30"]


class Healthz(BaseHTTPRequestHandler):
    status, body = 200, b"{}"

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *arguments: object) -> None:
        pass


ALL_WELL = health.Health(ready=True, database=True, worker=True, schedule=True)
NO_SCHEDULE = health.Health(ready=True, database=True, worker=True)
NO_WORKER = health.Health(database=True, schedule=True)
NO_DATABASE = health.Health()


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, {"database": True, "worker": True, "schedule": True}, ALL_WELL),
        (200, {"database": True, "worker": True, "schedule": False}, NO_SCHEDULE),
        (503, {"database": True, "worker": False, "schedule": True}, NO_WORKER),
        (503, {"status": "?"}, health.Health()),
        (502, "nonsense", health.Health()),
    ],
)
def test_reads_what_the_web_server_says(status: int, body: object, expected: health.Health) -> None:
    handler = type("Handler", (Healthz,), {"status": status, "body": json.dumps(body).encode()})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as web:
        threading.Thread(target=web.serve_forever, daemon=True).start()
        assert health.ask(web.server_port) == expected
        web.shutdown()


def test_nobody_answers_while_there_is_no_web_server() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        assert health.ask(silent.getsockname()[1]) == health.Health()


@pytest.mark.parametrize(
    ("story", "stale_at"),
    [
        ([(0, NO_WORKER), (44, NO_WORKER), (46, NO_WORKER)], 46),
        ([(5, ALL_WELL), (19, NO_WORKER), (21, NO_WORKER)], 21),
        ([(5, ALL_WELL), (21, NO_DATABASE), (35, NO_WORKER), (37, NO_WORKER)], 37),
        ([(0, NO_DATABASE), (100, NO_DATABASE)], None),
        ([(5, ALL_WELL), (50, NO_SCHEDULE), (64, NO_WORKER)], None),
    ],
)
def test_a_cluster_is_stale_when_silent_for_too_long(
    story: list[tuple[int, health.Health]], stale_at: int | None
) -> None:
    watch = health.BeatWatch(attrgetter("worker"))
    stale = [now for now, said in story if watch.is_stale(said, started_at=0, now=now)]
    assert stale == ([] if stale_at is None else [stale_at])


def test_one_clusters_silence_is_not_the_others() -> None:
    watch = health.BeatWatch(attrgetter("schedule"))
    said = [(5, ALL_WELL), (20, NO_WORKER), (34, NO_SCHEDULE), (36, NO_SCHEDULE)]
    assert [now for now, each in said if watch.is_stale(each, started_at=0, now=now)] == [36]


def test_a_cluster_started_again_gets_time_for_a_first_beat() -> None:
    watch = health.BeatWatch(attrgetter("worker"))
    watch.is_stale(ALL_WELL, started_at=0, now=5)
    assert watch.is_stale(NO_WORKER, started_at=0, now=25)
    assert not watch.is_stale(NO_WORKER, started_at=26, now=70)
    assert watch.is_stale(NO_WORKER, started_at=26, now=72)


def up(data: Path, **environment: str) -> tuple[int, str, str]:
    """Runs `python -m sharkweb.up` until it ends: its status, what it printed, what it said."""
    run = subprocess.run(
        [sys.executable, "-m", "sharkweb.up"],
        cwd=folder.CHECKOUT,
        env=os.environ | {"SHARKAPI_DATA_DIR": str(data)} | environment,
        capture_output=True,
        text=True,
        timeout=20,
    )
    return run.returncode, run.stdout, run.stderr


def test_what_cannot_start_says_why_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        taken = f"sharkapi: cannot listen on port {port}: address already in use (set PORT)\n"
        assert up(tmp_path, PORT=str(port)) == (1, "", taken)
    wrong = "sharkapi: PORT must be a number from 1 to 65535, not 'http'\n"
    assert up(tmp_path, PORT="http") == (1, "", wrong)
    with folder.held(tmp_path):
        second = f"sharkapi: already running on {tmp_path} (process {os.getpid()})\n"
        assert up(tmp_path, PORT=str(port)) == (1, "", second)
    url = "sharkapi: DATABASE_URL is not a valid PostgreSQL address\n"
    assert up(tmp_path, PORT=str(port), DATABASE_URL="nonsense:secret") == (1, "", url)
    (tmp_path / "file").touch()
    blocked = f"sharkapi: cannot make the data folder {tmp_path}/file/x: Not a directory\n"
    assert up(tmp_path / "file" / "x", PORT=str(port)) == (1, "", blocked)
