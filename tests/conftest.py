"""What all tests share: one PostgreSQL, one site served by granian, and the people in it.

Tests commit for real and never clean up: each makes customers of its own, as a deployment has
them, so threads and processes see what they would see there. When all is done the ledger's audit
must find nothing.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit, urlunsplit

import httpx
import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.utils import translation
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import Account, User
from generations import catalogue
from generations.models import CatalogueModel
from keys.models import Key
from sharkweb.up.postgres import database_url, server
from wallet import ledger
from wallet.models import Unit

CHECKOUT = Path(__file__).parents[1]
# These start whole deployments and browsers, and mostly wait. Begun last, they would be all that is
# left to wait for; and their workers would first do the jobs that all other tests have left.
FIRST = (
    "tests/test_r",
    "tests/api/test_clients",
    "tests/api/test_reference_images",
    "tests/generations/test_clock",
    "tests/sharkweb/test_logs",
    "tests/browser/",
    "tests/sharkweb/test_processes",
)
PASSWORD = "correct-horse-7"
# A picture this small is painted in a blink.
TINY = 64


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begins with FIRST, in its order; within a file nothing changes."""
    items.sort(key=lambda item: [not item.nodeid.startswith(name) for name in FIRST])


@pytest.fixture(scope="session")
def postgres() -> Iterator[None]:
    """A server for this run; with DATABASE_URL set, that one."""
    if os.environ.get("DATABASE_URL"):
        yield
        return
    with server(settings.DATA_DIR, durable=False):
        yield


@pytest.fixture(scope="session", autouse=True)
def database(postgres: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The migrated test database, with the catalogue and a small, quick variant."""
    with django_db_blocker.unblock():
        # It goes with its server; on one of the operator's own it is replaced by the next run.
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        call_command("createcachetable", verbosity=0)
        catalogue.load()
        CatalogueModel.objects.create(
            variant="tiny",
            engine="demo",
            price_micros=30_000,
            width=TINY,
            height=TINY,
            active=True,
            concurrency=50,
        )
        yield
        call_command("audit_ledger")
        connections.close_all()


@pytest.fixture(autouse=True)
def _no_language_is_left() -> Iterator[None]:
    """A page that was asked for in this process leaves its language to the next test."""
    yield
    translation.deactivate()


@dataclass(frozen=True)
class Customer:
    """A user with their account and a token that works."""

    user: User
    account: Account
    key: Key
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"X-API-Key": self.token}


NewCustomer = Callable[..., Customer]


@pytest.fixture(scope="session")
def new_customer(database: None) -> NewCustomer:
    """Makes a customer with `credit_micros` and `trials`, nobody else's."""

    def make(name: str = "customer", credit_micros: int = 0, trials: int = 0) -> Customer:
        email = f"{name}-{uuid.uuid4().hex[:12]}@example.com"
        user = User.objects.create_user(email, PASSWORD)
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        account = Account.open_for(user)
        account.verify()
        ledger.debit_by_staff(account, Unit.IMAGE, 3, f"test:{uuid.uuid4()}", "no free images")
        if credit_micros:
            reference = f"test:{uuid.uuid4()}"
            ledger.credit_by_staff(account, Unit.USD, credit_micros, reference, "for the test")
        if trials:
            ledger.credit_by_staff(account, Unit.IMAGE, trials, f"test:{uuid.uuid4()}", "")
        key, token = Key.create(account, "laptop", user)
        account.refresh_from_db()
        return Customer(user, account, key, token)

    return make


@pytest.fixture
def alice(new_customer: NewCustomer) -> Customer:
    """A customer with $10."""
    return new_customer("alice", credit_micros=10_000_000)


@pytest.fixture
def bob(new_customer: NewCustomer) -> Customer:
    """A customer with $10 who has nothing to do with alice."""
    return new_customer("bob", credit_micros=10_000_000)


@pytest.fixture
def staff(database: None) -> User:
    """Somebody who may do everything in the admin."""
    email = f"staff-{uuid.uuid4().hex[:12]}@example.com"
    user = User.objects.create_superuser(email, PASSWORD)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def process_environment() -> dict[str, str]:
    """For processes of the project that shall use the tests' database and data folder."""
    url = urlsplit(os.environ.get("DATABASE_URL") or database_url(settings.DATA_DIR))
    name = settings.DATABASES["default"]["NAME"]
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.served_settings",
        "DATABASE_URL": urlunsplit(url._replace(path=f"/{name}")),
        "SHARKAPI_DATA_DIR": str(settings.DATA_DIR),
    }


def stop(process: subprocess.Popen[bytes]) -> None:
    """Stops a process of ours."""
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_until(condition: Callable[[], object], timeout_seconds: float = 20) -> None:
    """Waits until the condition holds; fails the test when it does not in time."""
    deadline = time.monotonic() + timeout_seconds
    while not condition():
        assert time.monotonic() < deadline, f"not in {timeout_seconds} s: {condition}"
        time.sleep(0.05)


@contextmanager
def served(environment: dict[str, str], log: IO[bytes] | None = None) -> Iterator[str]:
    """The address of a site with this environment, served as in production."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port)]
    command += ["--blocking-threads", "4", "--no-ws", "sharkweb.wsgi:application"]
    process = subprocess.Popen(command, cwd=CHECKOUT, env=environment, stderr=log)
    address = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        assert process.poll() is None, "the server died"
        try:
            return httpx.get(f"{address}/healthz").status_code in (200, 503)
        except httpx.TransportError:
            return False

    try:
        wait_until(answers)
        yield address
    finally:
        stop(process)


@pytest.fixture(scope="session")
def site(database: None) -> Iterator[str]:
    """The address of the site."""
    with served(process_environment()) as address:
        yield address


@pytest.fixture(scope="module")
def workers(database: None, site: str) -> Iterator[None]:
    """Background workers for the tests of one file; elsewhere nothing touches the queue."""
    command = [sys.executable, "manage.py", "work"]
    process = subprocess.Popen(
        command, cwd=CHECKOUT, env=process_environment(), start_new_session=True
    )
    try:
        wait_until(lambda: httpx.get(f"{site}/healthz").status_code == 200)
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
