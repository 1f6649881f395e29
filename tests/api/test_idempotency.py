"""Idempotency-Key: a submission that is sent again makes no second job, and costs nothing more."""

import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.db.models.functions import Now
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from generations import files, jobs
from generations.models import CatalogueModel, Job
from generations.sync import sweep
from keys.models import Key
from tests.api.calls import (
    HTTP,
    PRICE_MICROS,
    SUBMIT,
    base64_text,
    cancel,
    check_refused,
    check_untouched,
    claimed,
    completed,
    exchange,
    picture,
    submit,
    submit_once,
    wallet,
)
from tests.api.doors import django_door
from tests.conftest import Customer, NewCustomer
from tests.generations.sync.stored import grow_old
from wallet import ledger
from wallet.models import Hold, Unit

CREDIT_MICROS = 10_000_000
DAY_SECONDS = 86_400
IMAGE = base64_text(picture())
OTHER_IMAGE = base64_text(picture(side=65))
URL = "https://example.com/a.png"


def one_job(customer: Customer, held_micros: int = PRICE_MICROS) -> Job:
    """The customer's only job, and their only hold."""
    assert Hold.objects.filter(book__account=customer.account).count() == 1
    assert wallet(customer)[1] == held_micros
    return Job.objects.get(account=customer.account)


def inputs() -> set[Path]:
    """All reference images that are stored."""
    return {path for path in Path(settings.MEDIA_ROOT, "inputs").rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "fields", [{}, {"image": IMAGE}, {"image_url": URL}, {"variant": "1k"}], ids=str
)
def test_again(site: str, alice: Customer, fields: dict[str, str]) -> None:
    first = submit_once(site, alice, "order-1", **fields)
    assert first.status_code == 202
    kept = inputs()
    for _ in range(3):
        again = submit_once(site, alice, "order-1", **fields)
        assert (again.status_code, again.content) == (202, first.content)
    job = one_job(alice)
    assert (str(job.pk), job.idempotency_key) == (first.json()["job_id"], "order-1")
    assert inputs() == kept, "the image that came again is not kept again"


def test_without_a_key_each_is_another(site: str, alice: Customer) -> None:
    ids = {submit(site, alice).json()["job_id"] for _ in range(2)}
    ids |= {submit_once(site, alice, key).json()["job_id"] for key in ("order-1", "Order-1")}
    assert len(ids) == 4
    assert wallet(alice) == (CREDIT_MICROS, 4 * PRICE_MICROS)


def finish(site: str, customer: Customer, job_id: str, how: str) -> None:
    if how == "processing":
        claimed(job_id)
    elif how == "completed":
        completed(job_id, f"{uuid.uuid4().hex}.png")
    elif how == "failed":
        jobs.fail(uuid.UUID(job_id), Job.FailureKind.PROVIDER, "It failed.")
    else:
        cancel(site, customer, job_id)


@pytest.mark.parametrize("how", ["processing", "completed", "failed", "cancelled"])
def test_whatever_became_of_it(site: str, alice: Customer, how: str) -> None:
    first = submit_once(site, alice, "order-1")
    finish(site, alice, first.json()["job_id"], how)
    before = wallet(alice)
    again = submit_once(site, alice, "order-1")
    assert (again.status_code, again.content) == (202, first.content)
    assert wallet(alice) == before
    one_job(alice, held_micros=before[1])


def test_when_the_money_is_gone(site: str, new_customer: NewCustomer) -> None:
    customer = new_customer(credit_micros=PRICE_MICROS)
    first = submit_once(site, customer, "order-1")
    assert submit_once(site, customer, "order-1").content == first.content
    check_refused(submit_once(site, customer, "order-2"), "INSUFFICIENT_BALANCE")


def test_when_the_offer_has_changed(site: str, alice: Customer) -> None:
    offer = CatalogueModel.objects.create(
        variant="season", engine="demo", price_micros=20_000, width=64, height=64, active=True
    )
    first = submit_once(site, alice, "order-1", variant="season")
    CatalogueModel.objects.filter(pk=offer.pk).update(price_micros=70_000)
    assert submit_once(site, alice, "order-1", variant="season").content == first.content
    CatalogueModel.objects.filter(pk=offer.pk).update(active=False)
    assert submit_once(site, alice, "order-1", variant="season").content == first.content
    check_refused(submit_once(site, alice, "order-2", variant="season"), "NO_ACTIVE_MODEL")


def test_a_free_image_stays_free(site: str, new_customer: NewCustomer) -> None:
    customer = new_customer(credit_micros=CREDIT_MICROS, trials=1)
    first = submit_once(site, customer, "order-1")
    assert first.json()["price_usd"] == 0
    assert submit_once(site, customer, "order-1").content == first.content
    assert wallet(customer, Unit.IMAGE) == (1, 1)
    one_job(customer, held_micros=0)


def test_with_another_token_of_the_account(site: str, alice: Customer) -> None:
    key, token = Key.create(alice.account, "another", alice.user)
    other = Customer(alice.user, alice.account, key, token)
    first = submit_once(site, alice, "order-1")
    assert submit_once(site, other, "order-1").content == first.content
    one_job(alice)


def test_another_account_has_keys_of_its_own(site: str, alice: Customer, bob: Customer) -> None:
    hers = submit_once(site, alice, "order-1").json()["job_id"]
    his = submit_once(site, bob, "order-1", prompt="bobs shark").json()["job_id"]
    assert hers != his
    assert str(one_job(alice).pk) == hers
    assert str(one_job(bob).pk) == his


def test_a_mirrored_image_url_is_still_an_address(site: str, alice: Customer) -> None:
    first = submit_once(site, alice, "order-1", image_url=URL)
    job = claimed(first.json()["job_id"])
    assert jobs.note_mirrored(job, files.save_input(picture(), "png"))
    assert submit_once(site, alice, "order-1", image_url=URL).content == first.content
    refused = submit_once(site, alice, "order-1", image=IMAGE)
    check_refused(refused, "IDEMPOTENCY_CONFLICT")


def test_an_image_that_is_not_kept_any_more(site: str, alice: Customer) -> None:
    first = submit_once(site, alice, "order-1", image=IMAGE)
    job = Job.objects.get(account=alice.account)
    assert jobs.fail(job.pk, Job.FailureKind.PROVIDER, "It failed.")
    file = grow_old("inputs", job.input_name, 3 * DAY_SECONDS)
    Job.objects.filter(pk=job.pk).update(finished_at=Now() - timedelta(days=2))
    with override_settings(KEEP_REFERENCES_DAYS=1):
        sweep.references()
    job.refresh_from_db()
    assert (job.input_name, file.exists()) == ("", False)
    assert submit_once(site, alice, "order-1", image=IMAGE).content == first.content
    for fields in ({}, {"image": OTHER_IMAGE}, {"image": ""}, {"image_url": URL}):
        refused = submit_once(site, alice, "order-1", **fields)
        check_refused(refused, "IDEMPOTENCY_CONFLICT")


def test_the_image_of_an_earlier_release(site: str, alice: Customer) -> None:
    """It was not noted which one it was, so that only the rest can speak against it."""
    first = submit_once(site, alice, "order-1", image=IMAGE)
    Job.objects.filter(account=alice.account).update(input_digest=None)
    assert submit_once(site, alice, "order-1", image=IMAGE).content == first.content
    refused = submit_once(site, alice, "order-1", image=IMAGE, prompt="another shark")
    check_refused(refused, "IDEMPOTENCY_CONFLICT")


@pytest.mark.parametrize(
    "written", [f"data:image/png;base64,{IMAGE}", f"{IMAGE[:76]}\r\n{IMAGE[76:]}"]
)
def test_the_same_image_written_otherwise(site: str, alice: Customer, written: str) -> None:
    first = submit_once(site, alice, "order-1", image=IMAGE)
    assert submit_once(site, alice, "order-1", image=written).content == first.content


def test_blanks_around_the_prompt_say_nothing(site: str, alice: Customer) -> None:
    first = submit_once(site, alice, "order-1", prompt="a shark")
    assert submit_once(site, alice, "order-1", prompt=" a shark\n").content == first.content


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({}, {"prompt": "another shark"}),
        ({}, {"variant": "1k"}),
        ({"variant": None}, {}),
        ({}, {"variant": "8k"}),
        ({}, {"image_url": URL}),
        ({"image_url": URL}, {}),
        ({"image_url": URL}, {"image_url": f"{URL}?2"}),
        ({"image_url": URL}, {"image": IMAGE}),
        ({}, {"image": IMAGE}),
        ({"image": IMAGE}, {}),
        ({"image": IMAGE}, {"image": OTHER_IMAGE}),
        ({}, {"image": ""}),
        ({"image": IMAGE}, {"image_url": URL}),
    ],
)
def test_another_request(
    site: str, alice: Customer, first: dict[str, object], second: dict[str, object]
) -> None:
    assert submit_once(site, alice, "order-1", **first).status_code == 202
    kept = inputs()
    refused = submit_once(site, alice, "order-1", **second)
    assert "new key" in check_refused(refused, "IDEMPOTENCY_CONFLICT")
    one_job(alice)
    assert inputs() == kept
    assert submit_once(site, alice, "order-1", **first).status_code == 202


def test_a_refusal_uses_no_key_up(site: str, new_customer: NewCustomer) -> None:
    customer = new_customer()
    kept = inputs()
    refused = submit_once(site, customer, "order-1", image=IMAGE)
    check_refused(refused, "INSUFFICIENT_BALANCE")
    check_refused(submit_once(site, customer, "order-1", prompt=""), "INVALID_REQUEST")
    check_untouched(customer)
    assert inputs() == kept
    reference = f"test:{uuid.uuid4()}"
    ledger.credit_by_staff(customer.account, Unit.USD, PRICE_MICROS, reference, "")
    assert submit_once(site, customer, "order-1").status_code == 202


def test_what_is_wrong_with_the_request_comes_first(site: str, alice: Customer) -> None:
    submit_once(site, alice, "order-1", image=IMAGE)
    for fields in ({"prompt": ""}, {"image": "!"}, {"image": IMAGE, "image_url": URL}):
        check_refused(submit_once(site, alice, "order-1", **fields), "INVALID_REQUEST")


@pytest.mark.parametrize("key", ["x", "~" * 255, '"8e03978e-40d5-43dd-bc93-6894a57f9324"', "a,b;c"])
def test_good_keys(site: str, alice: Customer, key: str) -> None:
    assert submit_once(site, alice, key).status_code == 202
    assert one_job(alice).idempotency_key == key


@pytest.mark.parametrize("key", ["", "a b", "a\tb", "x" * 256, "x" * 5000])
def test_bad_keys(site: str, alice: Customer, key: str) -> None:
    refused = submit_once(site, alice, key)
    assert check_refused(refused, "INVALID_REQUEST").startswith("Idempotency-Key must be ")
    check_untouched(alice)


@pytest.mark.parametrize("key", [b"\xe9", b"\xff\xfe", "\U0001f988".encode()])
def test_keys_beyond_ascii(site: str, alice: Customer, key: bytes) -> None:
    body = b'{"prompt":"x","variant":"tiny"}'
    head = f"POST {SUBMIT} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-API-Key: {alice.token}\r\n"
    head += f"Content-Length: {len(body)}\r\n"
    request = head.encode() + b"Idempotency-Key: " + key + b"\r\n\r\n" + body
    code, answer = exchange(site, request)
    assert (code, answer["code"]) == (400, "INVALID_REQUEST")
    check_untouched(alice)


def test_two_keys(site: str, alice: Customer) -> None:
    headers = [("X-API-Key", alice.token), ("Idempotency-Key", "a"), ("Idempotency-Key", "b")]
    body = {"prompt": "a shark", "variant": "tiny"}
    answers = [HTTP.post(site + SUBMIT, headers=headers, json=body) for _ in range(2)]
    # Whatever they are together, they are the same both times.
    assert answers[0].content == answers[1].content


def test_wrong_api_key_comes_first(site: str) -> None:
    headers = {"X-API-Key": "sk_live_wrong", "Idempotency-Key": "a b"}
    check_refused(HTTP.post(site + SUBMIT, headers=headers, json={}), "UNAUTHORIZED")


def test_statements(site: str, alice: Customer) -> None:
    """Without a key nothing is looked for; with one, one statement more; again, no writing."""
    body = {"prompt": "a shark", "variant": "tiny"}
    counts = []
    with django_door() as client:
        for key in (None, None, "order-1", "order-1"):
            headers = alice.headers | ({"Idempotency-Key": key} if key else {})
            with CaptureQueriesContext(connection) as statements:
                assert client.post(SUBMIT, headers=headers, json=body).status_code == 202
            counts.append(len(statements))
    # The first notes that the token is used; the others look, reserve with the job, and notify.
    assert counts == [4, 3, 4, 2]
