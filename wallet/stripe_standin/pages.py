"""The pages that Stripe would host: checkout, bank, portal, receipt, invoice. No JavaScript.

Owns which page a path shows and what its forms do, by way of `hosted` and `cards`. Whoever has
the link may use it, as with Stripe; the ids in it cannot be guessed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from wallet.stripe_standin import cards, chores, hosted, portal, views
from wallet.stripe_standin.errors import ApiError
from wallet.stripe_standin.markup import TEMPLATES
from wallet.stripe_standin.routes import matcher
from wallet.stripe_standin.state import Object, State

LATER_SECONDS = 10
LATER = {"later-succeeds": "", "later-fails": "payment_failed"}
OUTCOMES = {"pay": "succeeded", "decline": "card_declined"}
HTML = "text/html; charset=utf-8"
# Nothing but the one style sheet is ever loaded.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src data:; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Page:
    """An answer for a browser."""

    body: bytes = b""
    status: int = 200
    kind: str = HTML
    headers: dict[str, str] = field(default_factory=dict)


Fields = dict[str, str]


def _to(address: str) -> Page:
    """Sends the browser on, with GET."""
    return Page(status=303, headers={"Location": address})


def _checkout(state: State, fields: Fields, session_id: str) -> Page:
    session = state.get("checkout.session", session_id)
    if session["status"] != "open":
        return Page(views.ended(session))
    return Page(views.checkout(state, session, fields.get("notice", ""), LATER_SECONDS))


def _press(state: State, fields: Fields, session_id: str) -> Page:
    session = state.get("checkout.session", session_id)
    if session["status"] != "open":
        return _onward(session)
    action, card = fields.get("action", "pay"), _card(fields)
    if action == "authenticate" or (action == "pay" and cards.CARDS[card].asks):
        return _to(f"/c/pay/{session_id}/authenticate?card={card}")
    if action.startswith("later-"):
        session = hosted.pay(state, session, card, "processing")
        if action in LATER:
            intent, failure = session["payment_intent"], LATER[action]
            chores.put_off(state, "arrive", intent, failure, seconds=LATER_SECONDS)
        return _onward(session)
    if action not in OUTCOMES:
        raise ApiError("There is no such button.")
    session = hosted.pay(state, session, card, OUTCOMES[action])
    return _onward(session, notice="declined")


def _card(fields: Fields) -> str:
    card = fields.get("card", "pm_card_visa")
    if card not in cards.CARDS:
        raise ApiError("There is no such test card.")
    return card


def _onward(session: Object, notice: str = "") -> Page:
    """Back to the project after a payment; back to the page for another try."""
    if session["status"] == "complete":
        return _to(session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"]))
    return _to(f"/c/pay/{session['id']}" + (f"?notice={notice}" if notice else ""))


def _bank(state: State, fields: Fields, session_id: str) -> Page:
    session = state.get("checkout.session", session_id)
    if session["status"] != "open":
        return Page(views.ended(session))
    return Page(views.authenticate(state, session, _card(fields)))


def _verdict(state: State, fields: Fields, session_id: str) -> Page:
    session = state.get("checkout.session", session_id)
    if session["status"] == "open":
        passed = fields.get("verdict") == "complete"
        outcome = "succeeded" if passed else "authentication_failed"
        session = hosted.pay(state, session, _card(fields), outcome)
    return _onward(session, notice="unauthenticated")


def _portal(state: State, fields: Fields, session_id: str) -> Page:
    return Page(views.portal(state, portal.valid(state, session_id)))


def _remove(state: State, fields: Fields, session_id: str) -> Page:
    session = portal.valid(state, session_id)
    method = state.get("payment_method", fields.get("method", ""))
    if method["customer"] == session["customer"]:
        cards.remove(state, method)
    return _to(f"/p/session/{session_id}")


def _receipt(state: State, fields: Fields, charge_id: str) -> Page:
    return Page(views.receipt(state, state.get("charge", charge_id)))


def _invoice(state: State, fields: Fields, invoice_id: str) -> Page:
    return Page(views.invoice(state.get("invoice", invoice_id)))


def _invoice_pdf(state: State, fields: Fields, invoice_id: str) -> Page:
    file = views.invoice_pdf(state.get("invoice", invoice_id))
    name = {"Content-Disposition": f'attachment; filename="{invoice_id}.pdf"'}
    return Page(file, kind="application/pdf", headers=name)


def _css(state: State, fields: Fields) -> Page:
    return Page((TEMPLATES / "standin.css").read_bytes(), kind="text/css; charset=utf-8")


def _health(state: State, fields: Fields) -> Page:
    return Page(b"ok\n", kind="text/plain")


TABLE: tuple[tuple[str, str, Callable[..., Page]], ...] = (
    ("GET", "/c/pay/:id", _checkout),
    ("POST", "/c/pay/:id", _press),
    ("GET", "/c/pay/:id/authenticate", _bank),
    ("POST", "/c/pay/:id/authenticate", _verdict),
    ("GET", "/healthz", _health),
    ("GET", "/invoices/:id", _invoice),
    ("GET", "/invoices/:id/pdf", _invoice_pdf),
    ("GET", "/p/session/:id", _portal),
    ("POST", "/p/session/:id", _remove),
    ("GET", "/receipts/:id", _receipt),
    ("GET", "/standin.css", _css),
)
ROUTES = [(method, matcher(path), show) for method, path, show in TABLE]


def answer(state: State, method: str, path: str, fields: Fields) -> Page:
    """The page; what is wrong is a page too."""
    for known, pattern, show in ROUTES:
        if known == method and (match := pattern.fullmatch(path)):
            try:
                with state.transaction():
                    return show(state, fields, *match.groups())
            except ApiError as refused:
                return Page(views.message("That did not work", str(refused)), refused.status)
    return Page(views.message("Nothing here", "The stand-in has no such page."), 404)
