"""One of everything that a customer can own, marked so that it can be searched for."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.utils import timezone

from accounts.models import Invitation, Membership
from generations import jobs
from generations.models import Job
from keys.models import Key
from tests.conftest import Customer, NewCustomer
from tests.underway import submission
from wallet import ledger
from wallet.models import (
    Alert,
    BillingProfile,
    Book,
    Hold,
    StripeEvent,
    Topup,
    Transfer,
    Unit,
)

# Everything of hers that a page could show carries this word.
MARK = f"alices-{uuid.uuid4().hex[:12]}"


@dataclass(frozen=True)
class Belongings:
    """What strangers would like to have."""

    owner: Customer
    running: Job
    ended: Job
    objects: dict[str, object]


def job_of(customer: Customer, prompt: str) -> Job:
    return Job.objects.get(pk=jobs.submit(submission(customer, prompt)).id)


def belongings(new_customer: NewCustomer) -> Belongings:
    """A customer with one of everything, all of it marked."""
    owner = new_customer(MARK, credit_micros=10_000_000)
    Key.objects.filter(pk=owner.key.pk).update(name=f"{MARK}-token")
    ledger.credit_by_staff(owner.account, Unit.USD, 1, f"test:{uuid.uuid4()}", f"{MARK}-memo")
    running, ended = job_of(owner, f"{MARK} runs"), job_of(owner, f"{MARK} ended")
    Job.objects.filter(pk=ended.pk).update(status="processing", fence=1)
    ended.refresh_from_db()
    assert jobs.complete(ended, f"{MARK}.png")
    book = Book.objects.get(account=owner.account, unit=Unit.USD)
    profile = BillingProfile.of(owner.account)
    BillingProfile.objects.filter(pk=profile.pk).update(
        customer_id=f"cus_{MARK}", auto_stopped_reason=f"{MARK}-reason", alert_below_micros=1
    )
    receipt = f"https://pay.stripe.com/{MARK}"
    # Failed, as nothing was paid: it has a receipt only for strangers to look for.
    topup = Topup.objects.create(
        account=owner.account, amount_micros=10_000_000, status="failed", receipt_url=receipt
    )
    event = StripeEvent.objects.create(id=f"evt_{MARK}", type="test", outcome=f"{MARK}-outcome")
    alert = Alert.objects.create(
        kind="test", reference=MARK, text=f"{MARK}-alert", resolved_at=timezone.now()
    )
    objects: dict[str, object] = {
        "accounts/user": owner.user.pk,
        "accounts/account": owner.account.pk,
        "accounts/membership": Membership.objects.get(account=owner.account).pk,
        "accounts/invitation": _invitation(owner).pk,
        "usersessions/usersession": _session(owner).pk,
        "account/emailaddress": EmailAddress.objects.get(user=owner.user).pk,
        "keys/key": owner.key.pk,
        "wallet/book": book.pk,
        "wallet/transfer": Transfer.objects.filter(credit=book)[0].pk,
        "wallet/hold": Hold.objects.filter(book=book)[0].pk,
        "wallet/topup": topup.pk,
        "wallet/billingprofile": profile.pk,
        "wallet/stripeevent": event.pk,
        "wallet/alert": alert.pk,
        "generations/job": running.pk,
        "generations/cataloguemodel": running.model.pk,
    }
    return Belongings(owner, running, ended, objects)


def _invitation(owner: Customer) -> Invitation:
    return Invitation.objects.create(
        account=owner.account,
        email=f"{MARK}-asked@example.com",
        role="viewer",
        digest=uuid.uuid4().bytes,
        expires_at=timezone.now() + timedelta(days=7),
    )


def _session(owner: Customer) -> UserSession:
    return UserSession.objects.create(
        user=owner.user, ip="127.0.0.1", session_key=uuid.uuid4().hex, user_agent=MARK
    )
