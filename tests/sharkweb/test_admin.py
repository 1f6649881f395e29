"""What staff do: look everything up, suspend and restore, revoke, fail jobs, change the offers."""

import html
import re
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import Model

from accounts.models import Account, User
from generations import jobs
from generations.models import CatalogueModel, Job
from keys.models import Key
from tests.at_once import apart
from tests.conftest import PASSWORD, Customer, NewCustomer, wait_until
from tests.visitor import Visitor
from tests.wallet.test_races import processing, waiting
from wallet.models import Hold
from wallet.statement import summary


@pytest.fixture
def clerk(site: str, staff: User) -> Iterator[Visitor]:
    """Staff who may do everything, signed in."""
    with Visitor(site) as visitor:
        visitor.sign_in(staff.email)
        yield visitor


def act(clerk: Visitor, model: str, action: str, pk: object) -> None:
    """Runs an action of a list on one row."""
    data = {"action": action, "_selected_action": str(pk), "index": "0"}
    answer = clerk.post(f"/admin/{model}/", data)
    assert answer.status_code == 302, answer.text


def code_of(site: str, customer: Customer) -> str:
    """What the API says to the customer who asks for a job that is not there."""
    answer = httpx.get(f"{site}/api/v1/jobs/none", headers=customer.headers)
    return str(answer.json()["code"])


def submit(site: str, customer: Customer, variant: str = "tiny") -> httpx.Response:
    body = {"prompt": "a shark", "variant": variant}
    return httpx.post(f"{site}/api/v1/image", json=body, headers=customer.headers)


MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_page_is_there(
    model: type[Model], clerk: Visitor, site: str, alice: Customer
) -> None:
    submit(site, alice)
    base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    pages = clerk.get(base)
    assert pages.status_code == 200
    filters = {html.unescape(link) for link in re.findall(r'href="(\?[^"]*)"', pages.text)}
    searches = {f"?q={text}" for text in ("alice", str(uuid.uuid4()), "%00", "%25", "😀", "'")}
    for query in filters | searches:
        # A filter that does not exist redirects here with e=1.
        assert clerk.get(f"{base}{query}").status_code == 200, query
    assert clerk.get(f"{base}add/").status_code in (200, 403)
    first = admin.site._registry[model].get_queryset(None).order_by("-pk").first()  # type: ignore[arg-type]  # Ours do not look at the request.
    if first is not None:
        for page in ("change", "history"):
            assert clerk.get(f"{base}{first.pk}/{page}/").status_code == 200
    assert clerk.get(f"{base}nonsense/change/").status_code in (302, 404)


def test_what_is_searched_is_found(clerk: Visitor, site: str, alice: Customer) -> None:
    job_id = submit(site, alice).json()["job_id"]
    email = alice.user.email
    for model in ("accounts/user", "accounts/account", "keys/key", "wallet/book", "wallet/hold"):
        page = clerk.get(f"/admin/{model}/?q={email}")
        assert email in page.text.replace(f'value="{email}"', ""), model
    assert "a shark" in clerk.get(f"/admin/generations/job/?q={job_id}").text
    assert "0 of" in clerk.get(f"/admin/generations/job/?q={uuid.uuid4()}").text or (
        "0 jobs" in clerk.get(f"/admin/generations/job/?q={uuid.uuid4()}").text
    )


def test_a_suspended_account_is_shut_out_until_restored(
    clerk: Visitor, site: str, alice: Customer
) -> None:
    act(clerk, "accounts/account", "suspend", alice.account.pk)
    assert code_of(site, alice) == "ACCOUNT_SUSPENDED"
    refused = submit(site, alice)
    assert (refused.status_code, refused.json()["code"]) == (403, "ACCOUNT_SUSPENDED")
    with Visitor(site) as visitor:
        visitor.sign_in(alice.user.email)
        form = {"prompt": "a shark", "variant": "tiny"}
        assert "suspended" in visitor.post("/playground", form).text
    assert not Job.objects.filter(account=alice.account).exists()
    act(clerk, "accounts/account", "restore", alice.account.pk)
    assert code_of(site, alice) == "NOT_FOUND"
    assert submit(site, alice).status_code == 202


def test_a_token_is_revoked(clerk: Visitor, site: str, alice: Customer) -> None:
    act(clerk, "keys/key", "revoke", alice.key.pk)
    assert code_of(site, alice) == "KEY_REVOKED"
    assert alice.token[12:-4] not in clerk.get(f"/admin/keys/key/{alice.key.pk}/change/").text


def test_a_job_is_failed_and_its_money_given_back(
    clerk: Visitor, site: str, alice: Customer
) -> None:
    job_id = submit(site, alice).json()["job_id"]
    assert summary(alice.account).held_micros == 30_000
    act(clerk, "generations/job", "fail_with_release", job_id)
    job = httpx.get(f"{site}/api/v1/jobs/{job_id}", headers=alice.headers).json()
    assert (job["status"], job["cost"]) == ("failed", None)
    assert "support" in job["error"]
    assert summary(alice.account).available_micros == 10_000_000


def test_a_job_that_has_ended_stays_as_it_is(clerk: Visitor, alice: Customer) -> None:
    job_id = submit_and_complete(alice)
    act(clerk, "generations/job", "fail_with_release", job_id)
    assert Job.objects.get(pk=job_id).status == "completed"
    assert summary(alice.account).balance_micros == 9_970_000


def submit_and_complete(customer: Customer) -> uuid.UUID:
    job = processing(customer, jobs_minutes())
    assert jobs.complete(job, f"{job.pk}.png")
    return job.pk
