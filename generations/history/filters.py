"""Which jobs of the history somebody wants to see, as the page's form says it.

What cannot be read is said beside its field and not applied. How the jobs are found is
`search.py`'s.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from accounts.models import Account
from generations.usage.periods import day_field

WORDS_MAX_CHARACTERS = 200
PLAYGROUND, IMPORTED = "playground", "imported"
Choices = Sequence[tuple[str, StrOrPromise]]

# A token's numbers are small, but what a browser sends is not.
SOURCE = rf"({PLAYGROUND}|{IMPORTED}|[0-9]{{1,18}})"
STATUSES: Choices = [
    ("", gettext_lazy("Any status")),
    ("running", gettext_lazy("Under way")),
    ("completed", gettext_lazy("Completed")),
    ("failed", gettext_lazy("Failed")),
]
OPTIONS = """
(SELECT 'source', id::text, name FROM keys_key
 WHERE account_id = %s ORDER BY created_at DESC LIMIT 200)
UNION ALL
(SELECT 'variant', variant, upper(variant) FROM generations_cataloguemodel
 GROUP BY variant ORDER BY min(position), variant LIMIT 100)
"""


@dataclass(frozen=True, slots=True)
class Filters:
    """What is wanted; empty is all. `source` is "playground", "imported" or a token's number;
    days are UTC, both included."""

    words: str = ""
    status: str = ""
    source: str = ""
    variant: str = ""
    since: date | None = None
    until: date | None = None
    is_starred: bool = False


@dataclass(frozen=True, slots=True)
class Options:
    """What an account can choose from."""

    sources: Choices
    variants: Choices

    @classmethod
    def of(cls, account: Account) -> "Options":
        """The account's tokens, the newest first, and all variants, in one query."""
        with connection.cursor() as cursor:
            cursor.execute(OPTIONS, [account.pk])
            found = cursor.fetchall()
        return cls(
            *([row[1:] for row in found if row[0] == kind] for kind in ("source", "variant"))
        )


class FiltersForm(forms.Form):
    """The filters in the page's query. Without options it can be read, not shown."""

    q = forms.CharField(
        label=gettext_lazy("Search prompts"),
        max_length=WORDS_MAX_CHARACTERS,
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )
    status = forms.ChoiceField(label=gettext_lazy("Status"), choices=STATUSES)
    source = forms.RegexField(SOURCE, label=gettext_lazy("Source"))
    variant = forms.SlugField(label=gettext_lazy("Size"))
    since = day_field(gettext_lazy("From"))
    until = day_field(gettext_lazy("To"))
    starred = forms.BooleanField(label=gettext_lazy("Starred only"))

    def __init__(self, query: Any, options: Options | None = None) -> None:
        super().__init__(query)
        for field in self.fields.values():
            field.required = False
        if options:
            sources = [
                ("", _("Any source")),
                (PLAYGROUND, _("Playground")),
                *options.sources,
                (IMPORTED, _("Imported")),
            ]
            self.fields["source"].widget = forms.Select(choices=sources)
            variants = [("", _("Any size")), *options.variants]
            self.fields["variant"].widget = forms.Select(choices=variants)

    def clean(self) -> dict[str, Any]:
        """Both days, in order."""
        found = super().clean() or {}
        since, until = found.get("since"), found.get("until")
        if since and until and until < since:
            raise ValidationError({"until": _("This is before the first day.")})
        return found

    @property
    def filters(self) -> Filters:
        """What was chosen."""
        self.is_valid()
        chosen = self.cleaned_data
        return Filters(
            words=chosen.get("q", ""),
            status=chosen.get("status", ""),
            source=chosen.get("source", ""),
            variant=chosen.get("variant", ""),
            since=chosen.get("since"),
            until=chosen.get("until"),
            is_starred=chosen.get("starred", False),
        )

    @property
    def query(self) -> str:
        """The same as a query string, "" when all are wanted."""
        self.is_valid()
        chosen = {name: value for name, value in self.cleaned_data.items() if value}
        return urlencode(chosen | ({"starred": "on"} if "starred" in chosen else {}))

    @property
    def folded_count(self) -> int:
        """How many are chosen besides the words."""
        return len([name for name in self.changed_data if name != "q"])
