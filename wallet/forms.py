"""The form by which staff credit or debit a customer's book."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from wallet.amounts import parse_usd
from wallet.models import Book, Unit


class AdjustmentForm(forms.Form):
    """An amount in the book's unit, its direction, and the reason its customer will read."""

    direction = forms.ChoiceField(choices=[("credit", "Credit"), ("debit", "Debit")])
    amount = forms.CharField(max_length=20)
    reason = forms.CharField(max_length=500, help_text="Shown on the customer's statement.")
    # Made with the form, so that sending it twice moves once.
    reference = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, book: Book, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["reference"] = uuid.uuid4()
        self.counts_images = book.unit == Unit.IMAGE
        if self.counts_images:
            self.fields["amount"].help_text = "A number of images."
        else:
            self.fields["amount"].help_text = "Dollars, such as 10 or 10.50."

    def clean_amount(self) -> int:
        """The amount in micro-dollars or images."""
        text: str = self.cleaned_data["amount"].strip()
        try:
            amount = parse_usd(text)
        except ValueError as error:
            raise ValidationError(str(error)) from None
        if self.counts_images:
            if not (text.isdigit() and 1 <= int(text) <= 10_000):
                raise ValidationError("Write a number from 1 to 10000.")
            return int(text)
        if amount == 0:
            raise ValidationError("The amount must be more than zero.")
        return amount
