"""An Invitation: somebody was asked by mail to join an account. It goes when it is used."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models.accounts import Account
from accounts.models.users import User
from accounts.roles import Role

LIFETIME = timedelta(days=7)


class Invitation(models.Model):
    """A place in an account for whoever has the link; only a digest of the link's token is kept."""

    account = models.ForeignKey(
        Account, models.CASCADE, related_name="invitations", verbose_name=_("account")
    )
    email = models.EmailField(_("email"))
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    digest = models.BinaryField(_("digest"), max_length=32, unique=True, editable=False)
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, verbose_name=_("invited by"))
    expires_at = models.DateTimeField(_("expires at"))
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    class Meta:
        ordering = ["email"]
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(fields=["account", "email"], name="one_invitation_of_address")
        ]

    def __str__(self) -> str:
        return gettext("%(email)s to %(account)s") % {
            "email": self.email,
            "account": self.account,
        }

    @classmethod
    def of_token(cls, token: str) -> Invitation | None:
        """The invitation behind a link, if it still holds."""
        return (
            cls.objects.filter(
                digest=digest(token), expires_at__gt=timezone.now(), account__closed_at=None
            )
            .select_related("account", "invited_by")
            .first()
        )

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()

    @property
    def role_label(self) -> str:
        return str(Role(self.role).label)


def new_token() -> str:
    """256 random bits, for an address."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    """What is stored of a token; so many random bits need no salt."""
    return hashlib.sha256(token.encode()).digest()
