"""An Account pays, and a Membership says who may act for it, and as what."""

from __future__ import annotations

from django.db import models, transaction
from django.db.models import Q
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models.users import User
from accounts.roles import Right, Role

# Sent inside the transaction that made it true, with `account`.
account_opened = Signal()
# Also with `is_returning`: whether its owner had an account before.
account_verified = Signal()
account_closed = Signal()

NAME_MAX_CHARACTERS = 200


class Account(models.Model):
    """The customer: what is paid, owned, suspended and closed together."""

    name = models.CharField(_("name"), max_length=NAME_MAX_CHARACTERS)
    members = models.ManyToManyField(
        User, through="Membership", related_name="accounts", verbose_name=_("members")
    )
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True, editable=False)
    suspended_at = models.DateTimeField(_("suspended at"), null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True, editable=False)
    # When nothing personal was left of a closed account, in any room.
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        indexes = [
            models.Index(
                fields=["closed_at"],
                condition=Q(closed_at__isnull=False, erased_at=None),
                name="account_to_erase",
            )
        ]

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
        open_ones = cls.objects.filter(members=user, closed_at=None)
        return open_ones.order_by("membership__id").first()

    @property
    def is_suspended(self) -> bool:
        return self.suspended_at is not None

    def verify(self, is_returning: bool = False) -> None:
        """Marks the account's e-mail as verified; only the first time does anything."""
        with transaction.atomic():
            now = timezone.now()
            waiting = Account.objects.filter(pk=self.pk, verified_at=None)
            if waiting.update(verified_at=now):
                self.verified_at = now
                account_verified.send(Account, account=self, is_returning=is_returning)

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

    user = models.ForeignKey(User, on_delete=models.CASCADE, verbose_name=_("user"))
    account = models.ForeignKey(Account, on_delete=models.CASCADE, verbose_name=_("account"))
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.OWNER)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [models.UniqueConstraint(fields=["user", "account"], name="one_membership")]

    def __str__(self) -> str:
        return gettext("%(user)s in %(account)s") % {"user": self.user, "account": self.account}

    @classmethod
    def all_of(cls, user: User) -> models.QuerySet[Membership]:
        """The user's parts in open accounts, the first one first."""
        places = cls.objects.filter(user=user, account__closed_at=None)
        return places.select_related("account").order_by("id")

    @classmethod
    def of(cls, user: User, account_id: int | None = None) -> Membership | None:
        """The user's part in that account; without one, or no longer there, in their first."""
        places = cls.all_of(user)
        chosen = places.filter(account=account_id).first() if account_id else None
        return chosen or places.first()

    @property
    def rights(self) -> frozenset[Right]:
        """What the member may change in the account."""
        return Role(self.role).rights
