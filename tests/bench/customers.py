"""The customers of the bench, and what their programs send.

Each has a wallet of their own, so that what is measured is not the wait for one wallet's row.
"""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.management import call_command

from generations.models import CatalogueModel
from tests.bench.load import Request, request

# The demo engine paints it in a blink.
PROMPT = "An abstract poster in red and black, cinematic, 8K"
SMALL_SIDE = 64


@dataclass(frozen=True)
class Customer:
    """An account, its owner's e-mail address and its API token."""

    account_id: int
    email: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"X-API-Key": self.token}

    def polls(self, job_ids: Sequence[str]) -> list[Request]:
        """A look-up of each of these jobs."""
        return [request("GET", f"/api/v1/jobs/{id}", self.headers, 200, id) for id in job_ids]

    def submission(self, variant: str = "1k") -> Request:
        """A new job, text only."""
        body = json.dumps({"prompt": PROMPT, "variant": variant}).encode()
        return request("POST", "/api/v1/image", self.headers, 202, '"status":"queued"', body)


def offer(variant: str, engine: str = "demo", at_once: int = 100, **options: Any) -> CatalogueModel:
    """Adds a variant with small images, of which a runner makes so many at once."""
    return CatalogueModel.objects.create(
        variant=variant,
        engine=engine,
        options=options,
        price_micros=30_000,
        width=SMALL_SIDE,
        height=SMALL_SIDE,
        concurrency=at_once,
        active=True,
    )


def make(number: int) -> Customer:
    """A well-funded customer, as `manage.py create_customer` makes them."""
    output = io.StringIO()
    email = f"bench-{number}@example.com"
    asked = {"credit": "100000", "trials": 0, "token": "bench", "json": True}
    call_command("create_customer", email=email, password="correct-horse-7", **asked, stdout=output)
    made = json.loads(output.getvalue())
    return Customer(made["account"], email, made["token"])


def shares(people: Sequence[Customer], count: int, *variants: str) -> list[list[Request]]:
    """So many submissions, dealt out to the customers in turn, and so are the variants."""
    dealt: list[list[Request]] = [[] for _ in people]
    for number in range(count):
        place = number % len(people)
        variant = variants[number % len(variants)]
        dealt[place].append(people[place].submission(variant))
    return dealt


def audit() -> None:
    """Whoever is quick must be right, too. Raises CommandError when money does not add up."""
    call_command("audit_ledger", stdout=io.StringIO())
