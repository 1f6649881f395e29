"""The ledger: the only package that writes books, transfers and holds.

Every movement is one statement, so that no reader ever sees half of it, and names a reference,
so that asking twice moves once. It never decides why money moves and never calls the network.
A transaction that moves both of an account's books moves images before money: `reserve` locks
them in that order, and any other can deadlock with it.
"""

from wallet.ledger.errors import HoldResolved, InsufficientBalance, ReferenceReused
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
    "ReferenceReused",
    "Reservation",
    "credit_by_staff",
    "credit_payment",
    "debit_by_staff",
    "give_back",
    "grant_trials",
    "open_books",
    "post",
    "reserve",
    "take_back",
    "void",
]
