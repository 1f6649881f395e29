"""The timetable in the database is what the code says, whoever wrote it and whatever clocks did."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.module_loading import import_string
from django_q.conf import Conf
from django_q.models import Schedule

from generations.background import timetable
from tests.at_once import at_once

pytestmark = pytest.mark.faults


@pytest.fixture(autouse=True)
def written(database: None) -> None:
    timetable.write()


def test_machines_that_start_together_write_it_once() -> None:
    Schedule.objects.all().delete()
    assert at_once([timetable.write] * 6) == [None] * 6
    names = Schedule.objects.order_by("name").values_list("name", flat=True)
    assert list(names) == sorted(timetable.TIMED)


def test_a_start_moves_nothing_and_removes_what_is_no_longer_called() -> None:
    later = timezone.now() + timedelta(seconds=30)
    Schedule.objects.update(next_run=later)
    Schedule.objects.create(name="runner", func="generations.runner.run", next_run=later)
    timetable.write()
    assert set(Schedule.objects.values_list("name", "next_run")) == {
        (name, later) for name in timetable.TIMED
    }


def test_all_that_is_called_exists_and_ends_before_it_is_handed_out_again() -> None:
    for timed in timetable.TIMED.values():
        assert callable(import_string(timed.func))
        assert timed.timeout_seconds < Conf.RETRY


def test_nights_begin_at_their_hour() -> None:
    Schedule.objects.all().delete()
    timetable.write()
    now = timezone.now()
    for each in Schedule.objects.filter(schedule_type=Schedule.DAILY):
        assert each.next_run.hour == timetable.TIMED[each.name].hour
        assert now < each.next_run <= now + timedelta(days=1)


def test_a_clock_that_ran_ahead_puts_nothing_off() -> None:
    now = timezone.now()
    Schedule.objects.update(next_run=now + timedelta(days=40))
    timetable.correct()
    next_runs = dict(Schedule.objects.values_list("name", "next_run"))
    assert next_runs["wallet every minute"] < timezone.now()
    assert now < next_runs["wallet nightly"] <= now + timedelta(days=1)


def test_a_clock_that_is_right_moves_nothing() -> None:
    due = {"wallet every minute": timedelta(minutes=1), "wallet nightly": timedelta(hours=24)}
    for name, wait in due.items():
        Schedule.objects.filter(name=name).update(next_run=timezone.now() + wait)
    before = set(Schedule.objects.values_list("name", "next_run"))
    timetable.correct()
    assert set(Schedule.objects.values_list("name", "next_run")) == before
