"""What is done by the clock: how a list of chores is run, and the wallet's own lists.

Owns the order, that no two processes are at one list, and that one chore's fault holds no other
up. When lists run is said in `generations/background/`; each chore may be stopped anywhere.
"""

import logging
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from django.db import DatabaseError, connection
from django.utils import timezone

from wallet import alerts, auto_topup, low_balance, old_events, reconcile, stripe, stripe_audit

log = logging.getLogger(__name__)

Chore = Callable[[], object]
# With a top-up before the mails, who is topped up hears of no low balance.
EVERY_MINUTE: tuple[Chore, ...] = (reconcile.run_due, auto_topup.run_due, low_balance.run_due)
NIGHTLY: tuple[Chore, ...] = (stripe_audit.run_ledger, stripe_audit.run_stripe, old_events.prune)
NEEDING_STRIPE = {reconcile.run_due, auto_topup.run_due, stripe_audit.run_stripe}
LOCK_SPACE = 7_275_002


def every_minute() -> None:
    """Settles what waits, tops up who is low, and tells who is."""
    run_alone("wallet every minute", EVERY_MINUTE)


def nightly() -> None:
    """Proves the books."""
    run_alone("wallet nightly", NIGHTLY)


def run_alone(name: str, chores: tuple[Chore, ...]) -> None:
    """Runs the list of that name, unless another process is at it."""
    with _alone(name) as is_ours:
        if is_ours:
            run(chores)


def run(chores: tuple[Chore, ...]) -> None:
    """Runs each, whatever becomes of the others; a fault is logged and told to staff once a day."""
    for chore in chores:
        if chore in NEEDING_STRIPE and not stripe.is_configured():
            continue
        name = f"{chore.__module__}.{chore.__name__}"
        try:
            chore()
        except stripe.StripeError as error:
            log.warning("%s waits: Stripe cannot be asked: %s", name, error)
        except Exception as error:
            log.exception("%s failed", name)
            reference = f"{name}:{type(error).__name__}:{timezone.now():%Y-%m-%d}"
            # Without its database there is nobody to tell but the log.
            with suppress(DatabaseError, OSError):
                alerts.raise_alert("chore", reference, f"{name} failed: {error!r}")


@contextmanager
def _alone(name: str) -> Iterator[bool]:
    """Whether no other process is at it: the queue hands a long task out a second time."""
    lock = [LOCK_SPACE, zlib.crc32(name.encode()) & 0x7FFF_FFFF]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", lock)
        is_ours = bool(cursor.fetchone()[0])
    try:
        yield is_ours
    finally:
        if is_ours:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", lock)
