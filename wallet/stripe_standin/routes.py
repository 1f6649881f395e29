"""The table of contents of the API: which call is answered where.

Owns the table and the matching of paths; nothing is done here.
"""

import re
from collections.abc import Callable

from wallet.stripe_standin import (
    balance,
    cards,
    charges,
    checkout,
    customers,
    disputes,
    events,
    intents,
    invoices,
    portal,
    refunds,
    webhooks,
)
from wallet.stripe_standin.call import Call
from wallet.stripe_standin.errors import ApiError
from wallet.stripe_standin.state import Object

Endpoint = Callable[[Call], Object]

TABLE: tuple[tuple[str, str, Endpoint], ...] = (
    ("GET", "/v1/balance_transactions", balance.index),
    ("GET", "/v1/balance_transactions/:id", balance.retrieve),
    ("POST", "/v1/billing_portal/sessions", portal.create),
    ("GET", "/v1/charges", charges.index),
    ("GET", "/v1/charges/:id", charges.retrieve),
    ("GET", "/v1/checkout/sessions", checkout.index),
    ("POST", "/v1/checkout/sessions", checkout.create),
    ("GET", "/v1/checkout/sessions/:id", checkout.retrieve),
    ("POST", "/v1/checkout/sessions/:id/expire", checkout.expire),
    ("GET", "/v1/checkout/sessions/:id/line_items", checkout.line_items),
    ("GET", "/v1/customers", customers.index),
    ("POST", "/v1/customers", customers.create),
    ("GET", "/v1/customers/:id", customers.retrieve),
    ("POST", "/v1/customers/:id", customers.update),
    ("GET", "/v1/customers/:id/payment_methods", cards.index_of_customer),
    ("GET", "/v1/customers/:id/payment_methods/:id", cards.retrieve_of_customer),
    ("GET", "/v1/disputes", disputes.index),
    ("GET", "/v1/disputes/:id", disputes.retrieve),
    ("POST", "/v1/disputes/:id", disputes.update),
    ("POST", "/v1/disputes/:id/close", disputes.close),
    ("GET", "/v1/events", events.index),
    ("GET", "/v1/events/:id", events.retrieve),
    ("GET", "/v1/invoices", invoices.index),
    ("GET", "/v1/invoices/:id", invoices.retrieve),
    ("GET", "/v1/payment_intents", intents.index),
    ("POST", "/v1/payment_intents", intents.create),
    ("GET", "/v1/payment_intents/:id", intents.retrieve),
    ("POST", "/v1/payment_intents/:id/cancel", intents.cancel),
    ("GET", "/v1/payment_methods", cards.index),
    ("GET", "/v1/payment_methods/:id", cards.retrieve),
    ("POST", "/v1/payment_methods/:id/attach", cards.attach),
    ("POST", "/v1/payment_methods/:id/detach", cards.detach),
    ("GET", "/v1/refunds", refunds.index),
    ("POST", "/v1/refunds", refunds.create),
    ("GET", "/v1/refunds/:id", refunds.retrieve),
    ("GET", "/v1/webhook_endpoints", webhooks.index),
    ("GET", "/v1/webhook_endpoints/:id", webhooks.retrieve),
)


def matcher(path: str) -> re.Pattern[str]:
    """Matches paths of this form; `:id` stands for anything without a slash."""
    return re.compile(re.escape(path).replace(":id", "([^/]+)"))


ROUTES = [(method, matcher(path), endpoint) for method, path, endpoint in TABLE]


def find(method: str, path: str) -> tuple[Endpoint, tuple[str, ...]]:
    """The endpoint, and the variable parts of the path. Raises ApiError when there is none."""
    for known, pattern, endpoint in ROUTES:
        if known == method and (match := pattern.fullmatch(path)):
            return endpoint, match.groups()
    raise ApiError(f"Unrecognized request URL ({method}: {path}).", status=404)
