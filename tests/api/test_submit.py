"""POST /api/v1/image: what is accepted, what it answers and what it reserves."""

import json
import re
import uuid

import pytest

from generations.models import Job
from tests.api.calls import (
    HTTP,
    PRICE_MICROS,
    SUBMIT,
    base64_text,
    check_refused,
    check_untouched,
    picture,
    send,
    submit,
    wallet,
)
from tests.conftest import Customer, NewCustomer
from wallet.models import Unit

CREDIT_MICROS = 10_000_000


def test_answers_as_documented(site: str, alice: Customer) -> None:
    response = submit(site, alice)
    assert response.status_code == 202
    assert response.headers["Content-Type"] == "application/json"
    body = response.json()
    assert list(body) == ["job_id", "status", "poll_url", "price_usd", "created_at"]
    assert str(uuid.UUID(body["job_id"])) == body["job_id"]
    assert body["status"] == "queued"
    assert body["poll_url"] == f"/api/v1/jobs/{body['job_id']}"
    assert body["price_usd"] == 0.03
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", body["created_at"])


def test_json_is_compact(site: str, alice: Customer) -> None:
    response = submit(site, alice)
    assert response.text == json.dumps(response.json(), separators=(",", ":"))
    assert '"price_usd":0.03,' in response.text


def test_price_is_reserved_not_charged(site: str, alice: Customer) -> None:
    submit(site, alice)
    assert wallet(alice) == (CREDIT_MICROS, PRICE_MICROS)
    submit(site, alice)
    assert wallet(alice) == (CREDIT_MICROS, 2 * PRICE_MICROS)


def test_free_images_come_first_and_cost_nothing(site: str, new_customer: NewCustomer) -> None:
    customer = new_customer(credit_micros=CREDIT_MICROS, trials=1)
    assert submit(site, customer).json()["price_usd"] == 0
    assert wallet(customer, Unit.IMAGE) == (1, 1)
    assert wallet(customer) == (CREDIT_MICROS, 0)
    assert submit(site, customer).json()["price_usd"] == 0.03
    assert wallet(customer) == (CREDIT_MICROS, PRICE_MICROS)


def test_balance_covers_what_it_covers(site: str, new_customer: NewCustomer) -> None:
    customer = new_customer(credit_micros=2 * PRICE_MICROS + PRICE_MICROS - 1)
    answers = [submit(site, customer) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 402]
    check_refused(answers[2], "INSUFFICIENT_BALANCE")
    assert Job.objects.filter(account=customer.account).count() == 2


def test_empty_wallet(site: str, new_customer: NewCustomer) -> None:
    customer = new_customer()
    answer = submit(site, customer, image=base64_text(picture()))
    assert "$0.03" in check_refused(answer, "INSUFFICIENT_BALANCE")
    check_untouched(customer)


def test_nothing_is_decoded_for_an_empty_wallet(site: str, new_customer: NewCustomer) -> None:
    """It would take a second of everybody's time, again and again, for nothing."""
    customer = new_customer(trials=1)
    sent = base64_text(b"not a picture at all")
    check_refused(submit(site, customer, image=sent), "INVALID_REQUEST")
    assert submit(site, customer, image=base64_text(picture())).status_code == 202
    check_refused(submit(site, customer, image=sent), "INSUFFICIENT_BALANCE")


@pytest.mark.parametrize("extra", [{}, {"variant": None}], ids=["omitted", "null"])
def test_variant_defaults_to_1k(site: str, alice: Customer, extra: dict[str, None]) -> None:
    job_id = send(site, alice, json.dumps({"prompt": "a shark", **extra}).encode()).json()["job_id"]
    job = Job.objects.get(pk=job_id)
    assert (job.width, job.height, job.model.variant) == (1024, 1024, "1k")
    assert job.price_micros == PRICE_MICROS


@pytest.mark.parametrize("variant", ["2k", "4k", "", "1K", " 1k", "1k\0", "x" * 100_000])
def test_variant_without_model(site: str, alice: Customer, variant: str) -> None:
    check_refused(submit(site, alice, variant=variant), "NO_ACTIVE_MODEL")
    check_untouched(alice)


@pytest.mark.parametrize(
    ("prompt", "stored"),
    [
        ("x", "x"),
        ("x" * 2000, "x" * 2000),
        ("\U0001f988" * 2000, "\U0001f988" * 2000),
        ("  \n\t a shark \u3000\n", "a shark"),
        (" " * 5000 + "x" * 2000 + " " * 5000, "x" * 2000),
        ("quo\"te \\ </script> {{ 7 }} %s ' --", "quo\"te \\ </script> {{ 7 }} %s ' --"),
        ("line\nline\x7f\u202e", "line\nline\x7f\u202e"),
    ],
    ids=["one", "2000", "2000 emoji", "trimmed", "long blanks", "quotes", "controls"],
)
def test_prompt_is_kept(site: str, alice: Customer, prompt: str, stored: str) -> None:
    answer = submit(site, alice, prompt=prompt)
    assert answer.status_code == 202
    assert Job.objects.get(pk=answer.json()["job_id"]).prompt == stored


@pytest.mark.parametrize(
    "prompt",
    ["", " \n\t\u3000", "x" * 2001, "\U0001f988" * 2001, "a\0b", 5, None, True, ["x"], {"a": "b"}],
)
def test_prompt_is_refused(site: str, alice: Customer, prompt: object) -> None:
    assert "prompt" in check_refused(submit(site, alice, prompt=prompt), "INVALID_REQUEST")
    check_untouched(alice)


@pytest.mark.parametrize("value", [5, 0.5, True, [], {}, ["1k"]])
@pytest.mark.parametrize("field", ["variant", "image", "image_url"])
def test_wrong_type(site: str, alice: Customer, field: str, value: object) -> None:
    answer = submit(site, alice, **{field: value})
    assert check_refused(answer, "INVALID_REQUEST") == f"{field} must be a string."
    check_untouched(alice)


def test_unknown_fields_are_ignored(site: str, alice: Customer) -> None:
    answer = submit(site, alice, seed=1, job_id="x", price_usd=0, account_id=1, model={"a": [1]})
    assert answer.status_code == 202
    assert Job.objects.get(pk=answer.json()["job_id"]).account == alice.account


def test_both_images(site: str, alice: Customer) -> None:
    answer = submit(
        site, alice, image=base64_text(picture()), image_url="https://example.com/a.png"
    )
    assert check_refused(answer, "INVALID_REQUEST") == "Send image or image_url, not both."
    check_untouched(alice)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com/a.png",
        "/etc/passwd",
        "file:///etc/passwd",
        "ftp://example.com/a.png",
        "data:image/png;base64,AAAA",
        "javascript:alert(1)",
        "https://",
        "https:///a.png",
        "https://user:word@example.com/a.png",
        "https://example.com:0/a.png",
        "https://example.com:99999/a.png",
        "https://exa mple.com/a.png",
        "https://example.com/a\nb.png",
        "https://example.com\\@127.0.0.1/",
        "https://example.com/" + "a" * 2048,
        "https://example.com/\0",
        "https://[::1/a.png",
    ],
)
def test_image_url_of_bad_form(site: str, alice: Customer, url: str) -> None:
    assert "image_url" in check_refused(submit(site, alice, image_url=url), "INVALID_REQUEST")
    check_untouched(alice)


def test_image_url_is_left_to_the_worker(site: str, alice: Customer) -> None:
    url = "https://example.com/a.png?size=1"
    answer = submit(site, alice, image_url=url)
    assert answer.status_code == 202
    assert Job.objects.get(pk=answer.json()["job_id"]).input_url == url


def test_null_images_are_none(site: str, alice: Customer) -> None:
    assert submit(site, alice, image=None, image_url=None).status_code == 202


def test_content_type_is_not_needed(site: str, alice: Customer) -> None:
    headers = alice.headers | {"Content-Type": "application/x-www-form-urlencoded"}
    body = b'{"prompt":"as curl -d sends it","variant":"tiny"}'
    assert HTTP.post(site + SUBMIT, headers=headers, content=body).status_code == 202


def test_large_body_of_a_shell_program(site: str, alice: Customer) -> None:
    """`Expect: 100-continue`, as curl sends it with a body above 1 MB."""
    body = json.dumps({"prompt": "x", "variant": "tiny", "padding": "x" * 2_000_000}).encode()
    headers = alice.headers | {"Expect": "100-continue"}
    assert HTTP.post(site + SUBMIT, headers=headers, content=body).status_code == 202
