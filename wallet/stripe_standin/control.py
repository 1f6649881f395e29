"""The operator's side: what in life happens at banks and on the way, done here on demand.

Owns the table under /_control/, which Stripe does not have. JSON in and out, with the API's key:
`curl -u sk_test_…: -d '{"won": true}' http://127.0.0.1:N/_control/disputes/dp_…/decide`.
The keys of the body are the parameters of the function in `levers`; times are in seconds and
amounts in cents.

GET  deliveries                    what was sent, with every attempt
POST release                       sends what is held, one after another: in the order it happened,
                                   "reversed", "shuffled" by `seed`, or a list of event ids
POST events/:id/resend             sends an event `times` times, `at_once` of them together
POST events                        sends an event `name` about any `subject`
POST settings                      webhook_url, secrets (several: each signs), enabled_events, hold
                                   (keep deliveries back), retry_base_seconds, follow_up_seconds
                                   (see `chores`)
POST outcomes                      lines up the outcomes of charges off session and of refunds
POST faults                        what goes wrong with the next calls, see `faults`
POST checkout/:id/pay              as the page's buttons: `card` and `outcome`
POST payment_intents/:id/arrive    ends a payment that is processing, with `failure` if it fails
POST charges/:id/dispute           opens a dispute, of all or of `amount`; or an `inquiry`
POST disputes/:id/decide           `won` or lost
POST refunds/:id/fail, succeed     what becomes of a refund
POST objects/:id                   changes any object's fields in place, telling nobody
POST clock                         moves the clock on, so that sessions expire
POST forget                        forgets everything but where to send events
"""

import inspect
from collections.abc import Callable
from typing import Any

from wallet.stripe_standin import levers
from wallet.stripe_standin.errors import ApiError
from wallet.stripe_standin.routes import matcher
from wallet.stripe_standin.state import Object, State, public

TABLE: tuple[tuple[str, str, Callable[..., Any]], ...] = (
    ("GET", "/_control/deliveries", levers.deliveries),
    ("POST", "/_control/charges/:id/dispute", levers.dispute),
    ("POST", "/_control/checkout/:id/pay", levers.pay),
    ("POST", "/_control/clock", levers.clock),
    ("POST", "/_control/disputes/:id/decide", levers.decide),
    ("POST", "/_control/events", levers.send),
    ("POST", "/_control/events/:id/resend", levers.resend),
    ("POST", "/_control/faults", levers.fault),
    ("POST", "/_control/forget", levers.forget),
    ("POST", "/_control/objects/:id", levers.alter),
    ("POST", "/_control/outcomes", levers.outcomes),
    ("POST", "/_control/payment_intents/:id/arrive", levers.arrive),
    ("POST", "/_control/refunds/:id/fail", levers.fail_refund),
    ("POST", "/_control/refunds/:id/succeed", levers.succeed_refund),
    ("POST", "/_control/release", levers.release),
    ("POST", "/_control/settings", levers.settings),
)
ROUTES = [(method, matcher(path), action) for method, path, action in TABLE]


def answer(state: State, method: str, path: str, body: Object) -> Any:
    """Does what is asked. Raises ApiError."""
    for known, pattern, action in ROUTES:
        if known == method and (match := pattern.fullmatch(path)):
            try:
                inspect.signature(action).bind(state, *match.groups(), **body)
            except TypeError as problem:
                raise ApiError(str(problem)) from problem
            return public(action(state, *match.groups(), **body))
    raise ApiError(f"There is no {method} {path}; wallet.stripe_standin.control says what is.")
