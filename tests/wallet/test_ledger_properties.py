"""Whatever is asked of the ledger in whatever order, it agrees with a few lines of arithmetic."""

import uuid
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from accounts.models import Account
from wallet import ledger
from wallet.audit import drifts
from wallet.models import Unit
from wallet.statement import Summary, summary

ACCOUNTS = st.integers(0, 1)
# Mostly money, since a book of images that is never empty keeps money from being reserved.
UNITS = st.sampled_from([Unit.USD, Unit.USD, Unit.USD, Unit.IMAGE])
# Few and small, so that books run empty and references meet again.
AMOUNTS = st.integers(1, 9)
IMAGES = st.integers(1, 2)
PRICES = st.integers(1, 5)
NAMES = st.integers(0, 15)


@dataclass
class Purse:
    """What one account should have, by unit."""

    balance: dict[str, int] = field(default_factory=lambda: {"usd": 0, "image": 0})
    held: dict[str, int] = field(default_factory=lambda: {"usd": 0, "image": 0})

    def available(self, unit: str) -> int:
        return self.balance[unit] - self.held[unit]


@dataclass(frozen=True)
class Reserved:
    """A hold in the model."""

    hold_id: int
    account: int
    unit: str
    amount: int


class Ledger(RuleBasedStateMachine):
    holds: Bundle[Reserved] = Bundle("holds")

    @initialize()
    def open_accounts(self) -> None:
        self.run = uuid.uuid4().hex
        self.purses = [Purse() for _ in range(2)]
        # Kind and name of each movement made, with what it moved.
        self.made: dict[tuple[str, int], tuple[int, str, int]] = {}
        self.resolved: set[int] = set()
        self.accounts = [Account.objects.create(name=f"property {n}") for n in range(2)]
        for number, account in enumerate(self.accounts):
            ledger.open_books(account)
            self.move("credit", number, Unit.USD, 10, name=-1 - number)

    def move(self, kind: str, account: int, unit: Unit, amount: int, name: int) -> None:
        """Moves by the ledger and by the model, and compares what they say."""
        movement = (account, unit.value, amount)
        earlier = self.made.get((kind, name))
        is_debit = kind == "debit"
        expected: object = True
        if is_debit and self.purses[account].available(unit.value) < amount and not earlier:
            expected = ledger.InsufficientBalance
        elif earlier:
            expected = False if earlier == movement else ledger.ReferenceReused
        if expected is True:
            self.made[kind, name] = movement
            self.purses[account].balance[unit.value] += -amount if is_debit else amount
        target, reference = self.accounts[account], f"property:{self.run}:{name}"
        result: object
        try:
            if kind == "grant":
                result = ledger.grant_trials(target, amount, reference, "")
            elif is_debit:
                result = ledger.debit_by_staff(target, unit, amount, reference, "")
            else:
                result = ledger.credit_by_staff(target, unit, amount, reference, "")
        except (ledger.InsufficientBalance, ledger.ReferenceReused) as error:
            result = type(error)
        assert result == expected

    @rule(account=ACCOUNTS, unit=UNITS, amount=AMOUNTS, name=NAMES)
    def credit(self, account: int, unit: Unit, amount: int, name: int) -> None:
        self.move("credit", account, unit, amount, name)

    @rule(account=ACCOUNTS, unit=UNITS, amount=AMOUNTS, name=NAMES)
    def debit(self, account: int, unit: Unit, amount: int, name: int) -> None:
        self.move("debit", account, unit, amount, name)

    @rule(account=ACCOUNTS, amount=IMAGES, name=NAMES)
    def grant(self, account: int, amount: int, name: int) -> None:
        self.move("grant", account, Unit.IMAGE, amount, name)

    @rule(target=holds, account=ACCOUNTS, price=PRICES)
    def reserve(self, account: int, price: int) -> MultipleResults[Reserved] | Reserved:
        purse, number = self.purses[account], self.accounts[account].pk
        reference = f"property:{uuid.uuid4()}"
        unit = "image" if purse.available("image") >= 1 else "usd"
        amount = 1 if unit == "image" else price
        if purse.available(unit) < amount:
            with pytest.raises(ledger.InsufficientBalance):
                ledger.reserve(number, price, reference)
            return multiple()
        made = ledger.reserve(number, price, reference)
        assert (made.unit, made.amount) == (unit, amount)
        purse.held[unit] += amount
        return Reserved(made.hold_id, account, unit, amount)

    @rule(hold=holds, posts=st.booleans())
    def resolve(self, hold: Reserved, posts: bool) -> None:
        resolve = ledger.post if posts else ledger.void
        if hold.hold_id in self.resolved:
            with pytest.raises(ledger.HoldResolved):
                resolve(hold.hold_id)
            return
        resolve(hold.hold_id)
        self.resolved.add(hold.hold_id)
        self.purses[hold.account].held[hold.unit] -= hold.amount
        if posts:
            self.purses[hold.account].balance[hold.unit] -= hold.amount

    @invariant()
    def agrees(self) -> None:
        for account, purse in zip(self.accounts, self.purses, strict=True):
            assert summary(account) == Summary(
                purse.balance["usd"],
                purse.held["usd"],
                purse.balance["image"],
                purse.held["image"],
            )
        assert drifts() == []


def test_the_ledger_agrees_with_arithmetic(database: None) -> None:
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            database=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
