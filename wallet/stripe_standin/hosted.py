"""What a customer does on the hosted page, and what comes of it.

Owns the way from a click to the session's end. It draws no page and reads no form.
"""

from wallet.stripe_standin import attempts, cards, customers, intents, invoices
from wallet.stripe_standin.errors import ApiError
from wallet.stripe_standin.events import emit
from wallet.stripe_standin.state import Object, State

BANK = "us_bank_account"
EMAIL_DEFAULT = "customer@example.com"
COMPLETING = ("succeeded", "processing")


def pay(state: State, session: Object, card: str, outcome: str) -> Object:
    """The customer pays with this test card and it goes like `outcome`; the session then.

    A payment that goes through ends the session. One that arrives later (`processing`) ends it
    too, unpaid. After any other the session stays open for the next try.
    """
    if session["status"] != "open":
        raise ApiError("This Checkout Session is no longer open.")
    data = session["_intent_data"]
    keeps = bool(data.get("setup_future_usage")) and outcome == "succeeded"
    customer = session["customer"]
    email = email_of(state, session)
    wants_customer = session["customer_creation"] == "always" or data.get("setup_future_usage")
    if outcome in COMPLETING and not customer and wants_customer:
        customer = customers.add(state, email=email)["id"]
    if outcome == "processing":
        method = cards.add(state, "", None, email, kind=BANK)
    else:
        method = cards.add(state, card, customer if keeps else None, email)
    intent = _intent(state, session, customer)
    intent = attempts.make(state, intent, method, outcome)
    session = state.save({**session, "payment_intent": intent["id"], "customer": customer})
    if outcome not in COMPLETING:
        return session
    return _complete(state, session, intent, method, email)


def email_of(state: State, session: Object) -> str:
    """The customer's address: known, given at the start, or as good as typed in."""
    if session["customer"]:
        known = state.get("customer", session["customer"])["email"]
        return str(known or EMAIL_DEFAULT)
    return str(session["customer_email"] or EMAIL_DEFAULT)


def _intent(state: State, session: Object, customer: str | None) -> Object:
    if session["payment_intent"]:
        intent = state.get("payment_intent", session["payment_intent"])
        return state.save({**intent, "customer": customer})
    data = {"description": None, **session["_intent_data"], "customer": customer}
    return intents.add(state, session["amount_total"], session["currency"], **data)


def _complete(state: State, session: Object, intent: Object, method: Object, email: str) -> Object:
    paid = intent["status"] == "succeeded"
    session = {
        **session,
        "customer_details": {
            "address": method["billing_details"]["address"],
            "business_name": None,
            "email": email,
            "individual_name": None,
            "name": None,
            "phone": None,
            "tax_exempt": "none",
            "tax_ids": [],
        },
        "payment_method_types": [method["type"]],
        "payment_status": "paid" if paid else "unpaid",
        "status": "complete",
        "url": None,
    }
    if paid:
        session = invoices.issue(state, session, intent)
    emit(state, "checkout.session.completed", state.save(session))
    return session


def arrive(state: State, intent: Object, failure: str | None = None) -> Object:
    """A payment under way arrives, or fails; the intent then."""
    if intent["status"] != "processing":
        message = f"This PaymentIntent has a status of {intent['status']}, not processing."
        raise ApiError(message)
    intent = attempts.settle(state, intent, failure)
    for session in state.where("checkout.session", payment_intent=intent["id"]):
        if failure:
            emit(state, "checkout.session.async_payment_failed", session)
        else:
            session = invoices.issue(state, {**session, "payment_status": "paid"}, intent)
            emit(state, "checkout.session.async_payment_succeeded", state.save(session))
    return intent
