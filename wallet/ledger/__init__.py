"""The ledger: the only package that writes books, transfers, holds and budgets.

Every movement is one statement, so that no reader ever sees half of it, and names a reference,
so that asking twice moves once. It never decides why money moves and never calls the network.
A transaction that moves both of an account's books moves images before money: `reserve` locks
them in that order, and any other can deadlock with it. For the same reason holds come before
books, and books before budgets.
"""

from wallet.ledger.budgets import Limit, count, used
from wallet.ledger.errors import (
    HoldResolved,
    InsufficientBalance,
    LimitReached,
    ReferenceReused,
)
from wallet.ledger.holds import Reservation, post, reserve, void
from wallet.ledger.transfers import (
    credit_by_staff,
    credit_payment,
    debit_by_staff,
    give_back,
    grant_trials,
    open_books,
    take_back,
)

__all__ = [
    "HoldResolved",
    "InsufficientBalance",
    "Limit",
    "LimitReached",
    "ReferenceReused",
    "Reservation",
    "count",
    "credit_by_staff",
    "credit_payment",
    "debit_by_staff",
    "give_back",
    "grant_trials",
    "open_books",
    "post",
    "reserve",
    "take_back",
    "used",
    "void",
]
