"""The store keeps what jobs need, for as long as the operator wants, and nothing else."""

import shutil
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine
from django.db.models.functions import Now
from django.test import override_settings

from generations import audit
from generations.models import Job
from generations.sync import sweep
from tests.conftest import Customer
from tests.generations.sync.ended import completed, failed
from tests.generations.sync.stored import grow_old, path_of, reference, result
from tests.underway import processing

DAY = 86_400
MINUTE = 60


def test_what_no_job_wants_is_removed(alice: Customer) -> None:
    (_, orphan), (_, young), (wanted, kept) = result(), result(DAY - MINUTE), result()
    job = completed(alice, wanted)
    sweep.images()
    assert [path.exists() for path in (orphan, young, kept)] == [False, True, True]
    job.refresh_from_db()
    assert job.image_deleted_at is None


def test_a_clock_that_is_hours_off_removes_nothing_of_a_job_under_way() -> None:
    _, path = result(seconds_old=0)
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=14)):
        sweep.images()
    assert path.exists()


def test_a_reference_stays_with_its_job(alice: Customer) -> None:
    (_, orphan), (_, young), (wanted, kept), (old, ended) = (
        reference(),
        reference(60),
        reference(),
        reference(),
    )
    Job.objects.filter(pk=processing(alice).pk).update(input_name=wanted)
    failed(alice, input_name=old)
    sweep.references()
    assert [path.exists() for path in (orphan, young, kept, ended)] == [False, True, True, True]


def test_what_never_became_whole_is_removed() -> None:
    (_, old), (_, young) = result(), result(0)
    # Of the same age as what they would have become.
    parts = [Path(shutil.copy2(path, f"{path}.0123456789abcdef.part")) for path in (old, young)]
    sweep.parts()
    assert [path.exists() for path in (*parts, old, young)] == [False, True, True, True]


def test_more_than_a_page_is_swept(alice: Customer) -> None:
    folder = path_of("images", f"{uuid.uuid4().hex}.png").parent
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"{folder.name}{uuid.uuid4().hex[2:]}.png" for _ in range(1100)]
    for name in names:
        (folder / name).touch()
        grow_old("images", name, 2 * DAY)
    for name in (names[0], names[-1]):
        completed(alice, name)
    sweep.images()
    assert [name for name in names if (folder / name).exists()] == [names[0], names[-1]]


def test_images_are_kept_as_long_as_the_operator_says(alice: Customer) -> None:
    (old_name, old), (new_name, new) = result(), result()
    forgotten = completed(alice, old_name, finished_at=Now() - timedelta(days=31))
    remembered = completed(alice, new_name, finished_at=Now() - timedelta(days=29))
    sweep.images()
    assert old.exists()
    with override_settings(KEEP_IMAGES_DAYS=30):
        sweep.images()
    assert (old.exists(), new.exists()) == (False, True)
    forgotten.refresh_from_db()
    remembered.refresh_from_db()
    assert forgotten.image_deleted_at
    assert (forgotten.status, forgotten.image_name) == ("completed", old_name)
    assert remembered.image_deleted_at is None
    assert audit.findings() == [], "its charge stays"


def test_what_a_crash_left_is_removed_by_the_next_sweep(alice: Customer) -> None:
    name, path = result()
    completed(alice, name, image_deleted_at=Now())
    sweep.images()
    assert not path.exists()


def test_references_are_kept_as_long_as_the_operator_says(alice: Customer) -> None:
    (old_name, old), (new_name, new), (open_name, needed) = reference(), reference(), reference()
    forgotten = failed(alice, input_name=old_name, finished_at=Now() - timedelta(days=2))
    failed(alice, input_name=new_name)
    Job.objects.filter(pk=processing(alice).pk).update(input_name=open_name)
    with override_settings(KEEP_REFERENCES_DAYS=1):
        sweep.references()
    assert [path.exists() for path in (old, new, needed)] == [False, True, True]
    forgotten.refresh_from_db()
    assert forgotten.input_name == ""
