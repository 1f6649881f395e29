"""What is stored in English is shown in German: failures, memos and refusals; and none runs."""

import uuid
from collections.abc import Iterator

import httpx
import pytest
from django.core import mail

from accounts.models import User
from generations import jobs, pictures
from generations.engines import failures
from generations.models import Job
from tests.conftest import Customer, NewCustomer
from tests.generations.playground.playing import lane, queued, words
from tests.visitor import Visitor
from wallet import auto_stop, ledger, mails, settlement
from wallet.models import BillingProfile, Topup, Unit

HOSTILE = "<script>alert('100 %')</script> %(x)s %s"
INERT = "&lt;script&gt;alert(&#x27;100 %&#x27;)&lt;/script&gt; %(x)s %s"
REASONS = {
    failures.MODERATED: "Die Sicherheitsregeln der Engine haben diese Anfrage abgelehnt.",
    jobs.TIMED_OUT: "Die Anfrage an den Anbieter wurde nach 180 s abgebrochen",
    "The image URL answered 404.": "Die Bildadresse hat mit 404 geantwortet.",
    "The image URL took longer than 0.3 s.": "Die Bildadresse hat länger als 0.3 s gebraucht.",
    "The provider's own words: 100 %": "The provider's own words: 100 %",
}


@pytest.fixture(scope="module")
def hans(new_customer: NewCustomer) -> Customer:
    customer = new_customer("hans", credit_micros=10_000_000)
    User.objects.filter(pk=customer.user.pk).update(language="de")
    return customer


@pytest.fixture(scope="module")
def visitor(site: str, hans: Customer) -> Iterator[Visitor]:
    with Visitor(site) as visitor:
        visitor.http.headers["Accept-Language"] = "de"
        visitor.sign_in(hans.user.email)
        yield visitor


def failed(customer: Customer, error: str) -> Job:
    job = queued(customer, lane())
    assert jobs.fail(job.pk, Job.FailureKind.PROVIDER, error)
    return job


@pytest.mark.parametrize("error", REASONS)
def test_why_a_job_failed(visitor: Visitor, hans: Customer, error: str) -> None:
    job = failed(hans, error)
    for path in ("/playground", "/history", f"/jobs/{job.pk}"):
        assert REASONS[error] in words(visitor.get(path)), path
    answer = httpx.get(f"{visitor.http.base_url}/api/v1/jobs/{job.pk}", headers=hans.headers)
    assert answer.json()["error"] == error


def test_what_the_statement_says(visitor: Visitor, hans: Customer) -> None:
    for memo in (settlement.BACK_TO_CARD, "Von uns, danke!", "", HOSTILE):
        reference = f"test:{uuid.uuid4()}"
        ledger.credit_by_staff(hans.account, Unit.USD, 10_000, reference, memo)
    page = visitor.get("/wallet")
    assert "Zurück auf deine Karte" in words(page)
    assert "Von uns, danke!" in words(page)
    assert "Project-Id-Version" not in page.text
    assert INERT in page.text


def test_why_a_card_was_not_charged(visitor: Visitor, hans: Customer) -> None:
    order = Topup(account=hans.account, amount_micros=10_000_000, kind=Topup.Kind.AUTO)
    order.status = Topup.Status.FAILED
    for reason, said in ((auto_stop.REASON_DEFAULT, "Die Karte konnte nicht"), (HOSTILE, INERT)):
        order.failure = reason
        order.save()
        profile = BillingProfile.of(hans.account)
        BillingProfile.objects.filter(pk=profile.pk).update(auto_stopped_reason=reason)
        page = visitor.get("/wallet").text
        assert f'<span class="muted">{said}' in page
        assert f"wurde ausgeschaltet: {said}" in page
        assert said in visitor.get("/wallet/settings").text
    mails.send_auto_topup_stopped(order, auto_stop.REASON_DEFAULT)
    mails.send_auto_topup_stopped(order, HOSTILE)
    assert "Die Karte konnte nicht belastet werden." in str(mail.outbox[0].body)
    assert HOSTILE in str(mail.outbox[1].body)


def test_what_the_playground_refuses(visitor: Visitor) -> None:
    visitor.get("/playground")
    form = {
        "csrfmiddlewaretoken": visitor.http.cookies["csrftoken"],
        "prompt": "x" * 2001,
        "variant": "tiny",
    }
    refused = visitor.http.post("/playground", data=form, files={"image": b"no picture"})
    assert refused.status_code == 422
    assert "Der Prompt darf höchstens 2000 Zeichen haben." in words(refused)
    assert "Das Referenzbild ist keine vollständige JPEG-" in words(refused)
    assert pictures.NOT_AN_IMAGE not in words(refused)


def test_a_hostile_reason_stays_inert(visitor: Visitor, hans: Customer) -> None:
    job = failed(hans, HOSTILE)
    for path in ("/playground", "/history", f"/jobs/{job.pk}"):
        page = visitor.get(path).text
        assert INERT in page, path
        assert "<script>alert" not in page
