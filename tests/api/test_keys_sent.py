"""Who is calling: every way to send a key, and every key that opens nothing."""

import httpx
import pytest

from keys import tokens
from keys.models import Key
from tests.api.calls import (
    HTTP,
    SUBMIT,
    check_refused,
    check_untouched,
    exchange,
    status,
    submit,
)
from tests.conftest import Customer

BODY = {"prompt": "a shark", "variant": "tiny"}


def post(site: str, headers: dict[str, str], query: str = "") -> httpx.Response:
    return HTTP.post(f"{site}{SUBMIT}{query}", headers=headers, json=BODY)


def poll(site: str, headers: dict[str, str], query: str = "") -> httpx.Response:
    url = f"{site}/api/v1/jobs/00000000-0000-4000-8000-000000000000{query}"
    return HTTP.get(url, headers=headers)


@pytest.mark.parametrize(
    "form",
    [
        {"X-API-Key": "{}"},
        {"x-api-key": "{}"},
        {"Authorization": "Bearer {}"},
        {"Authorization": "bearer {}"},
        {"Authorization": "Bearer   {}"},
        {"X-API-Key": "{}", "Authorization": "Bearer {}"},
        {"X-API-Key": "{}", "Authorization": "Basic dXNlcjp3b3Jk"},
    ],
)
def test_accepted(site: str, alice: Customer, form: dict[str, str]) -> None:
    headers = {name: value.format(alice.token) for name, value in form.items()}
    assert post(site, headers).status_code == 202
    check_refused(poll(site, headers), "NOT_FOUND")


def altered(token: str) -> str:
    """The token with one character changed, so that its checksum no longer fits."""
    return token[:20] + ("a" if token[20] != "a" else "b") + token[21:]


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"X-API-Key": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "{}"},
        {"Authorization": "Basic {}"},
        {"X-API-Key": "Bearer {}"},
        {"X-API-Key": "{}x"},
        {"X-API-Key": "sk_live_"},
        {"X-API-Key": "SK_LIVE_{}"},
        {"X-API-Key": "{} {}"},
        {"X-API-Key": "a" * 8000},
        {"Cookie": "X-API-Key={}"},
    ],
)
def test_refused(site: str, alice: Customer, form: dict[str, str]) -> None:
    headers = {name: value.format(alice.token, alice.token) for name, value in form.items()}
    check_refused(post(site, headers), "UNAUTHORIZED")
    check_refused(poll(site, headers), "UNAUTHORIZED")
    check_untouched(alice)


def test_mistyped_and_invented(site: str, alice: Customer) -> None:
    for token in (altered(alice.token), alice.token.swapcase(), tokens.generate()):
        check_refused(post(site, {"X-API-Key": token}), "UNAUTHORIZED")
        check_refused(poll(site, {"Authorization": f"Bearer {token}"}), "UNAUTHORIZED")


def test_two_different_keys(site: str, alice: Customer, bob: Customer) -> None:
    headers = {"X-API-Key": alice.token, "Authorization": f"Bearer {bob.token}"}
    assert "two different" in check_refused(post(site, headers), "UNAUTHORIZED").lower()
    check_refused(poll(site, headers), "UNAUTHORIZED")
    header_twice = [("X-API-Key", alice.token), ("X-API-Key", bob.token)]
    check_refused(HTTP.post(site + SUBMIT, headers=header_twice, json=BODY), "UNAUTHORIZED")
    check_untouched(alice)
    check_untouched(bob)


@pytest.mark.parametrize("name", ["api_key", "key", "token", "X-API-Key", "access_token"])
def test_never_in_the_query(site: str, alice: Customer, name: str) -> None:
    query = f"?{name}={alice.token}"
    check_refused(post(site, {}, query), "UNAUTHORIZED")
    check_refused(poll(site, {}, query), "UNAUTHORIZED")
    check_untouched(alice)


@pytest.mark.parametrize("value", [b"\xe9", b"\xff\xfe", "\U0001f988".encode(), b"sk_live_\xe9"])
def test_not_even_ascii(site: str, value: bytes) -> None:
    head = b"GET /api/v1/jobs/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    answer = exchange(site, head + b"Authorization: Bearer " + value + b"\r\n\r\n")
    assert (answer[0], answer[1]["code"]) == (401, "UNAUTHORIZED")


def test_revoked_on_the_next_request(site: str, alice: Customer) -> None:
    job_id = submit(site, alice).json()["job_id"]
    assert alice.key.revoke()
    check_refused(submit(site, alice), "KEY_REVOKED")
    check_refused(status(site, alice, job_id), "KEY_REVOKED")
    _, another = Key.create(alice.account, "another", alice.user)
    assert HTTP.get(f"{site}/api/v1/jobs/{job_id}", headers={"X-API-Key": another}).is_success, (
        "other keys of the account live on"
    )


def test_suspended_until_restored(site: str, alice: Customer) -> None:
    alice.account.suspend()
    check_refused(submit(site, alice), "ACCOUNT_SUSPENDED")
    check_refused(poll(site, alice.headers), "ACCOUNT_SUSPENDED")
    check_untouched(alice)
    alice.account.restore()
    assert submit(site, alice).status_code == 202


def test_unverified(site: str, alice: Customer) -> None:
    alice.account.verified_at = None
    alice.account.save()
    check_refused(submit(site, alice), "EMAIL_UNVERIFIED")
    check_refused(poll(site, alice.headers), "EMAIL_UNVERIFIED")
    check_untouched(alice)


def test_key_is_checked_before_the_body(site: str, alice: Customer) -> None:
    alice.key.revoke()
    for body in (b"", b"[", b'{"prompt":"x","variant":"none"}', b'{"prompt":"x","image":"!"}'):
        answer = HTTP.post(site + SUBMIT, headers=alice.headers, content=body)
        check_refused(answer, "KEY_REVOKED")


def test_use_is_noted(site: str, alice: Customer) -> None:
    assert alice.key.last_used_at is None
    poll(site, alice.headers)
    alice.key.refresh_from_db()
    first = alice.key.last_used_at
    assert first is not None
    poll(site, alice.headers)
    alice.key.refresh_from_db()
    assert alice.key.last_used_at == first, "a poll writes at most once a minute"
