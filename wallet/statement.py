"""What a customer reads about their money: the summary and the statement's lines.

Reads only; nothing here moves money.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from accounts.models import Account
from wallet.amounts import images, usd
from wallet.models import Book, Transfer, Unit

LINES_PER_PAGE = 30


@dataclass(frozen=True, slots=True)
class Summary:
    """An account's books at one moment, in micro-dollars and images."""

    balance_micros: int
    held_micros: int
    trials_balance: int
    trials_held: int

    @property
    def available_micros(self) -> int:
        return self.balance_micros - self.held_micros

    @property
    def trials_available(self) -> int:
        return self.trials_balance - self.trials_held

    def affords(self, price_micros: int) -> bool:
        """Whether one image at that price can be reserved now."""
        in_debt = self.balance_micros < 0
        return not in_debt and (self.trials_available > 0 or self.available_micros >= price_micros)


@dataclass(frozen=True, slots=True)
class Line:
    """One transfer as its customer sees it."""

    created_at: datetime
    kind_label: str
    memo: str
    amount_label: str
    is_credit: bool


def summary(account: Account) -> Summary:
    """The account's books in one query."""
    books = {book.unit: book for book in Book.objects.filter(account=account)}
    money, trials = books[Unit.USD], books[Unit.IMAGE]
    return Summary(money.balance, money.held, trials.balance, trials.held)


def lines(account: Account, before: int | None = None) -> tuple[list[Line], int | None]:
    """One page of the statement, newest first, and the cursor of the next page or None."""
    books = {book.pk for book in Book.objects.filter(account=account)}
    transfers = Transfer.objects.filter(Q(debit__in=books) | Q(credit__in=books))
    if before is not None:
        transfers = transfers.filter(pk__lt=before)
    page = list(transfers.select_related("debit").order_by("-pk")[: LINES_PER_PAGE + 1])
    shown = page[:LINES_PER_PAGE]
    more = len(page) > LINES_PER_PAGE
    return [_line(transfer, books) for transfer in shown], shown[-1].pk if more else None


def _line(transfer: Transfer, books: set[int]) -> Line:
    is_credit = transfer.credit_id in books
    amount = images if transfer.debit.unit == Unit.IMAGE else usd
    return Line(
        created_at=transfer.created_at,
        kind_label=str(transfer.get_kind_display()),
        memo=transfer.memo,
        amount_label=("+" if is_credit else "−") + amount(transfer.amount),
        is_credit=is_credit,
    )
