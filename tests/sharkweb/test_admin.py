"""What staff do: look everything up, suspend and restore, revoke, fail jobs, change the offers."""

import html
import re
import uuid
from collections.abc import Iterator

import httpx
import pytest
from django.contrib import admin
from django.db.models import Model

from accounts.models import Account, User
from generations import jobs
from generations.models import CatalogueModel, Job
from tests.conftest import PASSWORD, Customer
from tests.underway import processing
from tests.visitor import Visitor, act
from wallet.statement import summary


@pytest.fixture
def clerk(site: str, staff: User) -> Iterator[Visitor]:
    """Staff who may do everything, signed in."""
    with Visitor(site) as visitor:
        visitor.sign_in(staff.email)
        yield visitor


def code_of(site: str, customer: Customer) -> str:
    """What the API says to the customer who asks for a job that is not there."""
    answer = httpx.get(f"{site}/api/v1/jobs/none", headers=customer.headers)
    return str(answer.json()["code"])


def submit(site: str, customer: Customer, variant: str = "tiny") -> httpx.Response:
    body = {"prompt": "a shark", "variant": variant}
    return httpx.post(f"{site}/api/v1/image", json=body, headers=customer.headers)


MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
SEARCHES = ["alice", str(uuid.uuid4()), "%00", "%25", "%F0%9F%98%80", "'", "x" * 2000]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_page_is_there(
    model: type[Model], clerk: Visitor, site: str, alice: Customer
) -> None:
    submit(site, alice)
    base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    page = clerk.get(base)
    assert page.status_code == 200
    filters = {html.unescape(link) for link in re.findall(r'href="(\?[^"]*)"', page.text)}
    for query in filters | {f"?q={text}" for text in SEARCHES}:
        # A filter that does not exist would redirect.
        assert clerk.get(f"{base}{query}").status_code == 200, query
    assert clerk.get(f"{base}add/").status_code in (200, 403)
    shown = re.search(rf'href="({base}[^"]+/change/)', page.text)
    if shown:
        assert clerk.get(shown[1]).status_code == 200
        assert clerk.get(shown[1].replace("/change/", "/history/")).status_code == 200
    assert clerk.get(f"{base}nonsense/change/").status_code == 302


def test_what_is_searched_is_found(clerk: Visitor, site: str, alice: Customer) -> None:
    job_id = submit(site, alice).json()["job_id"]
    for model in ("accounts/user", "accounts/account", "keys/key", "wallet/book", "wallet/hold"):
        assert "<tbody>" in clerk.get(f"/admin/{model}/?q={alice.user.email}").text, model
        assert "<tbody>" not in clerk.get(f"/admin/{model}/?q=nobody-at-all").text, model
    assert "a shark" in clerk.get(f"/admin/generations/job/?q={job_id}").text
    assert "a shark" not in clerk.get(f"/admin/generations/job/?q={uuid.uuid4()}").text


def test_a_suspended_account_is_shut_out_until_restored(
    clerk: Visitor, site: str, alice: Customer
) -> None:
    act(clerk, "accounts/account", "suspend", alice.account.pk)
    assert code_of(site, alice) == "ACCOUNT_SUSPENDED"
    refused = submit(site, alice)
    assert (refused.status_code, refused.json()["code"]) == (403, "ACCOUNT_SUSPENDED")
    with Visitor(site) as visitor:
        visitor.sign_in(alice.user.email)
        form: dict[str, object] = {"prompt": "a shark", "variant": "tiny"}
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
    job = processing(alice)
    assert jobs.complete(job, f"{job.pk}.png")
    act(clerk, "generations/job", "fail_with_release", job.pk)
    job.refresh_from_db()
    assert job.status == "completed"
    assert summary(alice.account).balance_micros == 9_970_000


def test_offers_change_with_the_next_submit(clerk: Visitor, site: str, alice: Customer) -> None:
    variant = f"v{uuid.uuid4().hex[:8]}"
    assert submit(site, alice, variant).status_code == 422
    offer: dict[str, object] = {"variant": variant, "engine": "demo", "options": "{}"}
    offer |= {"price_dollars": "0.02", "width": "64", "height": "64", "active": "on"}
    offer |= {"position": "9", "concurrency": "4"}
    base = "/admin/generations/cataloguemodel/"
    assert clerk.post(f"{base}add/", offer).status_code == 302
    change = f"{base}{CatalogueModel.objects.get(variant=variant).pk}/change/"
    first = submit(site, alice, variant).json()
    assert first["price_usd"] == 0.02

    assert clerk.post(change, {**offer, "price_dollars": "0.07"}).status_code == 302
    assert submit(site, alice, variant).json()["price_usd"] == 0.07
    # What was promised before stays promised.
    assert Job.objects.get(pk=first["job_id"]).price_micros == 20_000

    del offer["active"]
    assert clerk.post(change, offer).status_code == 302
    assert submit(site, alice, variant).status_code == 422


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("price_dollars", "0"),
        ("price_dollars", "0.0000001"),
        ("price_dollars", "NaN"),
        ("price_dollars", "1000.01"),
        ("price_dollars", "-1"),
        ("price_dollars", "9" * 30),
        ("width", "0"),
        ("height", "100000"),
        ("concurrency", "0"),
        ("engine", "none"),
        ("options", "{"),
        ("variant", "a b"),
    ],
)
def test_a_senseless_offer_is_refused(field: str, value: str, clerk: Visitor) -> None:
    variant = f"v{uuid.uuid4().hex[:8]}"
    offer: dict[str, object] = {"variant": variant, "engine": "demo", "options": "{}"}
    offer |= {"price_dollars": "0.02", "width": "64", "height": "64"}
    offer |= {"position": "9", "concurrency": "4", field: value}
    page = clerk.post("/admin/generations/cataloguemodel/add/", offer)
    assert page.status_code == 200
    assert "errorlist" in page.text
    assert not CatalogueModel.objects.filter(variant=variant).exists()


def test_staff_can_add_a_user_who_can_then_come_in(clerk: Visitor, site: str) -> None:
    email = f"added-{uuid.uuid4().hex[:8]}@example.com"
    form: dict[str, object] = {"email": email.upper(), "password1": PASSWORD}
    answer = clerk.post("/admin/accounts/user/add/", {**form, "password2": PASSWORD})
    assert answer.status_code == 302
    with Visitor(site) as visitor:
        assert visitor.sign_in(email).headers["location"] == "/accounts/confirm-email/"
        visitor.post("/accounts/confirm-email/", {"code": visitor.code_for(email)})
        assert visitor.is_signed_in
    assert summary(Account.objects.get(members__email__iexact=email)).trials_available == 3
    # The same address in other letters is taken.
    again = clerk.post("/admin/accounts/user/add/", {**form, "email": email, "password2": PASSWORD})
    assert again.status_code == 200
    assert User.objects.filter(email__iexact=email).count() == 1


def test_accounts_are_opened_by_signing_up_alone(clerk: Visitor, alice: Customer) -> None:
    """One made by hand would have no books, and one deleted would take its history along."""
    assert clerk.post("/admin/accounts/account/add/", {"name": "by hand"}).status_code == 403
    path = f"/admin/accounts/account/{alice.account.pk}/delete/"
    assert clerk.post(path, {"post": "yes"}).status_code == 403
    assert not Account.objects.filter(name="by hand").exists()
