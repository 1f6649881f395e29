"""Nobody reaches what is another's: every address of the site, walked by those it is not for.

An address that is new has no rule here and fails the first test, until somebody says what a
stranger may try on it.
"""

import base64
import uuid
from collections.abc import Iterator

import httpx
import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import check_password

from accounts.models import Account, Invitation, Membership, User
from generations import history
from generations.models import Job
from keys.models import Key
from tests.attempts import everywhere, routes, tries
from tests.belongings import MARK, Belongings, belongings, job_of
from tests.conftest import PASSWORD, Customer, NewCustomer
from tests.visitor import Visitor
from wallet.models import Alert, BillingProfile, Topup
from wallet.statement import summary


@pytest.fixture(scope="module")
def alices(new_customer: NewCustomer) -> Belongings:
    return belongings(new_customer)


def test_every_address_has_a_rule(alices: Belongings) -> None:
    found = list(routes())
    assert len(found) > 30
    for route in found:
        assert tries(route, alices), route


def holds_nothing_of_hers(answer: httpx.Response, alices: Belongings) -> None:
    what = f"{answer.request.method} {answer.request.url}: {answer.status_code}"
    # 503 is the health check's, with no worker about.
    assert answer.status_code < 500 or answer.request.url.path == "/healthz", what
    assert MARK not in answer.text, what
    assert alices.owner.key.prefix not in answer.text, what


def state(alices: Belongings) -> object:
    """All that a stranger could have changed."""
    owner = alices.owner
    return (
        summary(owner.account),
        list(Key.objects.filter(account=owner.account).values_list("pk", "name", "revoked_at")),
        list(Job.objects.filter(account=owner.account).values_list("pk", "status")),
        list(Account.objects.filter(pk=owner.account.pk).values_list("name", "suspended_at")),
        list(owner.account.members.values_list("pk", "email", "is_active", "is_staff")),
        list(Membership.objects.filter(account=owner.account).values()),
        list(Invitation.objects.filter(account=owner.account).values_list("pk", "expires_at")),
        UserSession.objects.filter(user=owner.user, user_agent=MARK).count(),
        list(BillingProfile.objects.filter(account=owner.account).values()),
        list(Topup.objects.filter(account=owner.account).values()),
        list(Alert.objects.filter(reference=MARK).values()),
        check_password(PASSWORD, User.objects.get(pk=owner.user.pk).password),
    )


@pytest.fixture(params=["visitor", "customer", "clerk"])
def stranger(
    request: pytest.FixtureRequest, site: str, new_customer: NewCustomer
) -> Iterator[Visitor]:
    """Somebody not signed in, another customer, and staff who were given no permission yet."""
    with Visitor(site) as visitor:
        if request.param != "visitor":
            somebody = new_customer(request.param, credit_micros=10_000_000)
            User.objects.filter(pk=somebody.user.pk).update(is_staff=request.param == "clerk")
            visitor.sign_in(somebody.user.email)
            assert visitor.is_signed_in
        yield visitor


def test_looking_shows_nothing(stranger: Visitor, alices: Belongings) -> None:
    before = state(alices)
    for path in everywhere(alices):
        holds_nothing_of_hers(stranger.get(path), alices)
    assert state(alices) == before


# What the forms of the site and of the admin ask for, all at once.
FORM = {
    "name": "stolen",
    "email": "thief@example.com",
    "role": "owner",
    "account": "1",
    "action": "revoke",
    "direction": "debit",
    "amount": "1",
    "reason": "theft",
    "reference": str(uuid.uuid4()),
    "post": "yes",
    "_save": "Save",
    "auto-enabled": "on",
    "auto-threshold": "1",
    "auto-amount": "10",
    "low-alert_below": "5",
    "accept_debt": "on",
    "topup_max_dollars": "10",
    "auto_topup_daily_max": "99",
    "status": "failed",
    "balance": "0",
    "password1": "stolen-horse-9",
    "password2": "stolen-horse-9",
}


def test_posting_changes_nothing(stranger: Visitor, alices: Belongings) -> None:
    before = state(alices)
    everything = [*map(str, alices.objects.values()), str(alices.ended.pk)]
    for path in everywhere(alices):
        if path in ("/accounts/logout/", "/admin/logout/"):
            continue
        data = {**FORM, "_selected_action": everything, "id": str(alices.running.pk)}
        holds_nothing_of_hers(stranger.post(path, data), alices)
    assert state(alices) == before


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"])
def test_other_methods_do_nothing(method: str, site: str, alices: Belongings) -> None:
    before = state(alices)
    with Visitor(site) as visitor:
        for path in everywhere(alices):
            if not path.startswith("/admin/"):
                holds_nothing_of_hers(visitor.http.request(method, path), alices)
    assert state(alices) == before


def test_she_herself_sees_it_all(site: str, alices: Belongings) -> None:
    """Else the walks above would find nothing because there is nothing to be found."""
    with Visitor(site) as visitor:
        visitor.sign_in(alices.owner.user.email)
        shown = {path for path in everywhere(alices) if MARK in visitor.get(path).text}
    paths = {"/playground", "/history", "/tokens", "/wallet", "/accounts/email/"}
    paths |= {"/overview", "/usage?by=token", "/usage.csv?by=token"}
    paths |= {"/wallet/settings", "/wallet/statement.csv", "/wallet?kind=staff_credit"}
    paths |= {f"/tokens/{alices.owner.key.pk}/revoke", f"/wallet?before={2**60}"}
    paths |= {path for path in everywhere(alices) if path.startswith("/jobs/live?")}
    assert paths <= shown


def test_the_live_cards_are_only_ones_own(site: str, alices: Belongings, bob: Customer) -> None:
    own = job_of(bob, "bobs shark")
    path = f"/jobs/live?id={alices.running.pk}&id={own.pk}&id={alices.ended.pk}&id=x&id="
    with Visitor(site) as visitor:
        visitor.sign_in(bob.user.email)
        answer = visitor.get(path)
    assert answer.status_code == 200
    assert str(own.pk) in answer.text
    assert str(alices.running.pk) not in answer.text
    assert str(alices.ended.pk) not in answer.text
    holds_nothing_of_hers(answer, alices)


def test_anothers_cursor_is_only_a_point_in_time(
    site: str, alices: Belongings, bob: Customer
) -> None:
    later = job_of(bob, "bobs later shark")
    with Visitor(site) as visitor:
        visitor.sign_in(bob.user.email)
        for job in (alices.running, alices.ended, later):
            answer = visitor.get(f"/history?before={history.cursor_after(job)}")
            assert answer.status_code == 200
            holds_nothing_of_hers(answer, alices)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 3000,
        '["0001-01-01T00:00:00+14:00", "00000000-0000-4000-8000-000000000000"]',
        '["2026-01-01T00:00:00", "00000000-0000-4000-8000-000000000000"]',
        '["2026-01-01T00:00:00Z", 5]',
        "[1e999, null]",
    ],
)
def test_an_invented_cursor_does_no_harm(text: str, site: str, bob: Customer) -> None:
    with Visitor(site) as visitor:
        visitor.sign_in(bob.user.email)
        cursor = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
        assert visitor.get(f"/history?before={cursor}").status_code == 200
        assert visitor.get(f"/history?before=%FF{cursor}").status_code == 200


def test_anothers_job_is_as_unknown_as_none(site: str, alices: Belongings, bob: Customer) -> None:
    ids = (alices.running.pk, alices.ended.pk, uuid.uuid4())
    answers = [httpx.get(f"{site}/api/v1/jobs/{pk}", headers=bob.headers) for pk in ids]
    assert [answer.status_code for answer in answers] == [404] * 3
    assert len({answer.text for answer in answers}) == 1
    own = httpx.get(f"{site}/api/v1/jobs/{ids[0]}", headers=alices.owner.headers)
    assert own.status_code == 200


def test_a_job_spends_from_its_own_keys_account(
    site: str, alices: Belongings, bob: Customer
) -> None:
    before = state(alices)
    body = {"prompt": "a shark", "variant": "tiny", "account": alices.owner.account.pk}
    body |= {"account_id": alices.owner.account.pk, "key_id": alices.owner.key.pk}
    answer = httpx.post(f"{site}/api/v1/image", json=body, headers=bob.headers)
    assert answer.status_code == 202
    assert Job.objects.get(pk=answer.json()["job_id"]).account == bob.account
    assert state(alices) == before


def test_anothers_topup_is_as_unknown_as_none(site: str, alices: Belongings, bob: Customer) -> None:
    with Visitor(site) as visitor:
        visitor.sign_in(bob.user.email)
        for pk in (alices.objects["wallet/topup"], uuid.uuid4()):
            assert visitor.get(f"/wallet/topups/{pk}").status_code == 404
    with Visitor(site) as visitor:
        visitor.sign_in(alices.owner.user.email)
        assert visitor.get(f"/wallet/topups/{alices.objects['wallet/topup']}").status_code == 302


@pytest.mark.parametrize("key_id", ["0", "99999999999999999999", "9" * 400])
def test_an_invented_token_is_not_found(key_id: str, site: str, bob: Customer) -> None:
    with Visitor(site) as visitor:
        visitor.sign_in(bob.user.email)
        assert visitor.get(f"/tokens/{key_id}/revoke").status_code == 404
        assert visitor.post(f"/tokens/{key_id}/revoke").status_code == 404
