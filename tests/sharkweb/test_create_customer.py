"""`manage.py create_customer`, as an operator runs it: ready to use at once, and safe to repeat."""

import io
import json
import subprocess
import sys
import uuid
from typing import Any

import httpx
import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command

from accounts.models import Account, Membership, User
from keys.models import Key
from tests.conftest import CHECKOUT, PASSWORD, NewCustomer, process_environment
from tests.visitor import Visitor
from wallet import ledger
from wallet.models import Transfer
from wallet.statement import Summary, summary


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "create_customer", *arguments],
        cwd=CHECKOUT,
        env=process_environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def made(*arguments: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command("create_customer", *arguments, "--json", stdout=out)
    # One object and nothing else, for jq.
    answer: dict[str, Any] = json.loads(out.getvalue())
    return answer


def new_email() -> str:
    return f"made-{uuid.uuid4().hex[:12]}@example.com"


def test_a_customer_is_ready_and_a_repetition_changes_only_what_is_asked(site: str) -> None:
    email = new_email()
    answer = made(
        "--email", email, "--password", PASSWORD, "--credit", "10.50", "--token", "laptop"
    )
    user, account = User.objects.get(email=email), Account.objects.get(members__email=email)
    token = answer.pop("token")
    assert answer == {"email": email, "account": account.pk, "balance_usd": 10.5, "trials": 3}
    assert summary(account) == Summary(10_500_000, 0, 3, 0)
    found = httpx.get(f"{site}/api/v1/jobs/none", headers={"X-API-Key": token})
    assert found.json()["code"] == "NOT_FOUND"
    with Visitor(site) as visitor:
        visitor.sign_in(email)
        assert visitor.is_signed_in

    # Again in capitals, asking for nothing.
    again = made("--email", email.upper())
    assert again == {**answer, "token": None}
    assert User.objects.get(email__iexact=email).password == user.password
    assert Membership.objects.filter(user=user).count() == 1
    assert Key.objects.filter(account=account).count() == 1

    # Then each thing that can be asked for.
    changed = made("--email", email, "--credit", "1", "--trials", "1", "--token", "second")
    assert (changed["balance_usd"], changed["trials"]) == (11.5, 1)
    assert changed["token"] != token
    assert summary(account) == Summary(11_500_000, 0, 1, 0)
    assert set(Key.objects.filter(account=account).values_list("name", flat=True)) == {
        "laptop",
        "second",
    }
    trials = made("--email", email, "--trials", "0", "--password", "another-horse-8")
    assert (trials["balance_usd"], trials["trials"]) == (11.5, 0)
    with Visitor(site) as visitor:
        visitor.sign_in(email)
        assert not visitor.is_signed_in
        visitor.sign_in(email, "another-horse-8")
        assert visitor.is_signed_in


def test_for_people_it_prints_a_line_and_the_token_once(database: None) -> None:
    email = new_email()
    done = run("--email", email, "--password", PASSWORD, "--credit", "10", "--token", "laptop")
    assert done.returncode == 0, done.stderr
    key = Key.objects.get(account__members__email=email)
    lines = done.stdout.splitlines()
    assert lines[0] == f"{email}: $10.00, 3 images left"
    assert lines[1].startswith(f"API token, shown only now: {key.prefix}")
    assert len(lines) == 2
    assert lines[1].rpartition(" ")[2] not in done.stderr


def test_an_existing_unverified_user_is_verified_once(database: None) -> None:
    email = new_email()
    user = User.objects.create_user(email, PASSWORD)
    address = EmailAddress.objects.create(user=user, email=email, verified=False, primary=True)
    account = Account.open_for(user)
    assert made("--email", email)["trials"] == 3
    address.refresh_from_db()
    assert address.verified
    assert made("--email", email)["trials"] == 3
    assert Transfer.objects.filter(credit__account=account, kind="trial_grant").count() == 1


NEW = ["--email", "nobody@example.com", "--password", PASSWORD]
LONG = f"{'x' * 64}@{'x.' * 120}example.com"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--email", "no-address", "--password", PASSWORD], "--email: Enter a valid"),
        (["--email", LONG, "--password", PASSWORD], "--email: Ensure"),
        (["--password", PASSWORD], "--email"),
        (["--email", "nobody@example.com"], "--password is needed"),
        (["--email", "nobody@example.com", "--password", ""], "--password is needed"),
        ([*NEW, "--credit", "1e3"], "--credit"),
        ([*NEW, "--credit=-1"], "--credit"),
        ([*NEW, "--credit", "１"], "--credit"),
        ([*NEW, "--credit", ""], "--credit"),
        ([*NEW, "--trials=-1"], "--trials"),
        ([*NEW, "--trials=1000001"], "--trials"),
        ([*NEW, "--trials=２"], "--trials"),
        ([*NEW, "--token", "x" * 81], "--token"),
        ([*NEW, "--token", ""], "--token"),
    ],
)
def test_a_mistake_is_named_and_makes_nothing(
    arguments: list[str], complaint: str, database: None
) -> None:
    with pytest.raises(CommandError, match=complaint):
        call_command("create_customer", *arguments)
    assert not User.objects.filter(email="nobody@example.com").exists()


def test_a_mistake_is_one_line_and_an_exit_code(database: None) -> None:
    done = run(*NEW, "--credit", "ten")
    assert done.returncode != 0
    assert done.stderr == "CommandError: --credit: Write dollars as 10 or 10.50.\n"
    assert done.stdout == ""
    assert not User.objects.filter(email="nobody@example.com").exists()


def test_reserved_images_are_not_counted_as_left(new_customer: NewCustomer) -> None:
    customer = new_customer(trials=3)
    ledger.reserve(customer.account.pk, 1, f"test:{uuid.uuid4()}")
    call_command("create_customer", "--email", customer.user.email, "--trials", "0")
    assert summary(customer.account) == Summary(0, 0, 1, 1)
