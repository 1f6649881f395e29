"""`make run`: one command from nothing, one signal back to nothing, whatever happens between."""

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.conftest import CHECKOUT, PASSWORD, wait_until
from tests.deployment import STOP_SECONDS, Deployment


@pytest.fixture(scope="session", autouse=True)
def database() -> None:
    """These tests bring their own."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("run") / "data"


@pytest.fixture
def running(folder: Path) -> Iterator[Deployment]:
    deployment = Deployment(folder, command=("make", "run"))
    deployment.start()
    yield deployment
    if deployment.process and deployment.process.poll() is None:
        deployment.stop()


def start_another(data: Path, port: int | str) -> subprocess.CompletedProcess[str]:
    environment = {**Deployment(data).environment, "PORT": str(port)}
    return subprocess.run(
        [sys.executable, "-m", "sharkweb.up"],
        cwd=CHECKOUT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_from_nothing_to_a_banner_and_back(running: Deployment, tmp_path: Path) -> None:
    wait_until(lambda: "SharkAPI is running" in running.log)
    assert running.address in running.log
    assert str(running.data) in running.log
    assert re.search(r"Password +\S{12,}", running.log)

    models = running.query(
        "SELECT variant, active, price_micros, width, height"
        " FROM generations_cataloguemodel ORDER BY variant"
    )
    assert models == [("1k", True, 30_000, 1024, 1024), ("2k", False, 50_000, 2048, 2048)]

    same_folder = start_another(running.data, port=1)
    assert same_folder.returncode == 1
    assert "already running" in same_folder.stderr
    assert len(same_folder.stderr.strip().splitlines()) == 1

    same_port = start_another(tmp_path / "other", running.port)
    assert same_port.returncode == 1
    assert f"port {running.port}" in same_port.stderr
    assert len(same_port.stderr.strip().splitlines()) == 1

    running.create_customer("kept@example.com", "--credit", "10")
    assert running.stop() < STOP_SECONDS
    assert running.processes() == {}


def test_a_newcomer_pays_without_stripe_keys(running: Deployment) -> None:
    customer = running.create_customer("payer@example.com", "--trials", "0")
    with httpx.Client(base_url=running.address) as browser:
        send(browser, "/accounts/login/", login=customer["email"], password=PASSWORD)
        ordered = send(browser, "/wallet", "/wallet/topups", amount="20")
        assert ordered.status_code == 303
        paid = httpx.post(ordered.headers["Location"], data={"action": "pay"})
        assert paid.status_code == 303
        browser.get(paid.headers["Location"])
        assert "$20.00" in browser.get("/wallet").text
    (balance,) = running.query(
        "SELECT book.balance FROM wallet_book book JOIN wallet_topup USING (account_id)"
        " WHERE book.unit = 'usd' AND wallet_topup.status = 'paid'"
    )
    assert balance == (20_000_000,)
    # The webhook tells the same payment again, and credits nothing.
    wait_until(
        lambda: running.query("SELECT 1 FROM wallet_stripeevent WHERE type LIKE 'checkout%'")
    )
    assert running.query("SELECT count(*) FROM wallet_transfer WHERE kind = 'topup'") == [(1,)]


def send(browser: httpx.Client, page: str, to: str = "", **fields: str) -> httpx.Response:
    """Sends a page's form, as its customer would."""
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get(page).text)
    assert token
    return browser.post(to or page, data={**fields, "csrfmiddlewaretoken": token[1]})


def test_a_killed_parent_leaves_no_orphan_and_the_next_start_keeps_the_data(
    running: Deployment,
) -> None:
    assert running.process is not None
    assert len(running.processes()) > 5
    running.process.send_signal(signal.SIGKILL)
    running.process.wait()
    wait_until(lambda: running.processes() == {}, STOP_SECONDS)

    running.start()
    assert running.query("SELECT email FROM accounts_user WHERE email LIKE 'kept%'")
    # The staff password was shown once, at the first start.
    assert running.log.count("Password") == 1
    assert running.stop(signal.SIGINT) < STOP_SECONDS
    assert running.processes() == {}


def test_a_database_of_ones_own(running: Deployment, tmp_path: Path) -> None:
    running.query("CREATE DATABASE elsewhere")
    url = f"postgresql://postgres@/elsewhere?host={running.data / 'socket'}"
    other = Deployment(tmp_path / "other")
    environment = {**other.environment, "DATABASE_URL": url}
    log = (tmp_path / "other.log").open("wb")
    other.process = subprocess.Popen(
        [sys.executable, "-m", "sharkweb.up"],
        cwd=CHECKOUT,
        env=environment,
        stdout=log,
        stderr=log,
        start_new_session=True,
    )
    try:
        wait_until(other.is_ready, 60)
        assert not (other.data / "postgres").exists()
    finally:
        other.stop()
        log.close()


@pytest.mark.parametrize(("port", "words"), [("0", "PORT"), ("http", "PORT"), ("70000", "PORT")])
def test_a_wrong_port_is_one_line(tmp_path: Path, port: str, words: str) -> None:
    result = start_another(tmp_path / "data", port)
    assert result.returncode == 1
    assert words in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_stranger_on_the_port_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        port = stranger.getsockname()[1]
        result = start_another(tmp_path / "data", port)
    assert result.returncode == 1
    assert f"port {port}" in result.stderr
    with pytest.raises(httpx.TransportError):
        httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=1)
