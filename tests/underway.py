"""A job in a runner's hands, without a runner: for what may happen to it there."""

from datetime import timedelta

from django.utils import timezone

from generations import jobs
from generations.models import CatalogueModel, Job
from tests.conftest import Customer

PRICE = 30_000


def submission(
    customer: Customer, prompt: str = "a shark", variant: str = "tiny"
) -> jobs.Submission:
    """What the customer asks for with their token: a small image for $0.03."""
    offer = CatalogueModel.offered(variant)
    assert offer
    return jobs.Submission(
        customer.account.pk, offer.pk, PRICE, 64, 64, prompt, key_id=customer.key.pk
    )


def processing(customer: Customer, deadline: timedelta = timedelta(minutes=3)) -> Job:
    """A job with that much time left, claimed under fence 1."""
    job_id = jobs.submit(submission(customer)).id
    now = timezone.now()
    Job.objects.filter(pk=job_id).update(
        status="processing",
        fence=1,
        attempts=1,
        lease_until=now + timedelta(minutes=5),
        started_at=now,
        deadline_at=now + deadline,
    )
    return Job.objects.select_related("model").get(pk=job_id)
