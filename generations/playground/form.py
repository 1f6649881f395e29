"""The playground's form; its rules are the public API's own."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from generations import pictures
from generations.api.request import check_prompt
from generations.api.schema import PROMPT_MAX_CHARACTERS
from generations.fetch import check_form
from generations.models import Job
from generations.playground import references
from generations.playground.offers import Offer
from keys.errors import ApiError

NOT_OFFERED = _("This size is not offered at the moment. Choose another one.")


class PlaygroundForm(forms.Form):
    """A prompt, the variant and, if wanted, one reference image.

    That is a file, an address, or one that the account has already: `reference` names the job of
    which the result is taken, `remix` the one whose reference image is used again.
    """

    prompt = forms.CharField(
        label=_("Prompt"),
        strip=True,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": PROMPT_MAX_CHARACTERS}),
    )
    variant = forms.ChoiceField(
        label=_("Size"),
        error_messages={"required": _("Choose a size."), "invalid_choice": NOT_OFFERED},
    )
    image = forms.FileField(
        label=_("Image file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    image_url = forms.CharField(
        label=_("Address of an image"),
        required=False,
        widget=forms.URLInput(attrs={"placeholder": _("or its address: https://…")}),
    )
    reference = forms.CharField(required=False)
    remix = forms.CharField(required=False)

    def __init__(
        self,
        account: Account,
        offers: Sequence[Offer],
        data: Mapping[str, Any] | None = None,
        files: Any = None,
    ) -> None:
        super().__init__(data, files)
        self.account = account
        self.offers = offers
        self.kept: references.Kept | None = None
        variant = self.fields["variant"]
        assert isinstance(variant, forms.ChoiceField)
        variant.choices = [(each.variant, each.variant) for each in offers if each.model.active]

    def fill_in(self, asked: Mapping[str, str]) -> None:
        """Begins with what the address names: a prompt, a variant, and jobs as the form does."""
        self.kept, earlier = references.find(
            self.account, asked.get("reference", ""), asked.get("remix", "")
        )
        self.initial = once_more(earlier) if earlier else {}
        self.initial |= {name: asked[name] for name in ("prompt", "variant") if name in asked}
        if self.kept:
            self.initial["image_url"] = ""
        if self.initial:
            self.fields["prompt"].widget.attrs["autofocus"] = True

    @property
    def chosen(self) -> Offer | None:
        """The offer of the chosen variant, else the first; None when nothing is offered."""
        active = [offer for offer in self.offers if offer.model.active]
        wanted = self["variant"].value()
        return next((each for each in active if each.variant == wanted), next(iter(active), None))

    def clean_prompt(self) -> str:
        """The prompt within the API's limits."""
        prompt = self.cleaned_data["prompt"].replace("\r\n", "\n")
        if len(prompt) > PROMPT_MAX_CHARACTERS:
            text = _("The prompt may have at most %(limit)d characters.")
            raise ValidationError(text, params={"limit": PROMPT_MAX_CHARACTERS})
        try:
            return check_prompt(prompt)
        except ApiError:
            # The API says it in English. No more than this can be wrong any more.
            raise ValidationError(_("The prompt contains characters that are not text.")) from None

    def clean_image(self) -> tuple[bytes, str] | None:
        """The cleaned picture and its extension, or None."""
        upload: UploadedFile[bytes] | None = self.cleaned_data["image"]
        if upload is None:
            return None
        if (upload.size or 0) > pictures.REFERENCE_MAX_BYTES:
            raise ValidationError(_(pictures.TOO_MANY_BYTES))
        try:
            return pictures.clean_reference(upload.read(), pictures.PATIENCE_SECONDS)
        except pictures.TooManyPictures:
            raise ValidationError(_(pictures.TOO_MANY_AT_ONCE)) from None
        except pictures.InvalidPicture as error:
            raise ValidationError(_(str(error))) from None

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
        """One reference image at most: what is new comes before what was kept."""
        asked = self.cleaned_data
        if asked.get("image") and asked.get("image_url"):
            self.add_error("image_url", _("Give a file or an address, not both."))
        named = asked.get("reference", ""), asked.get("remix", "")
        if any(named) and not asked.get("image") and not asked.get("image_url"):
            self.kept, _earlier = references.find(self.account, *named)
            if self.kept is None:
                self.add_error("image", _("That picture is gone. Choose another, or none."))
        return asked


def once_more(job: Job) -> dict[str, str]:
    """The fields that ask for the job again."""
    has_file = job.input_name and not job.input_url
    return {
        "prompt": job.prompt,
        "variant": job.variant,
        "image_url": job.input_url,
        "remix": str(job.pk) if has_file else "",
    }
