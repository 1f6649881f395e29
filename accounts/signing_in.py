"""allauth's forms with what browsers need: which field holds what, and an error where it belongs.

What the forms check stays allauth's own.
"""

# allauth has no types, so that each class here has a base of none.
# mypy: disable-error-code="misc"

from typing import Any, ClassVar

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# An app's codes are digits; those in our mails have letters, too.
DIGITS = {"inputmode": "numeric", "autofocus": True}
LETTERS = {"autocapitalize": "characters", "spellcheck": "false", "autofocus": True}
NAME = {"autocomplete": "off", "maxlength": 80}
NEW_PASSWORD = {"password1": _("At least 8 characters, not a common one, and not like your email.")}


class Dressed(forms.Form):
    """Gives fields the attributes, labels and hints that a form says."""

    attributes: ClassVar[dict[str, dict[str, Any]]] = {}
    labels: ClassVar[dict[str, Any]] = {}
    hints: ClassVar[dict[str, Any]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, attributes in self.attributes.items():
            self.fields[name].widget.attrs.update(attributes)
        for name, label in self.labels.items():
            self.fields[name].label = label
        for name, hint in self.hints.items():
            self.fields[name].help_text = hint


class SignInForm(Dressed, account.LoginForm):
    attributes = {"login": {"autocomplete": "username"}}
    labels = {"remember": _("Stay signed in")}

    def clean(self) -> dict[str, Any]:
        """Puts a refusal beside the password, where it is put right."""
        try:
            super().clean()
        except ValidationError as error:
            self.add_error("password", error)
        return dict(self.cleaned_data)


class SignUpForm(Dressed, account.SignupForm):
    attributes = {"email": {"autocomplete": "username"}}
    hints = NEW_PASSWORD


class ChangePasswordForm(Dressed, account.ChangePasswordForm):
    labels = {
        "oldpassword": _("Current password"),
        "password1": _("New password"),
        "password2": _("New password, once more"),
    }
    hints = NEW_PASSWORD


class SetPasswordForm(Dressed, account.SetPasswordForm):
    labels = {"password1": _("Password"), "password2": _("Password, once more")}
    hints = NEW_PASSWORD


class NewPasswordForm(Dressed, account.ResetPasswordKeyForm):
    labels = {"password1": _("New password"), "password2": _("New password, once more")}
    hints = NEW_PASSWORD


class MailCodeForm(Dressed, account.ConfirmEmailVerificationCodeForm):
    attributes = {"code": LETTERS}


class SecondFactorForm(Dressed, mfa.AuthenticateForm):
    attributes = {"code": DIGITS}


class ConfirmFactorForm(Dressed, mfa.ReauthenticateForm):
    attributes = {"code": DIGITS}


class ActivateAppForm(Dressed, totp.ActivateTOTPForm):
    attributes = {"code": DIGITS}
    labels = {"code": _("Code from the app")}


class AddPasskeyForm(Dressed, webauthn.AddWebAuthnForm):
    attributes = {"name": NAME}
    labels = {"name": _("Name"), "passwordless": _("Sign in with it alone, without a password")}
    hints = {"passwordless": _("Needs a device that checks your face, finger or PIN.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].initial = True


class RenamePasskeyForm(Dressed, webauthn.EditWebAuthnForm):
    attributes = {"name": NAME}
    labels = {"name": _("Name")}
