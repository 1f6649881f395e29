"""`manage.py copy_files` brings what jobs refer to into the bucket, and can be run again."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from generations import files, jobs
from generations.models import Job
from tests.conftest import Customer
from tests.generations.stores.storage_server import StorageServer, UseStore, storage, use_store
from tests.underway import processing

__all__ = ["storage", "use_store"]

DATA = b"\x89PNG" * 1000


@pytest.fixture(autouse=True)
def data_folder(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def job(alice: Customer) -> Job:
    """A finished job whose two files are in the data folder."""
    job = processing(alice)
    Job.objects.filter(pk=job.pk).update(input_name=files.save_input(DATA[:100], "jpg"))
    assert jobs.complete(job, files.save_result(DATA))
    job.refresh_from_db()
    return job


@pytest.fixture
def bucket(storage: StorageServer, use_store: UseStore, job: Job) -> str:
    """Where the deployment keeps its files, from after the job on."""
    files.save_result(b"of no job")
    name = storage.bucket()
    use_store(storage.environment(name))
    return name


def keys(job: Job) -> list[str]:
    return [
        f"images/{job.image_name[:2]}/{job.image_name}",
        f"inputs/{job.input_name[:2]}/{job.input_name}",
    ]


def test_copies_what_jobs_refer_to(
    job: Job, bucket: str, storage: StorageServer, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("copy_files")
    assert storage.keys(bucket) == keys(job)
    assert storage.client().get_object(Bucket=bucket, Key=keys(job)[0])["Body"].read() == DATA
    assert capsys.readouterr().out.splitlines() == [
        "images: 1 copied, 0 were there before",
        "inputs: 1 copied, 0 were there before",
    ]
    call_command("copy_files")
    assert "images: 0 copied, 1 were there before" in capsys.readouterr().out
    # The originals stay until the operator removes them.
    with files.data_folder().open(keys(job)[0]) as file:
        assert file.read() == DATA


def test_a_broken_copy_is_made_anew(job: Job, bucket: str, storage: StorageServer) -> None:
    storage.client().put_object(Bucket=bucket, Key=keys(job)[0], Body=DATA[:10])
    call_command("copy_files")
    assert files.store("images").read(keys(job)[0]) == DATA


def test_goes_on_where_it_stopped(job: Job, bucket: str, storage: StorageServer) -> None:
    storage.stop()
    try:
        with pytest.raises(CommandError, match="Run it again"):
            call_command("copy_files")
    finally:
        storage.start()
    call_command("copy_files")
    assert storage.keys(bucket) == keys(job)


def test_needs_a_bucket(job: Job) -> None:
    with pytest.raises(CommandError, match="SHARKAPI_S3_"):
        call_command("copy_files")
