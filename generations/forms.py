"""The playground's form; its rules are the public API's own."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from generations import pictures
from generations.api.request import check_prompt
from generations.api.schema import PROMPT_MAX_CHARACTERS
from generations.fetch import check_form
from generations.models import CatalogueModel
from keys.errors import ApiError


class PlaygroundForm(forms.Form):
    """A prompt, the variant and, if wanted, one reference image: a file or an address."""

    prompt = forms.CharField(
        label=_("Prompt"),
        strip=True,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": PROMPT_MAX_CHARACTERS}),
    )
    variant = forms.ChoiceField(label=_("Size"))
    image = forms.FileField(
        label=_("Image file"),
        help_text=_("JPEG, PNG or WebP, at most 10 MB."),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    image_url = forms.CharField(
        label=_("or its address"),
        help_text=_("A public address, fetched once by our servers."),
        required=False,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.models: dict[str, CatalogueModel] = {}
        for model in CatalogueModel.objects.filter(active=True):
            self.models.setdefault(model.variant, model)
        variant = self.fields["variant"]
        assert isinstance(variant, forms.ChoiceField)
        variant.choices = [(name, model.label) for name, model in self.models.items()]

    def clean_prompt(self) -> str:
        """The prompt within the API's limits."""
        try:
            return check_prompt(self.cleaned_data["prompt"])
        except ApiError as error:
            raise ValidationError(error.message) from None

    def clean_image(self) -> tuple[bytes, str] | None:
        """The cleaned picture and its extension, or None."""
        upload: UploadedFile[bytes] | None = self.cleaned_data["image"]
        if upload is None:
            return None
        if (upload.size or 0) > pictures.REFERENCE_MAX_BYTES:
            raise ValidationError(_("The reference image is larger than 10 MB."))
        try:
            return pictures.clean_reference(upload.read())
        except pictures.InvalidPicture as error:
            raise ValidationError(str(error)) from None

    def clean_image_url(self) -> str:
        """An address that may be fetched, or ""."""
        address: str = self.cleaned_data["image_url"]
        if address:
            try:
                check_form(address)
            except ValueError:
                raise ValidationError(
                    _("Give the address of an image that anyone can open, starting with https://.")
                ) from None
        return address

    def clean(self) -> dict[str, Any]:
        """Either image or image_url."""
        if self.cleaned_data.get("image") and self.cleaned_data.get("image_url"):
            self.add_error("image_url", _("Give a file or an address, not both."))
        return self.cleaned_data
