"""Our own PostgreSQL: made, started again after every kind of crash, and kept to ourselves."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from sharkweb.up import StartError, folder, postgres, unprivileged
from sharkweb.up.watchdog import Watchdog

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="Only root has to become another user.")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    folder.prepare(private / "data")
    return private / "data"


def ask(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        answer = connection.execute(question).fetchone()
        return answer and answer[0]


def write(data: Path) -> None:
    with psycopg.connect(postgres.database_url(data)) as connection:
        connection.execute("CREATE TABLE note AS SELECT 'kept' AS text")


def assert_starts_with_its_data(data: Path) -> None:
    with postgres.server(data, durable=False) as url:
        assert ask(url, "SELECT text FROM note") == "kept"


def as_postgres() -> tuple[str, ...]:
    """The words that run a command as whoever runs PostgreSQL: never root."""
    return unprivileged.identity(postgres.binaries()).prefix


def test_first_start_makes_a_database_that_only_its_folder_leads_to(data: Path) -> None:
    with postgres.server(data) as url:
        assert ask(url, "SHOW listen_addresses") == ""
        assert ask(url, "SHOW fsync") == "on"
        assert ask(url, "SHOW server_encoding") == "UTF8"
        assert ask(url, "SELECT lower('ÄRGER') || ('a' < 'Z')") == "ärgerfalse"
        assert stat.S_IMODE(postgres.socket_folder(data).stat().st_mode) == 0o700
        assert stat.S_IMODE(data.parent.stat().st_mode) == 0o700
        write(data)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
    assert_starts_with_its_data(data)


def test_starts_after_being_killed(data: Path) -> None:
    with Watchdog() as watchdog:
        postgres.initialise(data, watchdog, durable=False)
        process = postgres.start(data, watchdog)
        postgres.wait_until_ready(data, process)
        write(data)
        process.kill()
        process.wait()
    assert_starts_with_its_data(data)


def test_starts_when_another_process_has_the_old_ones_id(data: Path) -> None:
    with postgres.server(data, durable=False):
        write(data)
        pid_file = data / "postgres" / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
    command = [*as_postgres(), "sh", "-c", "echo; exec sleep 60"]
    other = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert other.stdout is not None
    try:
        other.stdout.readline()
        pid_file.write_text("\n".join([str(other.pid), *lines[1:], ""]))
        owner = (data / "postgres").stat()
        os.chown(pid_file, owner.st_uid, owner.st_gid)
        assert_starts_with_its_data(data)
        assert other.poll() is None
    finally:
        other.kill()
        other.communicate()


def test_stops_a_stray_server_first(data: Path) -> None:
    with Watchdog() as watchdog:
        postgres.initialise(data, watchdog, durable=False)
        stray = postgres.start(data, watchdog)
        postgres.wait_until_ready(data, stray)
        write(data)
        assert_starts_with_its_data(data)
        assert stray.wait(timeout=10) == 0


def test_a_half_made_cluster_is_made_anew(data: Path) -> None:
    (data / "postgres.new" / "base").mkdir(parents=True)
    with postgres.server(data, durable=False) as url:
        assert ask(url, "SELECT 1") == 1


def test_a_long_path_gets_a_short_socket_folder(data: Path) -> None:
    long = data / ("x" * 120)
    long.mkdir()
    short = postgres.socket_folder(long)
    try:
        with postgres.server(long, durable=False) as url:
            assert ask(url, "SELECT 1") == 1
            assert stat.S_IMODE(short.stat().st_mode) == 0o700
        short.chmod(0o755)
        with pytest.raises(StartError, match="open to other users"), postgres.server(long):
            pass
    finally:
        shutil.rmtree(short)


def test_says_in_one_line_why_it_does_not_start(data: Path) -> None:
    with postgres.server(data, durable=False):
        pass
    version = data / "postgres" / "PG_VERSION"
    version.write_text("9\n")
    with pytest.raises(StartError, match="does not start") as caught, postgres.server(data):
        pass
    assert "\n" not in str(caught.value)


def test_works_as_an_ordinary_user(data: Path) -> None:
    user = unprivileged.identity(postgres.binaries())
    os.chown(data, user.uid, user.gid)
    script = f"""
import os
from pathlib import Path
from sharkweb.up import postgres, unprivileged
assert os.geteuid() != 0
assert unprivileged.identity(postgres.binaries()).prefix == ()
with postgres.server(Path({str(data)!r}), durable=False) as url:
    print(url)
"""
    command = [*user.prefix, sys.executable, "-c", script]
    run = subprocess.run(command, capture_output=True, text=True, cwd=folder.CHECKOUT)
    assert (run.stdout.strip(), run.stderr) == (postgres.database_url(data), "")


@as_root
def test_programs_that_only_root_may_enter_read_and_execute(data: Path, tmp_path: Path) -> None:
    wheel = postgres.binaries().parents[1]
    site = tmp_path / "site"
    site.mkdir(mode=0o700)
    for part in (wheel / "pginstall18", wheel.with_name(f"{wheel.name}.libs")):
        shutil.copytree(part, site / part.relative_to(wheel.parent))
    for path in site.rglob("*"):
        path.chmod(path.stat().st_mode & 0o700)
    programs = site / wheel.name / "pginstall18" / "bin"
    user = unprivileged.identity(programs)
    user.make_folder(data / "cluster")
    command = [*user.prefix, str(programs / "initdb"), "--no-sync", "-D", str(data / "cluster")]
    subprocess.run(command, check=True, capture_output=True)
    assert (data / "cluster" / "PG_VERSION").read_text() == "18\n"


def test_secrets_are_made_once_and_for_the_owner_alone(data: Path) -> None:
    assert folder.read_secrets(data) is None
    folder.make_secrets(data)
    made = folder.read_secrets(data)
    assert made is not None
    assert {name: len(value) for name, value in made.items()} == {
        "secret_key": 50,
        "token_pepper": 50,
    }
    folder.make_secrets(data)
    assert folder.read_secrets(data) == made
    assert stat.S_IMODE((data / "secrets.json").stat().st_mode) == 0o600


def test_a_second_copy_on_the_folder_is_refused(data: Path) -> None:
    with (
        folder.held(data),
        pytest.raises(StartError, match=rf"already running on .* \(process {os.getpid()}\)"),
        folder.held(data),
    ):
        pass
    with folder.held(data):
        pass
