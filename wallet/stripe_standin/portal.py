"""The customer portal's sessions: a link for one customer, for half an hour.

Owns the session object; the page is in `pages`.
"""

from wallet.stripe_standin.call import Call
from wallet.stripe_standin.errors import ApiError
from wallet.stripe_standin.params import read, text, url
from wallet.stripe_standin.state import Object, State

LIFE_SECONDS = 30 * 60


def create(call: Call) -> Object:
    """POST /v1/billing_portal/sessions"""
    state = call.state
    fields = {"customer": text, "locale": text, "return_url": url}
    asked = read(call.form, fields, required=["customer"])
    state.get("customer", asked["customer"], "customer", status=400)
    session = state.create(
        "billing_portal.session",
        {
            "configuration": "bpc_standin",
            "customer": asked["customer"],
            "customer_account": None,
            "flow": None,
            "livemode": False,
            "locale": asked.get("locale"),
            "on_behalf_of": None,
            "return_url": asked.get("return_url"),
        },
    )
    return state.save({**session, "url": f"{state.config.base_url}/p/session/{session['id']}"})


def valid(state: State, session_id: str) -> Object:
    """The session, while its link works. Raises ApiError after that."""
    session = state.get("billing_portal.session", session_id)
    if state.now() > session["created"] + LIFE_SECONDS:
        raise ApiError("This link has expired.", status=410)
    return session
