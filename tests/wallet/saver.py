"""A customer with a card saved at Stripe who has opted in to automatic top-ups."""

import uuid
from datetime import timedelta

from django.core import mail

from tests.conftest import Customer, NewCustomer
from tests.wallet.till import Till
from wallet import ledger
from wallet.models import MICROS_PER_USD, BillingProfile, Topup, Unit
from wallet.topups import customer_of


def alone() -> None:
    """Lets the wallet's chores see none of those whom other tests have left behind."""
    BillingProfile.objects.update(auto_topup=False, alert_below_micros=None)
    Topup.objects.filter(status__in=Topup.UNSETTLED).update(status=Topup.Status.EXPIRED)


def saver(
    till: Till, new_customer: NewCustomer, card: str = "pm_card_visa", dollars: int = 1
) -> Customer:
    """Somebody with `dollars` who has $20 charged to this test card when there are less than $5."""
    customer = new_customer("saver", credit_micros=dollars * MICROS_PER_USD)
    at_stripe = customer_of(customer.account, customer.user.email)
    method = till.standin.client().v1.payment_methods.attach(card, {"customer": at_stripe})
    BillingProfile.objects.filter(account=customer.account).update(
        auto_topup=True, card_id=method.id, card_label="Visa"
    )
    return customer


def profile_of(customer: Customer) -> BillingProfile:
    """As it is now."""
    return BillingProfile.objects.get(account=customer.account)


def orders_of(customer: Customer) -> list[Topup]:
    """Oldest first."""
    return list(Topup.objects.filter(account=customer.account).order_by("created_at"))


def grow_old(order: Topup, age: timedelta) -> None:
    """Makes the order as old as that, and not asked about yet."""
    order.created_at -= age
    order.checked_at = None
    order.save(update_fields=["created_at", "checked_at"])


def spend(customer: Customer, dollars: int) -> None:
    """Takes money out of the wallet."""
    reference = f"test:{uuid.uuid4()}"
    ledger.debit_by_staff(
        customer.account, Unit.USD, dollars * MICROS_PER_USD, reference, "for the test"
    )


def subjects_to(customer: Customer) -> list[str]:
    """The subjects of the mails that the customer got in this test."""
    return [str(each.subject) for each in mail.outbox if customer.user.email in each.to]
