"""The balance: what came in and went out of the (imaginary) Stripe account, in cents.

Owns balance transactions. Amounts are signed from the account's side; `net` is amount less fee.
https://docs.stripe.com/reports/balance-transaction-types
"""

from wallet.stripe_standin.call import Call, page, plain
from wallet.stripe_standin.params import text
from wallet.stripe_standin.state import Object, State

FEE_RATE_PERMILLE = 29
FEE_FIXED_CENTS = 30
DISPUTE_FEE_CENTS = 1500


def book(
    state: State, kind: str, amount: int, source: Object, about: str, category: str | None = None
) -> Object:
    """Books `amount` cents for `source`, with the fee that this kind of movement costs."""
    fee = _fee(kind, category, amount) if state.config.takes_fees else 0
    details = {
        "amount": fee,
        "application": None,
        "currency": source["currency"],
        "description": "Stripe processing fees" if kind == "charge" else "Dispute fee",
        "type": "stripe_fee",
    }
    return state.create(
        "balance_transaction",
        {
            "amount": amount,
            "available_on": state.now(),
            "balance_type": "payments",
            "currency": source["currency"],
            "description": about,
            "exchange_rate": None,
            "fee": fee,
            "fee_details": [details] if fee else [],
            "net": amount - fee,
            "reporting_category": category or kind,
            "source": source["id"],
            "status": "available",
            "type": kind,
        },
    )


def _fee(kind: str, category: str | None, amount: int) -> int:
    if kind == "charge":
        # Half a cent is rounded up, as a card processor would.
        return (amount * FEE_RATE_PERMILLE + 500) // 1000 + FEE_FIXED_CENTS
    return DISPUTE_FEE_CENTS if category == "dispute" else 0


def retrieve(call: Call) -> Object:
    """GET /v1/balance_transactions/:id"""
    plain(call)
    return call.state.get("balance_transaction", call.id)


def index(call: Call) -> Object:
    """GET /v1/balance_transactions"""
    return page(call, "balance_transaction", {"type": text, "source": text, "currency": text})
