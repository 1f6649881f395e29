"""Tells staff about what needs a person's look, money above all: once for each cause, in the
admin and by mail. Decides nothing and moves nothing.
"""

import logging

from django.core.mail import mail_managers
from django.db import transaction

from wallet.models import Alert

log = logging.getLogger(__name__)


def raise_alert(kind: str, reference: str, text: str) -> bool:
    """Raises the alert unless it was raised before; True if it is new."""
    _, is_new = Alert.objects.get_or_create(kind=kind, reference=reference, defaults={"text": text})
    if is_new:
        log.error("alert %s: %s", kind, text)
        transaction.on_commit(lambda: _mail(f"Needs a look: {kind}", text))
    return is_new


def _mail(subject: str, text: str) -> None:
    try:
        mail_managers(subject, text)
    except OSError:
        log.exception("the alert is in the admin only: its mail could not be sent")
