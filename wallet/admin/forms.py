"""Staff's forms: moving money or images of a book, giving money back to a card, the policy.

They read what was typed; none of them moves anything.
"""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from wallet.amounts import parse_usd, usd
from wallet.models import MICROS_PER_USD, Book, Policy, Unit
from wallet.models.orders import STEP_MICROS

MICROS_PER_CENT = 10_000
IN_DOLLARS = _("Dollars, such as 10 or 10.50.")
WRITE_DOLLARS = _("Write dollars as 10 or 10.50.")


class AdjustmentForm(forms.Form):
    """An amount in the book's unit, its direction, and the reason its customer will read."""

    direction = forms.ChoiceField(
        choices=[("credit", _("Credit")), ("debit", _("Debit"))], label=_("Direction")
    )
    amount = forms.CharField(max_length=20, label=_("Amount"))
    reason = forms.CharField(
        max_length=500, label=_("Reason"), help_text=_("Shown on the customer's statement.")
    )
    # Made with the form, so that sending it twice moves once.
    reference = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, book: Book, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["reference"] = uuid.uuid4()
        self.counts_images = book.unit == Unit.IMAGE
        if self.counts_images:
            self.fields["amount"].help_text = _("A number of images.")
        else:
            self.fields["amount"].help_text = IN_DOLLARS

    def clean_amount(self) -> int:
        """The amount in micro-dollars or images."""
        text: str = self.cleaned_data["amount"].strip()
        try:
            amount = parse_usd(text)
        except ValueError:
            raise ValidationError(WRITE_DOLLARS) from None
        if self.counts_images:
            if not (text.isdigit() and 1 <= int(text) <= 10_000):
                raise ValidationError(_("Write a number from 1 to 10000."))
            return int(text)
        if amount == 0:
            raise ValidationError(_("The amount must be more than zero."))
        return amount


class RefundForm(forms.Form):
    """How much of a top-up goes back to the card; spent credit only where staff say so."""

    amount = forms.CharField(max_length=20, label=_("Amount"), help_text=IN_DOLLARS)
    accept_debt = forms.BooleanField(
        required=False,
        label=_("Refund spent credit, too"),
        help_text=_(
            "The customer then owes what was spent, and cannot make images until it is paid."
        ),
    )
    # Made with the form, so that sending it twice refunds once.
    reference = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any, refundable_micros: int, unspent_micros: int) -> None:
        suggested_micros = min(refundable_micros, unspent_micros) or refundable_micros
        initial = {"amount": _dollars(suggested_micros), "reference": uuid.uuid4()}
        super().__init__(data, initial=initial)
        self.refundable_micros = refundable_micros
        self.unspent_micros = unspent_micros

    def clean_amount(self) -> int:
        """The amount in micro-dollars, at most what is left of the payment."""
        try:
            amount_micros = parse_usd(self.cleaned_data["amount"].strip())
        except ValueError:
            raise ValidationError(WRITE_DOLLARS) from None
        if amount_micros == 0:
            raise ValidationError(_("The amount must be more than zero. No money moved."))
        if amount_micros > self.refundable_micros:
            text = _("Only %(amount)s of this payment is left to refund.")
            raise ValidationError(text, params={"amount": usd(self.refundable_micros)})
        return amount_micros

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        owed_micros = data.get("amount", 0) - self.unspent_micros
        if owed_micros > 0 and not data.get("accept_debt"):
            text = _("%(amount)s of that was spent and would become debt. No money moved.")
            self.add_error("accept_debt", text % {"amount": usd(owed_micros)})
        return data


def _dollars(amount_micros: int) -> str:
    cents = amount_micros // MICROS_PER_CENT
    return f"{cents // 100}.{cents % 100:02d}"


class PolicyForm(forms.ModelForm[Policy]):
    """The policy with its amounts in dollars."""

    topup_max_dollars = forms.IntegerField(
        min_value=STEP_MICROS // MICROS_PER_USD,
        max_value=1_000_000,
        step_size=STEP_MICROS // MICROS_PER_USD,
        label=_("Largest single top-up, in dollars"),
        help_text=_("A multiple of 10."),
    )

    class Meta:
        model = Policy
        fields = ("auto_topup_daily_max",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["topup_max_dollars"] = self.instance.topup_max_micros // MICROS_PER_USD

    def save(self, commit: bool = True) -> Policy:
        self.instance.topup_max_micros = self.cleaned_data["topup_max_dollars"] * MICROS_PER_USD
        return super().save(commit)
