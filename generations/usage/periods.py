"""Which days a page about usage shows. Days are UTC, as the usage table counts them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

DAYS_MAX = 366
DEFAULT = "30"
LAST_DAYS = {"7": 7, DEFAULT: 30, "90": 90}
MONTH, CUSTOM = "month", "custom"


@dataclass(frozen=True, slots=True)
class Period:
    """Some days, both ends included; at least one and at most DAYS_MAX."""

    since: date
    until: date

    @classmethod
    def last(cls, days: int) -> "Period":
        """That many days, with today as the last."""
        return cls(today() - timedelta(days=days - 1), today())

    @classmethod
    def this_month(cls) -> "Period":
        """From the month's first day until today."""
        return cls(today().replace(day=1), today())

    @property
    def days(self) -> list[date]:
        """Every day of it."""
        count = (self.until - self.since).days + 1
        return [self.since + timedelta(days=number) for number in range(count)]


def today() -> date:
    """The day that it is in UTC."""
    return timezone.now().astimezone(UTC).date()


def day_field(label: StrOrPromise) -> forms.DateField:
    """A day, as browsers send it."""
    widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, input_formats=["%Y-%m-%d"], widget=widget)


class PeriodForm(forms.Form):
    """A period by its name, or by its first and last day; what cannot be is said beside them."""

    since = day_field(gettext_lazy("From"))
    until = day_field(gettext_lazy("To"))

    def __init__(self, query: Mapping[str, str]) -> None:
        name = query.get("period", DEFAULT)
        self.name = name if name in (*LAST_DAYS, MONTH, CUSTOM) else DEFAULT
        given = self.name == CUSTOM and ("since" in query or "until" in query)
        super().__init__(query if given else None)
        self.period = self._period()
        self.initial = {"since": self.period.since, "until": self.period.until}

    def clean(self) -> dict[str, Any]:
        """Both days, in order and not too far apart."""
        found = super().clean() or {}
        since, until = found.get("since"), found.get("until")
        if since and until:
            if until < since:
                raise ValidationError({"until": _("This is before the first day.")})
            if (until - since).days >= DAYS_MAX:
                text = _("At most %(days)s days can be shown at once.") % {"days": DAYS_MAX}
                raise ValidationError({"until": text})
        return found

    @property
    def query(self) -> str:
        """What asks for the same period in an address."""
        if self.name != CUSTOM:
            return urlencode({"period": self.name})
        days = {"since": self.period.since, "until": self.period.until}
        return urlencode({"period": CUSTOM, **days})

    def _period(self) -> Period:
        if self.name == MONTH:
            return Period.this_month()
        if self.name == CUSTOM and self.is_valid():
            return Period(self.cleaned_data["since"], self.cleaned_data["until"])
        return Period.last(LAST_DAYS.get(self.name, LAST_DAYS[DEFAULT]))
