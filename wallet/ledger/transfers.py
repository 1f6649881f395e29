"""Movements between a customer's book and the house's: credits, debits, payments, reversals.

Each is one statement that writes the transfer and the customer's balance, and names a reference,
so that asking twice moves once.
"""

from typing import Any

from django.db import IntegrityError, connection, transaction

from accounts.models import Account, User
from wallet.ledger.errors import InsufficientBalance, ReferenceReused
from wallet.models import Book, Transfer, Unit


def open_books(account: Account) -> None:
    """Gives the account its empty wallet and trials books, if it has none."""
    Book.objects.bulk_create(
        [Book(account=account, kind=Book.Kind.CUSTOMER, unit=unit) for unit in Unit.values],
        ignore_conflicts=True,
    )


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


def credit_payment(account: Account, amount_micros: int, intent_id: str, memo: str) -> bool:
    """Credits a paid top-up, once for each PaymentIntent; False if it was credited before."""
    return _move(
        debit=_house(Book.Kind.STRIPE, Unit.USD),
        credit=_customer(account, Unit.USD),
        amount=amount_micros,
        kind=Transfer.Kind.TOPUP,
        reference=intent_id,
        memo=memo,
    )


def take_back(
    account: Account, amount_micros: int, kind: Transfer.Kind, reference: str, memo: str
) -> bool:
    """Takes refunded or disputed money out of the wallet, into debt where it was spent.

    False if the reference took it before.
    """
    return _move(
        debit=_customer(account, Unit.USD),
        credit=_house(_PAYER[kind], Unit.USD),
        amount=amount_micros,
        kind=kind,
        reference=reference,
        memo=memo,
        may_owe=True,
    )


def give_back(
    account: Account, amount_micros: int, kind: Transfer.Kind, reference: str, memo: str
) -> bool:
    """Returns what `take_back` took: the refund failed, or the dispute was won.

    False if the reference returned it before.
    """
    return _move(
        debit=_house(_PAYER[kind], Unit.USD),
        credit=_customer(account, Unit.USD),
        amount=amount_micros,
        kind=kind,
        reference=reference,
        memo=memo,
    )


# The house's book on the other side of a reversal.
_PAYER = {
    Transfer.Kind.REFUND: Book.Kind.STRIPE,
    Transfer.Kind.REFUND_RETURNED: Book.Kind.STRIPE,
    Transfer.Kind.DISPUTE: Book.Kind.DISPUTE,
    Transfer.Kind.DISPUTE_RETURNED: Book.Kind.DISPUTE,
}

# House books keep no balance, so only the customer's side is updated. A reversal may leave debt,
# to exactly the depth that is needed; every credit makes that depth smaller again.
MOVE = """
WITH transfer AS (
    INSERT INTO wallet_transfer
        (debit_id, credit_id, amount, kind, reference, actor_id, memo, created_at)
    VALUES (%(debit)s, %(credit)s, %(amount)s, %(kind)s, %(reference)s, %(actor)s, %(memo)s, now())
    ON CONFLICT (kind, reference) DO NOTHING
    RETURNING amount
), book AS (
    UPDATE wallet_book
    SET balance = balance + %(change)s,
        debt_limit = CASE
            WHEN %(may_owe)s THEN greatest(0, held - balance - %(change)s)
            ELSE greatest(0, least(debt_limit, held - balance - greatest(0, %(change)s)))
        END
    FROM transfer WHERE wallet_book.id = %(customer)s
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
    may_owe: bool = False,
) -> bool:
    assert amount > 0
    assert debit.unit == credit.unit
    customer, change = (debit, -amount) if debit.account_id else (credit, amount)
    values: dict[str, Any] = {
        "customer": customer.pk,
        "change": change,
        "debit": debit.pk,
        "credit": credit.pk,
        "amount": amount,
        "kind": kind.value,
        "reference": reference,
        "actor": actor.pk if actor else None,
        "memo": memo,
        "may_owe": may_owe,
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
