"""Chores: each list in one process at a time, a fault in one holds no other up, and old events
are forgotten when the operator says so."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings
from django.utils import timezone

from sharkweb import environment
from tests.at_once import at_once
from wallet import chores, old_events
from wallet.models import Alert, StripeEvent


def test_a_list_is_run_by_one_at_a_time() -> None:
    released = threading.Event()
    waited: list[bool] = []
    refused: list[int] = []

    def slow() -> None:
        waited.append(released.wait(10))

    def attempt() -> None:
        chores.run_alone("a test", (slow,))
        refused.append(1)
        if len(refused) == 2:
            # Another list is not held up.
            chores.run_alone("another test", (released.set,))

    assert at_once([attempt] * 3) == [None] * 3
    assert waited == [True]
    chores.run_alone("a test", (slow,))
    assert waited == [True, True]


def test_a_fault_holds_no_other_up_and_lets_the_list_go() -> None:
    done: list[int] = []

    def faulty() -> None:
        raise RuntimeError("a fault of the test's own")

    for _ in range(2):
        chores.run_alone("a test", (faulty, lambda: done.append(1)))
    assert done == [1, 1]
    assert (
        Alert.objects.filter(kind="chore", text__contains="a fault of the test's own").count() == 1
    )


def test_old_events_are_forgotten_when_the_operator_says_so() -> None:
    now = timezone.now()
    old, new = (
        StripeEvent.objects.create(id=f"evt_{uuid.uuid4().hex}", outcome="x", received_at=at)
        for at in (now - timedelta(days=31), now - timedelta(days=29))
    )
    assert old_events.prune() == 0
    with override_settings(KEEP_STRIPE_EVENTS_DAYS=30):
        assert old_events.prune() >= 1
    assert list(StripeEvent.objects.filter(pk__in=[old.pk, new.pk])) == [new]


def test_days_are_a_number_or_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    assert environment.days("SHARKAPI_KEEP_NOTHING_DAYS") is None
    for value, expected in (("", None), ("30", 30)):
        monkeypatch.setenv("SHARKAPI_KEEP_NOTHING_DAYS", value)
        assert environment.days("SHARKAPI_KEEP_NOTHING_DAYS") == expected
    for value in ("0", "-1", "soon"):
        monkeypatch.setenv("SHARKAPI_KEEP_NOTHING_DAYS", value)
        with pytest.raises(ImproperlyConfigured):
            environment.days("SHARKAPI_KEEP_NOTHING_DAYS")
