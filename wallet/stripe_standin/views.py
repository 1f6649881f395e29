"""What the pages show, from objects to HTML.

Owns words and markup beyond the templates. It changes nothing.
"""

from datetime import UTC, datetime

from wallet.stripe_standin import cards, hosted, pdf
from wallet.stripe_standin.markup import Html, fill, join, link, money, render
from wallet.stripe_standin.state import Object, State

NOTICES = {
    "declined": "The card was declined. Nothing was charged; try again.",
    "unauthenticated": "The bank did not confirm that it was you. Nothing was charged; try again.",
}
LINE = '<li class="line"><span>$name<small>$about</small></span><span>$total</span></li>'
OPTION = '<option value="$value">$brand •••• $last4 ($label)</option>'
CARD = """<li><span>$brand •••• $last4<br><small>until $month/$year</small></span>
<form method="post"><input type="hidden" name="method" value="$id">
<button aria-label="Remove $brand ending in $last4">Remove</button></form></li>"""
INVOICE = '<li><span>$date<br><small>$number</small></span><a href="$url">$total</a></li>'
FACT = "<dt>$name</dt><dd>$value</dd>"
SAVING = '<p class="muted">By paying, you let $business charge this card for later top-ups.</p>'


def checkout(state: State, session: Object, notice: str, later_seconds: int) -> bytes:
    """The hosted page of an open session."""
    total = money(session["amount_total"], session["currency"])
    items: list[dict[str, object]] = [
        {
            "name": item["description"],
            "about": item["_about"] or f"Quantity {item['quantity']}",
            "total": money(item["amount_total"], item["currency"]),
        }
        for item in reversed(state.where("item", _session=session["id"]))
    ]
    options: list[dict[str, object]] = [
        {"value": name, "brand": card.brand.title(), "last4": card.last4, "label": card.label}
        for name, card in cards.CARDS.items()
    ]
    business = state.config.business
    saves = session["_intent_data"].get("setup_future_usage")
    alert = fill('<p class="notice" role="alert">$text</p>', text=NOTICES.get(notice, ""))
    return render(
        "checkout",
        f"Pay {business}",
        business=business,
        cancel=link("Cancel and go back", session["cancel_url"]),
        cards=join(OPTION, options),
        email=hosted.email_of(state, session),
        id=session["id"],
        later_seconds=later_seconds,
        lines=join(LINE, items),
        notice=alert if notice in NOTICES else Html(""),
        saving=fill(SAVING, business=business) if saves else Html(""),
        total=total,
    )


def authenticate(state: State, session: Object, card: str) -> bytes:
    """The bank's page."""
    total = money(session["amount_total"], session["currency"])
    business = state.config.business
    return render(
        "authenticate", "Your bank", id=session["id"], card=card, total=total, business=business
    )


def message(heading: str, text: str, onward: Html | None = None) -> bytes:
    """A page that only says something."""
    return render("message", heading, heading=heading, text=text, link=onward or Html(""))


def ended(session: Object) -> bytes:
    """The page of a session that is over."""
    if session["status"] == "complete":
        address = session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])
        return message("All done here", "This payment was made.", link("Go back", address))
    text = "This page has expired. Nothing was charged."
    return message("Too late", text, link("Go back", session["cancel_url"]))


def portal(state: State, session: Object) -> bytes:
    """The customer's cards and invoices."""
    customer = session["customer"]
    saved: list[dict[str, object]] = [
        {
            "id": method["id"],
            "brand": method["card"]["brand"].title(),
            "last4": method["card"]["last4"],
            "month": method["card"]["exp_month"],
            "year": method["card"]["exp_year"],
        }
        for method in state.where("payment_method", customer=customer, type="card")
    ]
    invoices: list[dict[str, object]] = [
        {
            "date": _date(invoice["created"]),
            "number": invoice["number"],
            "total": money(invoice["total"], invoice["currency"]),
            "url": invoice["hosted_invoice_url"],
        }
        for invoice in state.where("invoice", customer=customer)
    ]
    return render(
        "portal",
        "Billing",
        back=link(f"Return to {state.config.business}", session["return_url"]),
        cards=join(CARD, saved) or Html('<li class="muted">No card is saved.</li>'),
        email=state.get("customer", customer)["email"] or "",
        invoices=join(INVOICE, invoices) or Html('<li class="muted">None yet.</li>'),
    )


def receipt(state: State, charge: Object) -> bytes:
    """The receipt of a charge."""
    details = charge["payment_method_details"]
    card = details.get("card")
    facts = {"Paid on": _date(charge["created"])}
    facts["Paid with"] = f"{card['brand'].title()} •••• {card['last4']}" if card else "Bank account"
    if charge["amount_refunded"]:
        facts["Refunded"] = money(charge["amount_refunded"], charge["currency"])
    facts["Charge"] = charge["id"]
    return _paper(state.config.business, "Receipt", charge["amount"], charge["currency"], facts)


def invoice(known: Object) -> bytes:
    """The page of an invoice."""
    onward = link("Download as PDF", known["invoice_pdf"])
    business, total, currency = known["account_name"], known["total"], known["currency"]
    return _paper(business, "Invoice", total, currency, _invoice_facts(known), onward)


def invoice_pdf(known: Object) -> bytes:
    """The invoice to keep."""
    facts = [f"{name}: {value}" for name, value in _invoice_facts(known).items()]
    total = f"Total: {money(known['total'], known['currency'])}"
    note = "Made by a stand-in for Stripe. No money moved."
    return pdf.document([f"Invoice from {known['account_name']}", *facts, total, "", note])


def _invoice_facts(known: Object) -> dict[str, str]:
    lines = {line["description"]: str(line["quantity"]) for line in known["lines"]["data"]}
    head = {"Number": known["number"], "Paid on": _date(known["created"])}
    return {**head, "For": known["customer_email"] or "", **lines}


def _paper(
    business: str,
    heading: str,
    total: int,
    currency: str,
    facts: dict[str, str],
    onward: Html | None = None,
) -> bytes:
    rows: list[dict[str, object]] = [{"name": key, "value": facts[key]} for key in facts]
    return render(
        "paper",
        f"{heading} from {business}",
        business=business,
        facts=join(FACT, rows),
        heading=heading,
        link=onward or Html(""),
        total=money(total, currency),
    )


def _date(moment: int) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%-d %B %Y}"
