"""Who you are: a User signs in, an Account pays, a Membership ties the two.

Knows no money, keys or jobs: rooms above listen to `account_opened` and `account_verified`.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models, transaction
from django.db.models.functions import Lower
from django.dispatch import Signal
from django.utils import timezone

from accounts.roles import Right, Role

# Sent inside the transaction that made it true, with `account`.
account_opened = Signal()
account_verified = Signal()

NAME_MAX_CHARACTERS = 200


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


class User(AbstractUser):
    """A person, who signs in with an e-mail address."""

    username = None  # type: ignore[assignment]  # AbstractUser's field, taken away.
    email = models.EmailField("e-mail address", unique=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]  # By e-mail.

    class Meta(AbstractUser.Meta):
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_any_case")]

    def __str__(self) -> str:
        return self.email


class Account(models.Model):
    """The customer: what is paid, owned and suspended together."""

    name = models.CharField(max_length=NAME_MAX_CHARACTERS)
    members = models.ManyToManyField(User, through="Membership", related_name="accounts")
    verified_at = models.DateTimeField(null=True, blank=True, editable=False)
    suspended_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def open_for(cls, user: User) -> Account:
        """The user's account, opened now if there is none yet."""
        with transaction.atomic():
            # The lock lets two requests of one newcomer open one account, not two.
            User.objects.select_for_update().get(pk=user.pk)
            if existing := cls.of(user):
                return existing
            account = cls.objects.create(name=user.email[:NAME_MAX_CHARACTERS])
            Membership.objects.create(user=user, account=account)
            account_opened.send(cls, account=account)
            return account

    @classmethod
    def of(cls, user: User) -> Account | None:
        """The account that the user acts for, if there is one."""
        return cls.objects.filter(members=user).order_by("membership__id").first()

    @property
    def is_suspended(self) -> bool:
        return self.suspended_at is not None

    def verify(self) -> None:
        """Marks the account's e-mail as verified; only the first time does anything."""
        with transaction.atomic():
            now = timezone.now()
            waiting = Account.objects.filter(pk=self.pk, verified_at=None)
            if waiting.update(verified_at=now):
                self.verified_at = now
                account_verified.send(Account, account=self)

    def suspend(self) -> bool:
        """Closes the account's door to new work; True if it was open."""
        return bool(
            Account.objects.filter(pk=self.pk, suspended_at=None).update(
                suspended_at=timezone.now()
            )
        )

    def restore(self) -> bool:
        """Opens the door again; True if it was closed."""
        closed = Account.objects.filter(pk=self.pk, suspended_at__isnull=False)
        return bool(closed.update(suspended_at=None))


class Membership(models.Model):
    """A user's place in an account."""

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.OWNER)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "account"], name="one_membership")]

    def __str__(self) -> str:
        return f"{self.user} in {self.account}"

    @classmethod
    def of(cls, user: User, account_id: int | None = None) -> Membership | None:
        """The user's part in that account; without one, or no longer there, in their first."""
        places = cls.objects.filter(user=user).select_related("account").order_by("id")
        chosen = places.filter(account=account_id).first() if account_id else None
        return chosen or places.first()

    @property
    def rights(self) -> frozenset[Right]:
        """What the member may change in the account."""
        return Role(self.role).rights
