"""Everything the stand-in remembers: Stripe's objects as JSON rows in one SQLite file.

Owns the file, its schema, the lock and the clock. One call is one transaction, committed before
the answer leaves, so a process killed at any moment comes back knowing all it ever said. It
never knows what the objects mean.
"""

import json
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wallet.stripe_standin.errors import missing

# Keys that begin with "_" are the stand-in's own and never leave it; see `public`.
Object = dict[str, Any]

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
PREFIXES = {
    "balance_transaction": "txn_",
    "billing_portal.session": "bps_",
    "charge": "ch_",
    "checkout.session": "cs_test_",
    "customer": "cus_",
    "dispute": "dp_",
    "event": "evt_",
    "invoice": "in_",
    "item": "li_",
    "payment_intent": "pi_",
    "payment_method": "pm_",
    "refund": "re_",
}
SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, kind TEXT, body TEXT);
CREATE INDEX IF NOT EXISTS objects_by_kind ON objects (kind, seq);
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY, asked TEXT, status INTEGER, body TEXT, created INTEGER);
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT, status TEXT, due REAL);
CREATE INDEX IF NOT EXISTS deliveries_by_status ON deliveries (status, due);
CREATE TABLE IF NOT EXISTS attempts (
    id INTEGER PRIMARY KEY AUTOINCREMENT, delivery INTEGER, at REAL, status INTEGER, error TEXT);
CREATE INDEX IF NOT EXISTS attempts_by_delivery ON attempts (delivery);
CREATE TABLE IF NOT EXISTS chores (
    id INTEGER PRIMARY KEY AUTOINCREMENT, due INTEGER, name TEXT, arguments TEXT);
CREATE INDEX IF NOT EXISTS chores_by_due ON chores (due);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT);
"""
TABLES = ("objects", "answers", "deliveries", "attempts", "chores", "settings")


@dataclass(frozen=True, slots=True)
class Config:
    """What was said at the start. `api_key` None lets any sk_test_ key in."""

    base_url: str
    api_key: str | None
    api_version: str
    business: str
    takes_fees: bool


@dataclass(frozen=True, slots=True)
class Cause:
    """The call that events name as their cause; both None for what a customer did."""

    id: str | None = None
    idempotency_key: str | None = None


class State:
    """The memory. Every method but `transaction` needs one to be open."""

    def __init__(self, folder: Path, config: Config) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.config = config
        self.cause = Cause()
        # Set whenever something was committed: the background has something to look at.
        self.wake = threading.Event()
        self._lock = threading.Lock()
        self._sql = sqlite3.connect(
            folder / "stripe.sqlite3", isolation_level=None, check_same_thread=False
        )
        # With the log, a commit survives the process; only a loss of power may take the last ones.
        self._sql.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; {SCHEMA}")

    @contextmanager
    def transaction(self, cause: Cause | None = None) -> Iterator[None]:
        """All or nothing: an exception takes everything back."""
        with self._lock:
            self.cause = cause or Cause()
            before = self._sql.total_changes
            self._sql.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._sql.execute("ROLLBACK")
                raise
            else:
                self._sql.execute("COMMIT")
            finally:
                if self._sql.total_changes != before:
                    self.wake.set()

    def close(self) -> None:
        """Waits for the transaction under way, and lets no other begin."""
        self._lock.acquire()
        self._sql.close()

    def execute(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows that the statement gives."""
        return self._sql.execute(sql, values).fetchall()

    def now(self) -> int:
        """Unix seconds, moved on by what the operator asked for."""
        return int(time.time()) + int(self.setting("clock_advance_seconds", 0))

    def setting(self, name: str, default: Any = None) -> Any:
        """A setting that lasts."""
        rows = self.execute("SELECT value FROM settings WHERE name = ?", name)
        return json.loads(rows[0][0]) if rows else default

    def set(self, name: str, value: Any) -> None:
        """Changes a setting."""
        self.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", name, json.dumps(value))

    def create(self, kind: str, fields: Object) -> Object:
        """Stores a new object with an id, its kind and the time."""
        long = 58 if kind == "checkout.session" else 24
        name = PREFIXES[kind] + "".join(secrets.choice(ALPHABET) for _ in range(long))
        new = {"id": name, "object": kind, "created": self.now(), **fields}
        self.execute(
            "INSERT INTO objects (id, kind, body) VALUES (?, ?, ?)", name, kind, json.dumps(new)
        )
        return new

    def save(self, known: Object) -> Object:
        """Stores a changed object."""
        self.execute("UPDATE objects SET body = ? WHERE id = ?", json.dumps(known), known["id"])
        return known

    def find(self, object_id: str) -> Object | None:
        """The object of whatever kind, if there is one."""
        rows = self.execute("SELECT body FROM objects WHERE id = ?", object_id)
        return json.loads(rows[0][0]) if rows else None

    def get(self, kind: str, object_id: str, param: str = "id", status: int = 404) -> Object:
        """The object of this kind. Raises ApiError when there is none."""
        found = self.find(object_id)
        if found is None or found["object"] != kind:
            raise missing(kind, object_id, param, status)
        return found

    def where(self, kind: str, **equal: Any) -> list[Object]:
        """The objects of this kind with these values, newest first."""
        sql = "SELECT body FROM objects WHERE kind = ?"
        sql += " AND json_extract(body, '$.' || ?) IS ?" * len(equal)
        values = [part for pair in equal.items() for part in pair]
        rows = self.execute(f"{sql} ORDER BY seq DESC", kind, *values)
        return [json.loads(row[0]) for row in rows]

    def forget(self) -> None:
        """Empties every table but the settings' webhook address and secrets."""
        kept = {name: self.setting(name) for name in ("webhook_url", "secrets")}
        for table in TABLES:
            self.execute(f"DELETE FROM {table}")  # noqa: S608 (The names are ours.)
        for name, value in kept.items():
            self.set(name, value)


def public(value: Any) -> Any:
    """What may leave: without the stand-in's own keys, however deep."""
    if isinstance(value, dict):
        return {key: public(part) for key, part in value.items() if not key.startswith("_")}
    if isinstance(value, list):
        return [public(part) for part in value]
    return value
