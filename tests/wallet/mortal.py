"""`python -m tests.wallet.mortal`: one step of a top-up in a process that a test may kill.

`start ACCOUNT USER DOLLARS` orders and prints the address of Stripe's page; `hear SIGNATURE`
hands the event on stdin to the webhook, and dies before it could answer.
"""

import os
import signal
import sys

import django

django.setup()

from django.test import Client  # noqa: E402

from accounts.models import Account, User  # noqa: E402
from wallet import topups  # noqa: E402
from wallet.models import MICROS_PER_USD  # noqa: E402


def start(account: str, user: str, dollars: str) -> None:
    """Orders and prints."""
    amount_micros = int(dollars) * MICROS_PER_USD
    owner, orderer = Account.objects.get(pk=account), User.objects.get(pk=user)
    print(topups.start(owner, orderer, amount_micros, lambda order: f"http://x/{order.pk}"))


def hear(header: str) -> None:
    """Handles the event, and dies."""
    body = sys.stdin.buffer.read()
    Client(headers={"Stripe-Signature": header}).post(
        "/stripe/webhook", body, content_type="application/json"
    )
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    if sys.argv[1] == "start":
        start(*sys.argv[2:])
    else:
        hear(sys.argv[2])
