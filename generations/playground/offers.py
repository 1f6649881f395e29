"""What the playground offers an account: each variant, its price, and what is missing for it.

Reads only. What an image is charged is decided when it is submitted, by `jobs` and the ledger.
"""

from dataclasses import dataclass

from generations.models import CatalogueModel
from wallet.models import MICROS_PER_USD
from wallet.statement import Summary

# Credit is added in steps of this; the wallet's page says so, too.
TOPUP_STEP_DOLLARS = 10


@dataclass(frozen=True, slots=True)
class Offer:
    """A variant by the model that serves it first, and the wallet that would pay."""

    model: CatalogueModel
    wallet: Summary

    @property
    def variant(self) -> str:
        return self.model.variant

    @property
    def is_free(self) -> bool:
        """Whether a free image pays."""
        return self.wallet.trials_available > 0 and not self.is_in_debt

    @property
    def is_in_debt(self) -> bool:
        """Whether nothing can be had before the balance is above zero again."""
        return self.wallet.available_micros < 0

    @property
    def missing_micros(self) -> int:
        """What has to be added before the image can be reserved; 0 when nothing is missing."""
        if self.wallet.affords(self.model.price_micros):
            return 0
        price_micros = 0 if self.wallet.trials_available else self.model.price_micros
        return price_micros - self.wallet.available_micros

    @property
    def topup_dollars(self) -> int:
        """The smallest top-up that is enough."""
        step_micros = TOPUP_STEP_DOLLARS * MICROS_PER_USD
        return TOPUP_STEP_DOLLARS * -(-self.missing_micros // step_micros)


def of(wallet: Summary) -> list[Offer]:
    """The offers in the catalogue's order; a variant without an active model is coming soon."""
    first: dict[str, CatalogueModel] = {}
    for model in CatalogueModel.objects.order_by("-active", "position", "id"):
        first.setdefault(model.variant, model)
    return [Offer(model, wallet) for model in first.values()]
