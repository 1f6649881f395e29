"""The form of an offer, with its price in dollars; the catalogue keeps micro-dollars."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from generations.models import CatalogueModel
from wallet.models import MICROS_PER_USD

PRICE_MAX_DOLLARS = 1_000


class OfferForm(forms.ModelForm[CatalogueModel]):
    """An offer as staff type it."""

    price_dollars = forms.DecimalField(
        label=_("Price in dollars"),
        min_value=Decimal("0.000001"),
        max_value=PRICE_MAX_DOLLARS,
        decimal_places=6,
        help_text=_("For one image, such as 0.03."),
    )

    class Meta:
        model = CatalogueModel
        exclude = ("price_micros",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            micros = self.instance.price_micros
            self.initial["price_dollars"] = f"{Decimal(micros) / MICROS_PER_USD:f}"

    def clean_price_dollars(self) -> Decimal:
        """Sets the offer's price: six decimals are whole micro-dollars."""
        dollars: Decimal = self.cleaned_data["price_dollars"]
        self.instance.price_micros = int(dollars * MICROS_PER_USD)
        return dollars
