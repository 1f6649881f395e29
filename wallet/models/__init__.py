"""What the wallet keeps: the ledger's tables in `books.py`, what Stripe is asked in `orders.py`."""

from wallet.models.books import MICROS_PER_USD, Book, Budget, Hold, Transfer, Unit
from wallet.models.orders import Alert, BillingProfile, Policy, StripeEvent, Topup

__all__ = [
    "MICROS_PER_USD",
    "Alert",
    "BillingProfile",
    "Book",
    "Budget",
    "Hold",
    "Policy",
    "StripeEvent",
    "Topup",
    "Transfer",
    "Unit",
]
