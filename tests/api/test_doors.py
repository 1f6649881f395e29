"""Both doors give the same answers: granian's fast lane, and Django's routes past it."""

import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import httpx
import pytest

from generations import jobs
from generations.models import Job
from tests.api.calls import LIST, SUBMIT, base64_text, completed, picture, submit
from tests.api.doors import HOST, django_door
from tests.conftest import Customer, NewCustomer

IMAGE = base64_text(picture())
HEADERS = (
    "Content-Type",
    "Content-Length",
    "Cache-Control",
    "X-Content-Type-Options",
    "Retry-After",
    "Allow",
)
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@dataclass(frozen=True)
class Call:
    """A request, without its key."""

    method: str
    path: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def post(**fields: object) -> Call:
    body = {"prompt": "a shark", "variant": "tiny"} | fields
    return Call("POST", SUBMIT, json.dumps(body).encode())


CALLS = {
    "submit": post(),
    "submit with image": post(image=IMAGE),
    "no body": Call("POST", SUBMIT),
    "not JSON": Call("POST", SUBMIT, b"{"),
    "no prompt": post(prompt=""),
    "both images": post(image=IMAGE, image_url="https://example.com/a.png"),
    "broken image": post(image="!"),
    "unknown variant": post(variant="8k"),
    "no such job": Call("GET", f"/api/v1/jobs/{uuid.UUID(int=7)}"),
    "malformed job": Call("GET", "/api/v1/jobs/x"),
    "empty job": Call("GET", "/api/v1/jobs/"),
    "list": Call("GET", LIST),
    "filtered list": Call("GET", f"{LIST}?status=failed&token=playground&limit=1"),
    "wrong list": Call("GET", f"{LIST}?limit=0&cursor=%ff"),
    "cancel no such job": Call("POST", f"/api/v1/jobs/{uuid.UUID(int=7)}/cancel"),
    "cancel malformed job": Call("POST", "/api/v1/jobs/x/cancel", b"{"),
    "look at cancel": Call("GET", "/api/v1/jobs/x/cancel"),
    "broken Idempotency-Key": replace(post(), headers={"Idempotency-Key": "a b"}),
    "job and more": Call("GET", f"/api/v1/jobs/{uuid.UUID(int=7)}/image"),
    "wrong method": Call("DELETE", SUBMIT),
    "another wrong method": Call("PUT", "/api/v1/jobs/x"),
    "unknown path": Call("GET", "/api/v1/images"),
    "slash too many": Call("POST", f"{SUBMIT}/", b"{}"),
    "description": Call("GET", "/api/v1/openapi.json"),
}


@pytest.fixture
def doors(site: str) -> Iterator[list[httpx.Client]]:
    with httpx.Client(base_url=site) as lane, django_door() as django:
        yield [lane, django]


def seen(answer: httpx.Response) -> tuple[int, str, dict[str, str | None]]:
    """What a program sees, without what must differ."""
    text = TIME.sub("TIME", ID.sub("ID", answer.text)).replace(str(answer.url.join("/")), "SITE/")
    headers = {name: answer.headers.get(name) for name in HEADERS}
    if answer.url.host in answer.text:
        del headers["Content-Length"]
    return answer.status_code, text, headers


def same(clients: list[httpx.Client], call: Call, headers: dict[str, str]) -> int:
    lane, django = (
        seen(
            client.request(
                call.method, call.path, content=call.body, headers=headers | call.headers
            )
        )
        for client in clients
    )
    assert lane == django
    return lane[0]


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
def test_good_key(doors: list[httpx.Client], alice: Customer, call: Call) -> None:
    same(doors, call, alice.headers)


WITH_A_KEY = ("submit", "no body", "no such job", "list", "wrong list", "cancel no such job")


@pytest.mark.parametrize("call", [CALLS[name] for name in WITH_A_KEY], ids=WITH_A_KEY)
def test_bad_keys(doors: list[httpx.Client], alice: Customer, bob: Customer, call: Call) -> None:
    two = alice.headers | {"Authorization": f"Bearer {bob.token}"}
    for headers in ({}, {"X-API-Key": "sk_live_x"}, {"Authorization": "Basic x"}, two):
        assert same(doors, call, headers) == 401
    alice.account.suspend()
    assert same(doors, call, alice.headers) == 403
    alice.key.revoke()
    assert same(doors, call, alice.headers) == 403


def test_empty_wallet(doors: list[httpx.Client], new_customer: NewCustomer) -> None:
    assert same(doors, CALLS["submit with image"], new_customer().headers) == 402


def test_the_same_once_more(doors: list[httpx.Client], alice: Customer) -> None:
    again = replace(CALLS["submit"], headers={"Idempotency-Key": "order-1"})
    assert same(doors, again, alice.headers) == 202
    assert same(doors, replace(again, body=post(prompt="!").body), alice.headers) == 409


def test_every_state(doors: list[httpx.Client], site: str, alice: Customer) -> None:
    ids = [submit(site, alice).json()["job_id"] for _ in range(3)]
    completed(ids[1], "0" * 32 + ".png")
    jobs.fail(uuid.UUID(ids[2]), Job.FailureKind.PROVIDER, "It failed.")
    for job_id in ids:
        assert same(doors, Call("GET", f"/api/v1/jobs/{job_id}"), alice.headers) == 200
    assert same(doors, CALLS["list"], alice.headers) == 200
    for job_id in ids[1:]:
        assert same(doors, Call("POST", f"/api/v1/jobs/{job_id}/cancel"), alice.headers) == 409
    through_django = doors[1].get(f"/api/v1/jobs/{ids[1]}", headers=alice.headers).json()
    assert through_django["image_url"].startswith(f"{HOST}/images/")
