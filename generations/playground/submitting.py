"""Makes a queued job of what the playground's form asks. The API has its own way, in `api/`."""

import logging

from django.utils.translation import gettext as _

from accounts.models import Account, User
from generations import files, history, jobs, pictures
from generations.models import Job
from generations.playground.form import PlaygroundForm
from wallet import ledger

log = logging.getLogger(__name__)


def submit(account: Account, user: User, form: PlaygroundForm) -> Job | None:
    """The job that the valid form asks for, queued; None with the reason on the form."""
    asked, offer = form.cleaned_data, form.chosen
    assert offer
    input_name = _stored_reference(form)
    if input_name is None:
        return None
    submission = jobs.Submission(
        account_id=account.pk,
        user_id=user.pk,
        model_id=offer.model.pk,
        price_micros=offer.model.price_micros,
        width=offer.model.width,
        height=offer.model.height,
        prompt=asked["prompt"],
        input_name=input_name,
        input_url=asked["image_url"],
    )
    try:
        submitted = jobs.submit(submission)
    except ledger.InsufficientBalance:
        if input_name:
            _discard(input_name)
        form.add_error(None, _("The wallet holds too little for this image. Nothing was charged."))
        return None
    return history.of_account(account).get(pk=submitted.id)


def _stored_reference(form: PlaygroundForm) -> str | None:
    """The stored file's name, "" without one; None with the reason on the form."""
    try:
        picture = form.kept.read() if form.kept else form.cleaned_data["image"]
        return files.save_input(*picture) if picture else ""
    except (FileNotFoundError, pictures.InvalidPicture):
        problem = _("That picture is gone. Choose another, or none.")
    except pictures.TooManyPictures:
        problem = _(pictures.TOO_MANY_AT_ONCE)
    except files.StoreUnavailable as error:
        log.error("a reference image could not be kept: %s", error)
        problem = _("Your reference image could not be stored. Please try again.")
    form.add_error("image", problem)
    return None


def _discard(input_name: str) -> None:
    try:
        files.delete_input(input_name)
    except files.StoreUnavailable as error:
        # What stays is swept away later.
        log.warning("reference image %s stays for now: %s", input_name, error)
