"""The form that names a new API token."""

from django import forms


class KeyForm(forms.Form):
    name = forms.CharField(
        max_length=80,
        help_text="Where it will be used, such as “website” or “laptop”.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
