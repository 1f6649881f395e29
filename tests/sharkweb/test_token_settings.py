"""What can be chosen for a token, and what its pages say of it: who may, until when, how much."""

import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape

import httpx
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Membership
from accounts.roles import Role
from generations import jobs, limits
from generations.models import Job
from generations.sync.usage import roll_up
from keys.models import Key
from tests.api.calls import submit
from tests.conftest import Customer, NewCustomer
from tests.sharkweb.test_token_pages import NO_JOB, TOKEN, lines
from tests.underway import PRICE, submission
from tests.visitor import Visitor

HTMX = {"HX-Request": "true"}


@pytest.fixture
def visitor(site: str, alice: Customer) -> Iterator[Visitor]:
    """Alice, signed in."""
    with Visitor(site) as visitor:
        visitor.sign_in(alice.user.email)
        yield visitor


def newest(customer: Customer) -> Key:
    key = Key.objects.filter(account=customer.account).first()
    assert key
    return key


def made(customer: Customer, count: int) -> None:
    """That many images with the customer's token, each paid."""
    for _ in range(count):
        job_id = jobs.submit(submission(customer)).id
        Job.objects.filter(pk=job_id).update(status="processing", fence=1)
        job = Job.objects.select_related("model").get(pk=job_id)
        assert jobs.complete(job, f"{uuid.uuid4().hex}.png")


def words(page: httpx.Response) -> str:
    return re.sub(r"(<[^>]+>|\s)+", " ", unescape(page.text))


@pytest.mark.parametrize(("expiry", "days"), [("30", 30), ("90", 90), ("365", 365)])
def test_a_token_for_some_days(expiry: str, days: int, visitor: Visitor, alice: Customer) -> None:
    before = timezone.now()
    assert visitor.post("/tokens", {"name": "short", "expiry": expiry}).status_code == 200
    expires_at = newest(alice).expires_at
    assert expires_at is not None
    assert before < expires_at - timedelta(days=days) < timezone.now()


def test_a_token_for_ever(visitor: Visitor, alice: Customer) -> None:
    page = visitor.post("/tokens", {"name": "endless", "expiry": "", "last_day": "2000-01-01"})
    assert (page.status_code, newest(alice).name) == (422, "laptop")
    visitor.post("/tokens", {"name": "endless", "expiry": "", "last_day": "", "limit": ""})
    assert (newest(alice).expires_at, newest(alice).monthly_limit_micros) == (None, None)


def test_a_token_until_the_end_of_a_day(visitor: Visitor, alice: Customer) -> None:
    day = datetime.now(UTC).date() + timedelta(days=3)
    page = visitor.post(
        "/tokens", {"name": "until", "expiry": "date", "last_day": day.isoformat(), "limit": "7.5"}
    )
    assert "$7.50" in page.text
    key = newest(alice)
    assert key.expires_at == datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
    assert key.monthly_limit_micros == 7_500_000
    first = lines(visitor.get("/tokens"))[0]
    assert "Expires soon" in first
    assert "$0.00 of $7.50" in first


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"expiry": "date"}, "Choose the last day."),
        ({"expiry": "date", "last_day": "2020-01-01"}, "This day is over."),
        ({"expiry": "date", "last_day": "9999-12-31"}, "in the next 10 years"),
        ({"expiry": "date", "last_day": "soon"}, "Enter a valid date."),
        ({"expiry": "7000"}, "7000 is not one of the available choices"),
        ({"limit": "0"}, "Write more than 0"),
        ({"limit": "-1"}, "Write dollars as"),
        ({"limit": "1e3"}, "Write dollars as"),
        ({"limit": "100001"}, "at most 100000"),
        ({"name": " "}, "Give it a name."),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    wrong: dict[str, str], said: str, visitor: Visitor, alice: Customer
) -> None:
    page = visitor.post("/tokens", {"name": "typed name", **wrong})
    assert page.status_code == 422
    assert said in unescape(page.text)
    assert not TOKEN.search(page.text)
    assert newest(alice).name == "laptop"
    # What was typed is still there.
    typed = {"name": "typed name", **wrong}
    for field in typed.keys() & {"name", "limit", "last_day"}:
        assert f'value="{typed[field]}"' in page.text or not typed[field].strip()


def test_every_state_is_told_apart(visitor: Visitor, alice: Customer, site: str) -> None:
    now = timezone.now()
    for name, expires_at in (
        ("for ever", None),
        ("long", now + timedelta(days=8)),
        ("short", now + timedelta(days=6)),
        ("over", now - timedelta(seconds=1)),
    ):
        Key.create(alice.account, name, alice.user, expires_at)
    alice.key.revoke()
    found = lines(visitor.get("/tokens"))
    states = ["Expired", "Expires soon", "Active", "Active", "Revoked"]
    names = ["over", "short", "long", "for ever", "laptop"]
    for line, name, state in zip(found, names, states, strict=True):
        assert f" {name} {state} " in line
    assert "Edit" not in found[-1]


def test_an_expired_token_makes_room_for_another(visitor: Visitor, alice: Customer) -> None:
    past = timezone.now() - timedelta(days=1)
    for number in range(99):
        Key.create(alice.account, str(number), alice.user, past)
    assert visitor.post("/tokens", {"name": "one more"}).status_code == 200


def test_use_and_limit_are_on_its_line(visitor: Visitor, alice: Customer, site: str) -> None:
    made(alice, 2)
    roll_up()
    made(alice, 1)
    first = lines(visitor.get("/tokens"))[0]
    assert "3 images · $0.09" in first
    assert "No limit" in first
    limits.change(alice.key, 5 * PRICE)
    assert submit(site, alice).status_code == 202
    assert "$0.12 of $0.15" in lines(visitor.get("/tokens"))[0]
    limits.change(alice.key, 4 * PRICE)
    assert "$0.12 of $0.12 Reached" in lines(visitor.get("/tokens"))[0]


def test_a_name_and_a_limit_can_be_changed(visitor: Visitor, alice: Customer) -> None:
    made(alice, 2)
    path = f"/tokens/{alice.key.pk}"
    page = visitor.get(path)
    assert 'value="laptop"' in page.text
    assert "counts under a new limit" in page.text
    answer = visitor.post(path, {"name": "<b>desk</b>", "limit": "0.10"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/tokens")
    page = visitor.get("/tokens")
    assert "<b>desk" not in page.text
    assert "$0.06 of $0.10" in lines(page)[0]
    assert "$0.06 of this month's limit is used" in words(visitor.get(path))
    assert visitor.post(path, {"name": "desk", "limit": ""}).status_code == 302
    alice.key.refresh_from_db()
    assert (alice.key.name, alice.key.monthly_limit_micros) == ("desk", None)


def test_the_dialog_says_what_is_wrong_and_then_leads_back(
    visitor: Visitor, alice: Customer
) -> None:
    path = f"/tokens/{alice.key.pk}"
    visitor.http.headers.update(HTMX)
    form = visitor.get(path)
    assert "<html" not in form.text
    assert f'hx-post="{path}"' in form.text
    wrong = visitor.post(path, {"name": "", "limit": "x"})
    assert wrong.status_code == 422
    assert "Give it a name." in wrong.text
    assert "Write dollars as" in wrong.text
    done = visitor.post(path, {"name": "desk", "limit": "1"})
    assert (done.status_code, done.headers["HX-Redirect"]) == (200, "/tokens")


def test_a_revoked_token_cannot_be_changed(visitor: Visitor, alice: Customer) -> None:
    alice.key.revoke()
    path = f"/tokens/{alice.key.pk}"
    assert visitor.get(path).status_code == 404
    assert visitor.post(path, {"name": "alive"}).status_code == 404


def test_revoking_says_what_would_miss_it(visitor: Visitor, alice: Customer) -> None:
    path = f"/tokens/{alice.key.pk}/revoke"
    assert "No jobs" in words(visitor.get(path))
    made(alice, 2)
    jobs.submit(submission(alice))
    page = visitor.get(path)
    assert "<html" in page.text
    assert "Last 30 days 2 images for $0.06" in words(page)
    assert "Last 24 hours 3 jobs, 1 under way" in words(page)
    visitor.http.headers.update(HTMX)
    fragment = visitor.get(path)
    assert "<html" not in fragment.text
    assert "3 jobs, 1 under way" in words(fragment)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.BILLING, Role.DEVELOPER])
def test_who_may_only_read(
    role: Role, site: str, alice: Customer, new_customer: NewCustomer
) -> None:
    member = new_customer("member")
    Membership.objects.filter(user=member.user).update(account=alice.account, role=role)
    may = role == Role.DEVELOPER
    path = f"/tokens/{alice.key.pk}"
    with Visitor(site) as visitor:
        visitor.sign_in(member.user.email)
        page = visitor.get("/tokens")
        assert "laptop" in lines(page)[0]
        assert ("Create token" in page.text) is may
        assert (f'href="{path}"' in page.text) is may
        for question in (path, f"{path}/revoke"):
            assert visitor.get(question).status_code == (200 if may else 403)
        assert visitor.post("/tokens", {"name": "theirs"}).status_code == (200 if may else 403)
        assert visitor.post(path, {"name": "x"}).status_code == (302 if may else 403)
        assert visitor.post(f"{path}/revoke").status_code == (302 if may else 403)
    answer = httpx.get(f"{site}{NO_JOB}", headers=alice.headers)
    assert answer.status_code == (403 if may else 404)


def test_a_viewer_without_tokens_is_told_who_can_make_one(
    site: str, bob: Customer, new_customer: NewCustomer
) -> None:
    member = new_customer("viewer")
    Membership.objects.filter(user=member.user).update(account=bob.account, role=Role.VIEWER)
    Key.objects.filter(account=bob.account).delete()
    with Visitor(site) as visitor:
        visitor.sign_in(member.user.email)
        assert "An owner or a developer" in visitor.get("/tokens").text


def test_a_hundred_tokens_take_no_more_statements_than_one(alice: Customer) -> None:
    client = Client()
    client.force_login(alice.user)
    limits.change(alice.key, PRICE)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as statements:
            assert client.get("/tokens").status_code == 200
        counts.append(len(statements))
        for number in range(50):
            Key.create(alice.account, str(number), alice.user, monthly_limit_micros=PRICE)
    assert counts[0] == counts[1] <= 8
    with CaptureQueriesContext(connection) as statements:
        assert client.get(f"/tokens/{alice.key.pk}/revoke").status_code == 200
    assert len(statements) <= 8
