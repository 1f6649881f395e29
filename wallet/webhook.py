"""POST /stripe/webhook: Stripe's events, verified, recorded once and acted upon.

2xx says that we have understood, also where we refuse; anything else asks Stripe to send the
event again. What an event says is never believed: it only names the payment to ask about.
"""

import logging

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from wallet import alerts, settlement, stripe, topups
from wallet.models import Topup
from wallet.payments import Event

log = logging.getLogger(__name__)

BODY_MAX_BYTES = 1024 * 1024
ENDS_UNPAID = {
    "checkout.session.expired": Topup.Status.EXPIRED,
    "checkout.session.async_payment_failed": Topup.Status.FAILED,
}


@csrf_exempt
@require_POST
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    """400 for a bad signature, 503 when Stripe cannot be asked, else 200."""
    body = request.read(BODY_MAX_BYTES)
    try:
        event = stripe.verified_event(body, request.headers.get("Stripe-Signature", ""))
    except (stripe.BadSignature, ValueError):
        return HttpResponse("bad signature", status=400, content_type="text/plain")
    try:
        outcome = handle(event)
    except stripe.StripeError as error:
        log.warning("event %s waits: Stripe cannot be asked: %s", event.id, error)
        return HttpResponse("later", status=503, content_type="text/plain")
    log.info("event %s %s: %s", event.type, event.id, outcome)
    return HttpResponse(outcome, content_type="text/plain")


def handle(event: Event) -> str:
    """Acts upon a verified event and returns what came of it. Raises StripeError."""
    if event.api_version != stripe.API_VERSION:
        alerts.raise_alert(
            "api version",
            event.api_version,
            f"The webhook endpoint speaks {event.api_version}; set it to {stripe.API_VERSION}.",
        )
    if event.intent_id:
        outcome = settlement.settle(event.intent_id, event)
    else:
        outcome = settlement.note(event, "nothing to do")
    end = ENDS_UNPAID.get(event.type)
    if end and topups.end_unpaid(event.session_id, end):
        outcome = str(end.label)
    return outcome
