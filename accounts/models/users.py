"""A User: a person who signs in, and what is left of one who is gone."""

from __future__ import annotations

import hmac
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

# No mail ever reaches it: https://www.rfc-editor.org/rfc/rfc2606#section-2
NOWHERE = "closed.invalid"


class UserManager(BaseUserManager["User"]):
    """Makes users that are named by their e-mail address."""

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        """The address in small letters, as allauth looks for it; every form comes through here."""
        return (email or "").lower()

    def create_user(self, email: str, password: str | None = None, **fields: object) -> User:
        """A user with a hashed password; without one, signing in by password is impossible."""
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> User:
        """A user who may do everything in the admin."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        """The user of that address, in whatever letter case it was typed."""
        return self.get(email=self.normalize_email(username))

    def was_here(self, email: str) -> bool:
        """Whether somebody with that address closed their account before."""
        return self.filter(email__startswith=f"{fingerprint(email)}.").exists()


class User(AbstractUser):
    """A person, who signs in with an e-mail address."""

    username = None  # type: ignore[assignment]  # AbstractUser's field, taken away.
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=100, blank=True, default="", db_default="")
    # One of LANGUAGES, or "" for what the browser asks for.
    language = models.CharField(_("language"), max_length=10, blank=True, default="", db_default="")

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]  # By e-mail.

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_any_case")]

    def __str__(self) -> str:
        return self.email

    @property
    def display_name(self) -> str:
        """What others read of them: the name, or the address while there is none."""
        return self.name or self.email

    @property
    def introduction(self) -> str:
        """What strangers read of them: the name with the address, which nobody can make up."""
        return f"{self.name} ({self.email})" if self.name else self.email

    def get_full_name(self) -> str:
        """The name; AbstractUser's two halves are not in use."""
        return self.name

    def get_short_name(self) -> str:
        """The same: nobody's name is ours to cut."""
        return self.name

    def erase(self) -> None:
        """Forgets who it was: no sign-in, no name, no address but its fingerprint.

        The row stays, since the ledger names those who moved money.
        """
        self.email = f"{fingerprint(self.email)}.{self.pk}@{NOWHERE}"
        self.name = self.first_name = self.last_name = self.language = ""
        self.is_active = False
        self.set_unusable_password()
        self.save()


def fingerprint(email: str) -> str:
    """What is kept of an address that is gone: it can be known again, and not be read."""
    address = UserManager.normalize_email(email).encode()
    return hmac.new(settings.TOKEN_PEPPER, b"address:" + address, "sha256").hexdigest()[:32]
