"""The ledger: the only module that writes books, transfers and holds.

Every movement is one statement, so that no reader ever sees half of it, and names a reference,
so that asking twice moves once. It never decides why money moves and never calls the network.
A transaction that moves both of an account's books moves images before money: `reserve` locks
them in that order, and any other can deadlock with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction

from accounts.models import Account, User
from wallet.models import Book, Transfer, Unit

# How often `reserve` looks again when somebody else spent the very book it had chosen.
RESERVE_ATTEMPTS_MAX = 3


class InsufficientBalance(Exception):
    """The account has neither a free image nor enough money; nothing moved."""


class HoldResolved(Exception):
    """The hold was posted or voided before; nothing moved."""


class ReferenceReused(Exception):
    """The reference names another movement; nothing moved."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """A hold just made: `unit` and `amount` say what was reserved."""

    hold_id: int
    unit: str
    amount: int
    created_at: datetime


def open_books(account: Account) -> None:
    """Gives the account its empty wallet and trials books, if it has none."""
    Book.objects.bulk_create(
        [Book(account=account, kind=Book.Kind.CUSTOMER, unit=unit) for unit in Unit.values],
        ignore_conflicts=True,
    )


# Trials come first ('image' sorts before 'usd'). An account in debt spends nothing, its free
# images included. The second guard holds because FOR UPDATE reads the row again once it is ours.
RESERVE = """
WITH choice AS (
    SELECT id, unit, CASE unit WHEN 'image' THEN 1 ELSE %(price)s END AS amount
    FROM wallet_book
    WHERE account_id = %(account)s
      AND balance - held >= CASE unit WHEN 'image' THEN 1 ELSE %(price)s END
      AND NOT EXISTS (
          SELECT FROM wallet_book debt WHERE debt.account_id = %(account)s AND debt.balance < 0)
    ORDER BY unit
    LIMIT 1
    FOR UPDATE
), book AS (
    UPDATE wallet_book SET held = held + choice.amount
    FROM choice WHERE wallet_book.id = choice.id
    RETURNING wallet_book.id, account_id, choice.unit, choice.amount
), hold AS (
    INSERT INTO wallet_hold (book_id, amount, status, reference, created_at)
    SELECT id, amount, 'held', %(reference)s, now() FROM book
    RETURNING id, created_at
), reserved AS (
    SELECT account_id, hold.id AS hold_id, unit, book.amount, created_at FROM hold, book
), purpose AS (
    {purpose}
)
SELECT hold_id, unit, amount, created_at FROM reserved
"""


def reserve(
    account_id: int,
    price_micros: int,
    reference: str,
    purpose: str = "SELECT",
    values: Mapping[str, Any] | None = None,
) -> Reservation:
    """Reserves a free image if there is one, else `price_micros` of money.

    Raises InsufficientBalance. The reference must be new. `purpose` writes what it is for in the
    same statement, so that the wallet is not locked between two: an INSERT with `values` that
    selects from `reserved` (account_id, hold_id, unit, amount, created_at), empty without money.
    """
    assert price_micros > 0
    own: dict[str, Any] = {"account": account_id, "price": price_micros, "reference": reference}
    with connection.cursor() as cursor:
        for _ in range(RESERVE_ATTEMPTS_MAX):
            cursor.execute(RESERVE.format(purpose=purpose), {**(values or {}), **own})
            row = cursor.fetchone()
            if row:
                return Reservation(*row)
    raise InsufficientBalance


POST = """
WITH hold AS (
    SELECT id, book_id, amount, reference FROM wallet_hold
    WHERE id = %(hold)s AND status = 'held'
    FOR UPDATE
), book AS (
    UPDATE wallet_book SET balance = balance - hold.amount, held = held - hold.amount
    FROM hold WHERE wallet_book.id = hold.book_id
    RETURNING wallet_book.unit
), transfer AS (
    INSERT INTO wallet_transfer
        (debit_id, credit_id, amount, kind, reference, memo, created_at)
    SELECT hold.book_id, house.id, hold.amount, 'charge', hold.reference, %(memo)s, now()
    FROM hold, book JOIN wallet_book house ON house.kind = 'revenue' AND house.unit = book.unit
    RETURNING id
)
UPDATE wallet_hold SET status = 'posted', resolved_at = now(), transfer_id = transfer.id
FROM hold, transfer WHERE wallet_hold.id = hold.id
RETURNING wallet_hold.id
"""


def post(hold_id: int, memo: str = "") -> None:
    """Turns the hold into a charge. Raises HoldResolved if it was resolved before."""
    _resolve(POST, {"hold": hold_id, "memo": memo[:500]})


VOID = """
WITH hold AS (
    UPDATE wallet_hold SET status = 'voided', resolved_at = now()
    WHERE id = %(hold)s AND status = 'held'
    RETURNING book_id, amount
)
UPDATE wallet_book SET held = held - hold.amount
FROM hold WHERE wallet_book.id = hold.book_id
RETURNING wallet_book.id
"""


def void(hold_id: int) -> None:
    """Gives the reserved amount back. Raises HoldResolved if it was resolved before."""
    _resolve(VOID, {"hold": hold_id})


def _resolve(statement: str, values: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        if cursor.fetchone() is None:
            raise HoldResolved


def grant_trials(account: Account, images: int, reference: str, memo: str) -> bool:
    """Gives free images; False if the reference gave them before. Raises ReferenceReused."""
    return _move(
        debit=_house(Book.Kind.PROMOTION, Unit.IMAGE),
        credit=_customer(account, Unit.IMAGE),
        amount=images,
        kind=Transfer.Kind.TRIAL_GRANT,
        reference=reference,
        memo=memo,
    )


def credit_by_staff(
    account: Account, unit: Unit, amount: int, reference: str, memo: str, actor: User | None = None
) -> bool:
    """Gives money or images; False if the reference gave them before. Raises ReferenceReused."""
    return _move(
        debit=_house(Book.Kind.PROMOTION, unit),
        credit=_customer(account, unit),
        amount=amount,
        kind=Transfer.Kind.STAFF_CREDIT,
        reference=reference,
        memo=memo,
        actor=actor,
    )


def debit_by_staff(
    account: Account, unit: Unit, amount: int, reference: str, memo: str, actor: User | None = None
) -> bool:
    """Takes money or images back; False if the reference took them before.

    Raises InsufficientBalance when less is available (what is reserved cannot be taken), and
    ReferenceReused.
    """
    return _move(
        debit=_customer(account, unit),
        credit=_house(Book.Kind.PROMOTION, unit),
        amount=amount,
        kind=Transfer.Kind.STAFF_DEBIT,
        reference=reference,
        memo=memo,
        actor=actor,
    )


# House books keep no balance, so only the customer's side is updated.
MOVE = """
WITH transfer AS (
    INSERT INTO wallet_transfer
        (debit_id, credit_id, amount, kind, reference, actor_id, memo, created_at)
    VALUES (%(debit)s, %(credit)s, %(amount)s, %(kind)s, %(reference)s, %(actor)s, %(memo)s, now())
    ON CONFLICT (kind, reference) DO NOTHING
    RETURNING debit_id, credit_id, amount
), book AS (
    UPDATE wallet_book
    SET balance = balance + CASE WHEN wallet_book.id = credit_id THEN amount ELSE -amount END
    FROM transfer
    WHERE wallet_book.id IN (debit_id, credit_id) AND account_id IS NOT NULL
)
SELECT amount FROM transfer
"""


def _move(
    debit: Book,
    credit: Book,
    amount: int,
    kind: Transfer.Kind,
    reference: str,
    memo: str,
    actor: User | None = None,
) -> bool:
    assert amount > 0
    assert debit.unit == credit.unit
    values: dict[str, Any] = {
        "debit": debit.pk,
        "credit": credit.pk,
        "amount": amount,
        "kind": kind.value,
        "reference": reference,
        "actor": actor.pk if actor else None,
        "memo": memo,
    }
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(MOVE, values)
            moved = cursor.fetchone() is not None
    except IntegrityError as error:
        if "book_not_overdrawn" in str(error):
            raise InsufficientBalance from None
        raise
    if not moved:
        _assert_same_movement(debit, credit, amount, kind, reference)
    return moved


def _assert_same_movement(
    debit: Book, credit: Book, amount: int, kind: Transfer.Kind, reference: str
) -> None:
    earlier = Transfer.objects.get(kind=kind, reference=reference)
    if (earlier.debit_id, earlier.credit_id, earlier.amount) != (debit.pk, credit.pk, amount):
        raise ReferenceReused(f"{kind} {reference}")


def _customer(account: Account, unit: Unit) -> Book:
    return Book.objects.get(account=account, unit=unit)


def _house(kind: Book.Kind, unit: Unit) -> Book:
    return Book.objects.get(account=None, kind=kind, unit=unit)
