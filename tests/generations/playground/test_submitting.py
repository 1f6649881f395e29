"""A store that takes a reference image and will not give it up: the customer hears what matters."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from generations.models import Job
from tests.api.calls import SUBMIT, base64_text
from tests.api.doors import django_door
from tests.at_once import at_once
from tests.conftest import Customer, NewCustomer
from tests.generations.runner.scripted import picture
from tests.generations.stores.storage_server import StorageServer, UseStore, storage, use_store

__all__ = ["storage", "use_store"]


Kept = Callable[[], AbstractContextManager[str]]


@pytest.fixture
def kept(storage: StorageServer, use_store: UseStore) -> Kept:
    """For the length of a block, a bucket where files can be put and read, and never removed."""

    @contextmanager
    def keep() -> Iterator[str]:
        bucket = storage.bucket()
        with storage.guarded("s3:GetObject", "s3:PutObject") as keys:
            use_store({**storage.environment(bucket), **keys})
            yield bucket

    return keep


@pytest.fixture
def poor(new_customer: NewCustomer) -> Customer:
    return new_customer("poor")


def test_in_the_playground(
    poor: Customer, kept: Kept, storage: StorageServer, caplog: pytest.LogCaptureFixture
) -> None:
    browser = Client()
    browser.force_login(poor.user)
    image = SimpleUploadedFile("shark.png", picture(), "image/png")
    with kept() as bucket:
        form = {"prompt": "a shark", "variant": "tiny", "image": image}
        answer = browser.post("/playground", form)
    assert answer.status_code == 422
    assert "Nothing was charged" in answer.content.decode()
    assert not Job.objects.filter(account=poor.account).exists()
    (key,) = storage.keys(bucket)
    assert f"{key.rpartition('/')[2]} stays for now" in caplog.text


def test_a_line_break_is_one_character(alice: Customer) -> None:
    """Browsers send two for it; the counter beside the field says one."""
    browser = Client()
    browser.force_login(alice.user)
    answer = browser.post("/playground", {"prompt": "a\r\n" * 997 + "shark", "variant": "tiny"})
    assert answer.status_code < 400
    assert Job.objects.get(account=alice.account).prompt == "a\n" * 997 + "shark"


def test_through_the_api(alice: Customer, kept: Kept, storage: StorageServer) -> None:
    """The same request at the same time: all but one have stored an image that no job uses."""
    body = {"prompt": "a shark", "variant": "tiny", "image": base64_text(picture())}
    headers = {**alice.headers, "Idempotency-Key": "once"}

    def submit() -> str:
        with django_door() as client:
            return client.post(SUBMIT, headers=headers, json=body).text

    with kept() as bucket:
        answers = at_once([submit] * 4)
    job = Job.objects.get(account=alice.account)
    assert [str(job.pk) in str(answer) for answer in answers] == [True] * 4, answers
    assert len(storage.keys(bucket)) > 1
