"""The forms that make a token and change one: its name, when it ends, what it may spend."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from generations.usage.periods import day_field, today
from keys.models import NAME_MAX_CHARACTERS, Key
from wallet.forms import DollarsField

ON_DATE = "date"
YEARS_MAX = 10


class TokenForm(forms.Form):
    """What may be changed of a token at any time."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=NAME_MAX_CHARACTERS,
        help_text=gettext_lazy("Where it will be used, such as “website” or “laptop”."),
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Give it a name.")},
    )
    limit = DollarsField(
        label=gettext_lazy("Monthly limit, in dollars"),
        required=False,
        help_text=gettext_lazy("Empty: no limit. It resets on the first of the month, UTC."),
    )

    @classmethod
    def of(cls, token: Key, data: Any) -> "TokenForm":
        """The form for that token."""
        return cls(data, initial={"name": token.name, "limit": token.monthly_limit_micros})

    def clean_limit(self) -> int | None:
        """The limit in micro-dollars; None is without limit."""
        limit_micros: int | None = self.cleaned_data["limit"]
        if limit_micros == 0:
            raise ValidationError(_("Write more than 0, or nothing for no limit."))
        return limit_micros


class NewTokenForm(TokenForm):
    """What is chosen for a new token."""

    expiry = forms.ChoiceField(
        label=gettext_lazy("Expires"),
        required=False,
        choices=[
            ("", gettext_lazy("Never")),
            ("30", gettext_lazy("In 30 days")),
            ("90", gettext_lazy("In 90 days")),
            ("365", gettext_lazy("In a year")),
            (ON_DATE, gettext_lazy("On a date")),
        ],
    )
    last_day = day_field(gettext_lazy("Last day"))

    field_order = ("name", "expiry", "last_day", "limit")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        last_day = self.fields["last_day"]
        last_day.help_text = _("It works until this day ends, in UTC.")
        last_day.error_messages["required"] = _("Choose the last day.")
        last_day.required = not self.is_bound or self.data.get("expiry") == ON_DATE
        last_day.widget.attrs |= {"min": today().isoformat(), "max": _farthest().isoformat()}

    def clean_last_day(self) -> date | None:
        """The day, if it is neither past nor far away."""
        last_day: date | None = self.cleaned_data["last_day"]
        if last_day and last_day < today():
            raise ValidationError(_("This day is over. Choose a later one."))
        if last_day and last_day > _farthest():
            text = _("Choose a day in the next %(years)s years, or “Never”.")
            raise ValidationError(text % {"years": YEARS_MAX})
        return last_day

    @property
    def expires_at(self) -> datetime | None:
        """When the token ends by what was chosen; None is never."""
        expiry: str = self.cleaned_data["expiry"]
        if expiry == ON_DATE:
            after = self.cleaned_data["last_day"] + timedelta(days=1)
            return datetime.combine(after, time(), UTC)
        return timezone.now() + timedelta(days=int(expiry)) if expiry else None


def _farthest() -> date:
    return today() + timedelta(days=366 * YEARS_MAX)
