"""The playground's form: what an image costs before one presses, and what stands in the way."""

import uuid

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, Membership
from generations.models import CatalogueModel, Job
from tests.conftest import Customer, NewCustomer
from tests.generations.playground.playing import (
    arrived,
    at_page,
    lane,
    newest,
    offered,
    post,
    queued,
    words,
)
from tests.visitor import Visitor
from wallet import ledger
from wallet.models import Transfer, Unit
from wallet.statement import summary

__all__ = ["offered"]

STATEMENTS_MAX = 8
FORM = {"prompt": "a shark", "variant": "tiny"}
HOSTILE = "<img src=x onerror=alert(1)>'\" {{ 7*7 }} ${7*7} </textarea>"


def of_lane(offered: CatalogueModel) -> str:
    return f"/playground?variant={offered.variant}"


def test_it_says_the_price_beforehand(site: str, alice: Customer, offered: CatalogueModel) -> None:
    CatalogueModel.objects.filter(pk=offered.pk).update(price_micros=70_000)
    with at_page(site, alice) as visitor:
        page = visitor.get(of_lane(offered))
        assert "$0.07 charged only when it arrives" in words(page)
        assert f"{offered.variant.upper()} $0.07 64 × 64" in words(page)
        assert "2K Coming soon 2048 × 2048" in words(page)
        assert 'value="2k" required disabled' in page.text
        assert "Demo engine" in words(page)


@pytest.mark.parametrize(
    ("trials", "said"), [(1, "Free your last free image"), (3, "Free 1 of your 3 free images")]
)
def test_free_images_come_first(
    site: str, new_customer: NewCustomer, trials: int, said: str
) -> None:
    with at_page(site, new_customer("newcomer", trials=trials)) as visitor:
        assert said in words(visitor.get("/playground"))


def test_what_is_missing_is_said_before(
    site: str, new_customer: NewCustomer, offered: CatalogueModel
) -> None:
    poor = new_customer("poor", credit_micros=10_000)
    CatalogueModel.objects.filter(pk=offered.pk).update(price_micros=15_000_000)
    with at_page(site, poor) as visitor:
        page = visitor.get(of_lane(offered))
    assert "costs $15.00 and $0.01 is available: $14.99 is missing." in words(page)
    assert "Ask whoever runs this site for credit" in words(page)
    assert "/wallet?amount" not in page.text


@override_settings(STRIPE_SECRET_KEY="sk_test_nobody", STRIPE_API_BASE="http://127.0.0.1:9")
def test_what_is_missing_can_be_added_by_who_may_pay(
    new_customer: NewCustomer, offered: CatalogueModel
) -> None:
    poor = new_customer("poor", credit_micros=10_000)
    CatalogueModel.objects.filter(pk=offered.pk).update(price_micros=15_000_000)
    browser = Client()
    browser.force_login(poor.user)
    assert 'href="/wallet?amount=20"' in browser.get(of_lane(offered)).content.decode()
    Membership.objects.filter(user=poor.user).update(role="developer")
    page = browser.get(of_lane(offered)).content.decode()
    assert "Ask somebody of your team" in page
    assert "/wallet?amount" not in page


def test_what_is_missing_is_said_after(
    site: str, new_customer: NewCustomer, offered: CatalogueModel
) -> None:
    poor = new_customer("poor", credit_micros=30_000)
    form = {"prompt": "a shark", "variant": offered.variant}
    with at_page(site, poor) as visitor:
        assert "is missing" not in words(visitor.get(of_lane(offered)))
        ledger.debit_by_staff(poor.account, Unit.USD, 20_000, f"test:{offered.pk}", "elsewhere")
        for answer in (post(visitor, "/playground", form), visitor.post("/playground", form)):
            assert answer.status_code == 422
            assert "too little for this image. Nothing was charged." in words(answer)
            assert "costs $0.03 and $0.01 is available: $0.02 is missing" in words(answer)
    assert not Job.objects.filter(account=poor.account).exists()


def test_a_debt_comes_before_free_images(site: str, new_customer: NewCustomer) -> None:
    debtor = new_customer("debtor", trials=2)
    kind, reference = Transfer.Kind.REFUND, f"test:{uuid.uuid4()}"
    ledger.take_back(debtor.account, 5_000_000, kind, reference, "a refund")
    with at_page(site, debtor) as visitor:
        page = words(visitor.get("/playground"))
        assert "Your balance is −$5.00" in page
        assert "$5.00 is missing" in page
        assert visitor.post("/playground", FORM).status_code == 422


def test_a_submit_changes_only_what_it_must(site: str, alice: Customer) -> None:
    with at_page(site, alice) as visitor:
        answer = post(visitor, "/playground", FORM)
        job = newest(alice)
        assert answer.status_code == 200
        # The form keeps what is being typed meanwhile, its file and the focus.
        assert answer.headers["HX-Reswap"] == "none"
        assert "<textarea" not in answer.text
        assert 'type="file"' not in answer.text
        for part in ("order", "problems", "live", "wallet-chip", "id_prompt_error"):
            assert f'id="{part}"' in answer.text, part
        assert f'id="job-{job.pk}"' in answer.text
        assert (job.prompt, job.price_micros, job.user) == ("a shark", 30_000, alice.user)
        answer = post(visitor, "/playground", {**FORM, "prompt": "  "})
        assert answer.status_code == 422
        assert "This field is required." in words(answer)
        assert "<textarea" not in answer.text


def test_without_scripts_the_page_comes_back(site: str, alice: Customer) -> None:
    with at_page(site, alice) as visitor:
        answer = visitor.post("/playground", FORM)
        assert (answer.status_code, answer.headers["location"]) == (302, "/playground")
        wrong = {"prompt": HOSTILE, "variant": "8k", "image_url": "file:///etc/passwd"}
        page = visitor.post("/playground", wrong)
    assert page.status_code == 422
    assert "This size is not offered at the moment." in words(page)
    assert "Give the address of an image that anyone can open" in words(page)
    assert HOSTILE in words(page)
    assert "<img src=x" not in page.text
    assert "</textarea> " not in page.text
    assert Job.objects.filter(account=alice.account).count() == 1


def test_an_address_fills_the_form_in(site: str, alice: Customer, offered: CatalogueModel) -> None:
    with at_page(site, alice) as visitor:
        page = visitor.http.get(
            "/playground", params={"prompt": HOSTILE, "variant": offered.variant}
        )
        assert f'value="{offered.variant}" required checked' in page.text
        assert HOSTILE in words(page)
        assert "<img src=x" not in page.text
        page = visitor.http.get("/playground", params={"variant": "8k\0", "remix": "../x"})
        assert page.status_code == 200


OBSTACLES = {
    "role": (403, "Your role in this account is “Viewer”"),
    "suspended": (422, "This account is suspended: no images can be made"),
    "unverified": (422, "Confirm your e-mail address first"),
}


@pytest.mark.parametrize("obstacle", OBSTACLES)
def test_it_says_why_it_cannot(site: str, alice: Customer, obstacle: str) -> None:
    account = Account.objects.filter(pk=alice.account.pk)
    job = queued(alice, lane())
    if obstacle == "role":
        Membership.objects.filter(user=alice.user).update(role="viewer")
    elif obstacle == "suspended":
        alice.account.suspend()
    else:
        account.update(verified_at=None)
    status, said = OBSTACLES[obstacle]
    with at_page(site, alice) as visitor:
        page = visitor.get("/playground")
        assert said in words(page)
        assert '<fieldset class="form" disabled>' in page.text
        assert ("Cancel" in words(page)) == (obstacle != "role")
        answers = [visitor.post("/playground", FORM), post(visitor, "/playground", FORM)]
        answers += [visitor.post(f"/jobs/{job.pk}/again")]
        assert [answer.status_code for answer in answers] == [status] * 3
        if obstacle == "role":
            assert visitor.post(f"/jobs/{job.pk}/cancel").status_code == 403
    assert Job.objects.filter(account=alice.account).count() == 1
    assert summary(alice.account).held_micros == 30_000


def test_nobody_else_gets_in(site: str) -> None:
    with Visitor(site) as visitor:
        assert visitor.get("/playground").status_code == 302


def test_statements_do_not_grow(alice: Customer, offered: CatalogueModel) -> None:
    client = Client()
    client.force_login(alice.user)
    job = arrived(alice, offered)

    def counted(path: str) -> int:
        with CaptureQueriesContext(connection) as statements:
            assert client.get(path, headers={"HX-Current-URL": "http://x/playground"})
        return len(statements)

    def live() -> str:
        running = Job.objects.filter(account=alice.account, finished_at=None)
        ids = [job.pk, *running.values_list("pk", flat=True)]
        return "/jobs/live?" + "&".join(f"id={pk}" for pk in ids)

    paths = ("/playground", f"/playground?remix={job.pk}&reference={job.pk}", live())
    queued(alice, offered)
    few = [counted(path) for path in paths[:2]] + [counted(live())]
    for _ in range(15):
        queued(alice, offered)
    many = [counted(path) for path in paths[:2]] + [counted(live())]
    assert many == few
    assert max(few) <= STATEMENTS_MAX, few
