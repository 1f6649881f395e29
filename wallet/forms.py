"""The wallet's forms for customers: the statement's filters and what is done without asking."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wallet import topups
from wallet.amounts import parse_usd
from wallet.models import MICROS_PER_USD, BillingProfile, Transfer
from wallet.statement import Filters

THRESHOLD_MAX_MICROS = 100_000 * MICROS_PER_USD


class StatementForm(forms.Form):
    """Which lines of the statement are wanted; what cannot be read is not applied."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        required=False,
        choices=[("", gettext_lazy("Everything")), *Transfer.Kind.choices],
    )
    since = forms.DateField(
        label=gettext_lazy("From"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        label=gettext_lazy("To"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )

    @property
    def filters(self) -> Filters:
        """What was chosen."""
        self.is_valid()
        chosen = self.cleaned_data
        return Filters(chosen.get("kind", ""), chosen.get("since"), chosen.get("until"))


class DollarsField(forms.CharField):
    """Dollars as people write them, "10" or "10.50"; micro-dollars for the program."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput({"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(max_length=12, widget=widget, **options)

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            amount_micros = parse_usd(text)
        except ValueError:
            raise ValidationError(_("Write dollars as 10 or 10.50.")) from None
        if amount_micros > THRESHOLD_MAX_MICROS:
            raise ValidationError(_("That is too much. Write at most 100000."))
        return amount_micros

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, int):
            return value
        dollars, cents = divmod(value // 10_000, 100)
        return f"{dollars}.{cents:02d}" if cents else str(dollars)


class LowBalanceForm(forms.Form):
    """When to mail that the balance runs low; empty is never."""

    alert_below = DollarsField(
        label=gettext_lazy("Mail me when less than this is available, in dollars"),
        required=False,
        help_text=gettext_lazy("One mail each time the balance falls below. Empty: no mail."),
    )

    def __init__(self, data: Any, profile: BillingProfile) -> None:
        super().__init__(data, prefix="low", initial={"alert_below": profile.alert_below_micros})
        self.profile = profile

    def save(self) -> None:
        """Writes the threshold; another one is crossed anew."""
        wanted = self.cleaned_data["alert_below"]
        if wanted != self.profile.alert_below_micros:
            self.profile.alert_below_micros = wanted
            self.profile.alerted_at = None
            self.profile.save(update_fields=["alert_below_micros", "alerted_at"])


class AutoTopupForm(forms.Form):
    """Opting in to automatic top-ups, with one of the customer's own saved cards."""

    enabled = forms.BooleanField(
        label=gettext_lazy("Top up automatically with a saved card"), required=False
    )
    threshold = DollarsField(label=gettext_lazy("When less than this is available, in dollars"))
    amount = forms.CharField(
        label=gettext_lazy("Add this much, in dollars"),
        max_length=20,
        strip=False,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
        help_text=gettext_lazy("A multiple of $10."),
    )
    card = forms.ChoiceField(
        label=gettext_lazy("Card"),
        error_messages={
            "required": gettext_lazy("Choose the card to charge."),
            "invalid_choice": gettext_lazy("That is none of your saved cards. Choose another."),
        },
    )

    def __init__(self, data: Any, profile: BillingProfile, cards: dict[str, str]) -> None:
        initial = {
            "enabled": profile.auto_topup,
            "threshold": profile.auto_threshold_micros,
            "amount": str(profile.auto_amount_micros // MICROS_PER_USD),
            "card": profile.card_id,
        }
        super().__init__(data, prefix="auto", initial=initial)
        self.profile = profile
        self.cards = cards
        choice = self.fields["card"]
        assert isinstance(choice, forms.ChoiceField)
        # Whoever turns it off need not have a card any more.
        choice.required = data is None or "auto-enabled" in data
        choice.choices = [("", _("Choose a card")), *cards.items()]

    def clean_amount(self) -> int:
        """The amount in micro-dollars, by the rule of every top-up."""
        try:
            return topups.parse_amount(self.cleaned_data["amount"])
        except topups.InvalidAmount as error:
            raise ValidationError(str(error)) from None

    def save(self) -> None:
        """Writes what was chosen. Whoever turns it on again has seen why it had stopped."""
        profile, data = self.profile, self.cleaned_data
        profile.auto_topup = data["enabled"]
        profile.auto_threshold_micros = data["threshold"]
        profile.auto_amount_micros = data["amount"]
        profile.card_id = data["card"]
        profile.card_label = self.cards.get(data["card"], "")
        fields = ["auto_topup", "auto_threshold_micros", "auto_amount_micros"]
        fields += ["card_id", "card_label"]
        if profile.auto_topup:
            profile.auto_stopped_reason = ""
            fields.append("auto_stopped_reason")
        profile.save(update_fields=fields)
