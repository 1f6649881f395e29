"""The stage: a durable server, and on it a database for each part, all copies of a prepared one.

It never measures. All it makes is gone when its contexts end.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.conf import settings
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from sharkweb.up import postgres
from sharkweb.up.watchdog import Watchdog
from tests.bench import customers
from tests.bench.customers import Customer
from tests.bench.processes import Processes

PREFIX = "sharkapi_bench_"
TEMPLATE = PREFIX + "template"
CUSTOMERS = 100


@dataclass(frozen=True)
class Database:
    """A database, and the processes that work on it."""

    processes: Processes
    connection: BaseDatabaseWrapper

    def use(self) -> None:
        """From now on the models in this process speak to it."""
        connections["default"] = self.connection


@dataclass(frozen=True)
class Stage:
    """Makes databases, in each of which these customers are."""

    server_url: str
    maintenance: psycopg.Connection
    watchdog: Watchdog
    people: list[Customer] = field(default_factory=list)

    @contextmanager
    def database(self, part: str, template: str = TEMPLATE) -> Iterator[Database]:
        """A new database like that one, in use until another one is."""
        name = PREFIX + part
        # One that was killed on the operator's own server may have left it.
        self.maintenance.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self.maintenance.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        own = connections.create_connection("default")
        own.settings_dict = {**own.settings_dict, "NAME": name}
        database = Database(Processes(self.watchdog, self._url(name)), own)
        database.use()
        try:
            yield database
        finally:
            own.close()
            self.maintenance.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _url(self, name: str) -> str:
        parts = urlsplit(self.server_url)
        # asyncpg takes no port without a host; the socket's is the default one.
        netloc = parts.netloc.replace(f"@:{postgres.PORT}", "@")
        return urlunsplit(parts._replace(netloc=netloc, path=f"/{name}"))


@contextmanager
def opened() -> Iterator[Stage]:
    """The stage, on a durable server of our own or on the one at DATABASE_URL.

    Raises RuntimeError when the database cannot be prepared.
    """
    with ExitStack() as stack:
        own = os.environ.get("DATABASE_URL")
        server = own or stack.enter_context(postgres.server(settings.DATA_DIR))
        maintenance = stack.enter_context(closing(psycopg.connect(server, autocommit=True)))
        stage = Stage(server, maintenance, stack.enter_context(Watchdog()))
        prepared = stack.enter_context(stage.database("template", "template1"))
        prepared.processes.prepare()
        stage.people.extend(customers.make(number) for number in range(CUSTOMERS))
        # A database that somebody is connected to cannot be copied.
        prepared.connection.close()
        yield stage


def describe() -> str:
    """The database's version, and whether it is durable."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), current_setting('fsync')")
        version, fsync = cursor.fetchone()
    return f"PostgreSQL {version.split()[0]} with fsync {fsync}"
