"""Whatever is reserved, resolved and counted in whatever order and month, budgets say the sum."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

import pytest
from django.db import connection
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
from wallet.ledger.budgets import this_month
from wallet.models import Budget, Unit

NAMES = st.integers(0, 1)
PRICES = st.integers(1, 5)
# Low, so that it is reached; or none.
LIMITS = st.tuples(st.integers(3, 9), st.integers(3, 9))
# Months are longer than days, and most jobs end well.
RARELY = st.sampled_from([False, False, False, True])
MOSTLY = st.sampled_from([True, True, True, False])
IMAGES = st.integers(0, 2)
OWN = "SELECT id FROM wallet_hold WHERE reference LIKE %(like)s"
BACK = "- interval '1 month'"


@dataclass
class Reserved:
    """A hold in the model; `age` is in months."""

    hold_id: int
    name: int
    unit: str
    amount: int
    counts: bool
    status: str = "held"
    age: int = 0


def total(holds: Iterable[Reserved]) -> int:
    return sum(each.amount for each in holds)


class Budgets(RuleBasedStateMachine):
    holds: Bundle[Reserved] = Bundle("holds")

    @initialize(limits=LIMITS, images=IMAGES)
    def open_account(self, limits: tuple[int, int], images: int) -> None:
        self.run, self.limits = uuid.uuid4().hex, limits
        self.made: list[Reserved] = []
        # Names under which something was counted that no limit had held back.
        self.late: set[int] = set()
        self.money, self.images = 25, images
        self.account = Account.objects.create(name="property")
        ledger.open_books(self.account)
        ledger.credit_by_staff(self.account, Unit.USD, self.money, f"{self.run}:usd", "")
        if images:
            ledger.credit_by_staff(self.account, Unit.IMAGE, images, f"{self.run}:image", "")

    def name(self, number: int) -> str:
        return f"property:{self.run}:{number}"

    def used(self, number: int) -> list[Reserved]:
        """What counts under the name in this month."""
        return [
            each
            for each in self.made
            if each.name == number and each.counts and each.age == 0 and each.status != "voided"
        ]

    @rule(target=holds, name=NAMES, price=PRICES, is_limited=MOSTLY)
    def reserve(
        self, name: int, price: int, is_limited: bool
    ) -> MultipleResults[Reserved] | Reserved:
        limit = ledger.Limit(self.name(name), self.limits[name]) if is_limited else None
        room = self.limits[name] - total(self.used(name))
        reference = f"{self.name(name)}:{uuid.uuid4()}"
        refused: type[Exception] | None = None
        if not self.images and self.money < price:
            refused = ledger.InsufficientBalance
        elif not self.images and limit and room < price:
            refused = ledger.LimitReached
        if refused:
            with pytest.raises(refused):
                ledger.reserve(self.account.pk, price, reference, limit=limit)
            return multiple()
        made = ledger.reserve(self.account.pk, price, reference, limit=limit)
        if made.unit == "image":
            self.images -= 1
        else:
            self.money -= price
        counts = is_limited and made.unit == "usd"
        hold = Reserved(made.hold_id, name, made.unit, made.amount, counts)
        self.made.append(hold)
        return hold

    @rule(hold=holds, posts=MOSTLY)
    def resolve(self, hold: Reserved, posts: bool) -> None:
        resolve = ledger.post if posts else ledger.void
        if hold.status != "held":
            with pytest.raises(ledger.HoldResolved):
                resolve(hold.hold_id)
            return
        resolve(hold.hold_id)
        hold.status = "posted" if posts else "voided"
        if not posts and hold.unit == "image":
            self.images += 1
        elif not posts:
            self.money += hold.amount

    @rule(name=NAMES)
    def count(self, name: int) -> None:
        missed = [
            each
            for each in self.made
            if (each.name, each.unit, each.age) == (name, "usd", 0)
            and not each.counts
            and each.status != "voided"
        ]
        like = {"like": f"{self.name(name)}:%"}
        ledger.count(self.name(name), OWN, like)
        for each in missed:
            each.counts = True
        if missed:
            self.late.add(name)

    @rule(turns=RARELY)
    def turn_the_month(self, turns: bool) -> None:
        if not turns:
            return
        for each in self.made:
            each.age += 1
        self.late.clear()
        with connection.cursor() as cursor:
            for budget in Budget.objects.filter(name__contains=self.run).order_by("month"):
                back = f"UPDATE wallet_budget SET month = month {BACK} WHERE id = %s"
                cursor.execute(back, [budget.pk])
            back = f"UPDATE wallet_hold SET created_at = created_at {BACK} WHERE reference LIKE %s"
            cursor.execute(back, [f"property:{self.run}%"])

    @invariant()
    def agrees(self) -> None:
        budgets = Budget.objects.filter(name__contains=self.run, month=this_month())
        found = {budget.name: (budget.held, budget.spent) for budget in budgets}
        for name in range(2):
            used = self.used(name)
            held = total(each for each in used if each.status == "held")
            assert found.get(self.name(name), (0, 0)) == (held, total(used) - held)
            assert total(used) <= self.limits[name] or name in self.late
        assert drifts() == []


def test_budgets_agree_with_arithmetic(database: None) -> None:
    run_state_machine_as_test(
        Budgets,
        settings=settings(
            max_examples=30,
            stateful_step_count=25,
            deadline=None,
            database=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
