"""What the reference names of its deployment: the address, the prices, the limits.

Read from the code that decides them, so that no sentence of the reference can fall behind. Never
knows a sentence.
"""

from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings

from generations import catalogue, fetch, pictures
from generations.api import request, schema
from generations.api.operations.submitting import DEFAULT_VARIANT
from generations.models import DEADLINE_SECONDS, CatalogueModel
from keys import snippets, throttle
from wallet.amounts import usd
from wallet.apps import TRIAL_IMAGES
from wallet.models import MICROS_PER_USD

MEGABYTE = 1024 * 1024
# How many polls a second watch one job: one every 2 seconds.
POLLS_PER_SECOND = 0.5


@dataclass(frozen=True, slots=True)
class Offer:
    """A variant of the catalogue in a customer's words; `price_usd` is written as JSON has it."""

    variant: str
    size: str
    price: str
    price_usd: str
    active: bool

    @classmethod
    def of(cls, model: CatalogueModel) -> "Offer":
        """The catalogue's row, without what customers need not know."""
        return cls(
            variant=model.variant,
            size=f"{model.width} × {model.height}",
            price=usd(model.price_micros),
            price_usd=str(model.price_micros / MICROS_PER_USD),
            active=model.active,
        )


# What the examples show when the catalogue has nothing to sell.
NO_OFFER = Offer(DEFAULT_VARIANT, "1024 × 1024", "$0.03", "0.03", active=False)


@dataclass(frozen=True, slots=True)
class Facts:
    """What differs between deployments, and with the catalogue."""

    base_url: str
    offers: tuple[Offer, ...]
    requests_per_second: int
    keep_images_days: int | None
    keep_references_days: int | None

    @property
    def example(self) -> Offer:
        """The offer that the examples are about: the API's default, if it is for sale."""
        offered = [offer for offer in self.offers if offer.active]
        defaults = [offer for offer in offered if offer.variant == DEFAULT_VARIANT]
        return (defaults + offered + [NO_OFFER])[0]

    def context(self) -> dict[str, Any]:
        """All that a source may name."""
        return {
            **asdict(self),
            "example": self.example,
            "first": snippets.first_request(self.base_url),
            "trial_images": TRIAL_IMAGES,
            "deadline_seconds": DEADLINE_SECONDS,
            "burst_requests": self.requests_per_second * throttle.BURST_SECONDS,
            "watched_jobs": int(self.requests_per_second / POLLS_PER_SECOND),
            "prompt_characters": schema.PROMPT_MAX_CHARACTERS,
            "page_jobs": schema.PAGE_JOBS_MAX,
            "body_megabytes": request.BODY_MAX_BYTES // MEGABYTE,
            "image_bytes": pictures.REFERENCE_MAX_BYTES,
            "image_megabytes": pictures.REFERENCE_MAX_BYTES // MEGABYTE,
            "image_megapixels": pictures.REFERENCE_MAX_PIXELS // 1_000_000,
            "reference_pixels": pictures.REFERENCE_SIDE_PIXELS,
            "image_url_characters": fetch.URL_LIMIT_CHARACTERS,
            "redirects": fetch.REDIRECTS_LIMIT,
        }


def read(base_url: str) -> Facts:
    """The facts as they are now, in one query."""
    return Facts(
        base_url=base_url,
        offers=tuple(Offer.of(model) for model in catalogue.shown()),
        requests_per_second=settings.API_REQUESTS_PER_SECOND,
        keep_images_days=settings.KEEP_IMAGES_DAYS,
        keep_references_days=settings.KEEP_REFERENCES_DAYS,
    )
