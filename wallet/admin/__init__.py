"""Staff's view of the wallet: the ledger in `books.py`, payments and policy in `payments.py`."""

from wallet.admin import books, payments

__all__ = ["books", "payments"]
