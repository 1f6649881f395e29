"""The forms of the settings. allauth's own are in `signing_in.py`."""

from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import NAME_MAX_CHARACTERS, Account, User
from accounts.roles import Role


class NameField(forms.CharField):
    """A name on one line, which is no web address: names stand in mails to strangers."""

    def clean(self, value: Any) -> str:
        name = " ".join(str(super().clean(value)).split())
        if "://" in name or "www." in name.lower():
            raise ValidationError(_("A name cannot be a web address."))
        return name


class ProfileForm(forms.ModelForm[User]):
    """Who somebody is, and in which language the site speaks to them."""

    name = NameField(
        label=gettext_lazy("Name"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("What other members read. Without one they see your address."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=[("", gettext_lazy("As my browser asks")), *settings.LANGUAGES],
        required=False,
    )

    class Meta:
        model = User
        fields = ("name", "language")


class AccountForm(forms.ModelForm[Account]):
    """What an account is called."""

    name = NameField(
        label=gettext_lazy("Account name"),
        max_length=NAME_MAX_CHARACTERS,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )

    class Meta:
        model = Account
        fields = ("name",)


class RoleForm(forms.Form):
    """A role, of those that there are."""

    role = forms.ChoiceField(
        label=gettext_lazy("Role"), choices=Role.choices, initial=Role.DEVELOPER
    )


class InvitationForm(RoleForm):
    """Whom to ask, and as what."""

    email = forms.EmailField(
        label=gettext_lazy("Email"), widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    field_order = ("email", "role")

    def clean_email(self) -> str:
        """The address as signing up would take it."""
        return str(get_adapter().clean_email(self.cleaned_data["email"].lower()))


class ClosingForm(forms.Form):
    """The account's name, typed once more by whoever wants to close it."""

    name = forms.CharField(
        label=gettext_lazy("Type the account's name"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account

    def clean_name(self) -> str:
        """The name, if it is the account's."""
        name = " ".join(self.cleaned_data["name"].split())
        if name != " ".join(self.account.name.split()):
            raise ValidationError(_("That is not the account's name."))
        return name
