"""`manage.py create_customer`: a verified customer, ready to use, for operators and demos.

Run again for the same e-mail it changes only what is asked for, and nothing twice.
"""

import json
import uuid
from argparse import ArgumentTypeError
from collections.abc import Callable
from typing import Any

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.db.models import Field, Model
from django.utils.translation import gettext_noop

from accounts.models import Account, User
from keys.models import Key
from wallet import ledger
from wallet.amounts import images, parse_usd, usd
from wallet.models import MICROS_PER_USD, Unit
from wallet.statement import summary


class Command(BaseCommand):
    help = "Makes a verified customer, or gives an existing one what is asked for."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True, type=_fit_for(User, "email"))
        parser.add_argument("--password", help="Needed for a new customer; else sets a new one.")
        parser.add_argument("--credit", default="0", help="Dollars to add, such as 10 or 10.50.")
        parser.add_argument("--trials", type=_count, help="Free images they shall have left.")
        parser.add_argument(
            "--token",
            metavar="NAME",
            type=_fit_for(Key, "name"),
            help="Makes an API token and prints it.",
        )
        parser.add_argument("--json", action="store_true", help="Prints one JSON object.")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        user = _user(options["email"], options["password"])
        account = Account.open_for(user)
        account.verify()
        _give(account, options["credit"], options["trials"])
        token = Key.create(account, options["token"], user)[1] if options["token"] else None
        wallet = summary(account)
        result = {
            "email": user.email,
            "account": account.pk,
            "balance_usd": wallet.balance_micros / MICROS_PER_USD,
            "trials": wallet.trials_available,
            "token": token,
        }
        if options["json"]:
            self.stdout.write(json.dumps(result))
            return
        money, trials = usd(wallet.balance_micros), images(wallet.trials_available)
        self.stdout.write(f"{user.email}: {money}, {trials} left")
        if token:
            self.stdout.write(f"API token, shown only now: {token}")


def _fit_for(model: type[Model], name: str) -> Callable[[str], str]:
    """Reads an argument by the rules of the model's field."""
    field = model._meta.get_field(name)
    assert isinstance(field, Field)

    def read(text: str) -> str:
        try:
            return str(field.clean(text, None))
        except ValidationError as error:
            raise ArgumentTypeError(" ".join(error.messages)) from None

    return read


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 1_000_000:
        raise ArgumentTypeError("a number from 0 to 1000000")
    return int(text)


def _user(email: str, password: str | None) -> User:
    user = User.objects.filter(email=User.objects.normalize_email(email)).first()
    if user is None:
        if not password:
            raise CommandError("--password is needed for a new customer.")
        user = User.objects.create_user(email, password)
    elif password:
        user.set_password(password)
        user.save(update_fields=["password"])
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
    return user


def _give(account: Account, credit: str, trials: int | None) -> None:
    reference, memo = f"operator:{uuid.uuid4()}", gettext_noop("From the operator")
    try:
        amount_micros = parse_usd(credit)
    except ValueError as error:
        raise CommandError(f"--credit: {error}") from None
    # Free images first, as everywhere: `reserve` locks the books in that order.
    missing = 0 if trials is None else trials - summary(account).trials_available
    if missing > 0:
        ledger.credit_by_staff(account, Unit.IMAGE, missing, f"{reference}:images", memo)
    elif missing < 0:
        ledger.debit_by_staff(account, Unit.IMAGE, -missing, f"{reference}:images", memo)
    if amount_micros:
        ledger.credit_by_staff(account, Unit.USD, amount_micros, reference, memo)
