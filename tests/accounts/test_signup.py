"""A newcomer's way in: sign up, read the code in the mail, and have three free images."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from allauth.account.models import EmailAddress

from accounts.models import Account, Membership, User
from tests.accounts.people import proven
from tests.at_once import at_once
from tests.conftest import PASSWORD, Customer
from tests.visitor import LOGIN, Visitor
from wallet.models import Transfer
from wallet.statement import Summary, summary

SIGNUP = "/accounts/signup/"
CONFIRM = "/accounts/confirm-email/"


def new_email() -> str:
    return f"new-{uuid.uuid4().hex[:12]}@example.com"


def sign_up(visitor: Visitor, email: str) -> httpx.Response:
    return visitor.post(SIGNUP, {"email": email, "password1": PASSWORD})


def welcomes(account: Account) -> int:
    """How often the account was given its first free images."""
    return Transfer.objects.filter(credit__account=account, kind="trial_grant").count()


def test_from_sign_up_to_three_free_images(site: str) -> None:
    email = new_email()
    with Visitor(site) as visitor:
        answer = sign_up(visitor, email)
        assert (answer.status_code, answer.headers["location"]) == (302, CONFIRM)
        assert email in visitor.get(CONFIRM).text
        account = Account.objects.get(members__email=email)
        assert summary(account) == Summary(0, 0, 0, 0)
        assert not visitor.is_signed_in

        code = visitor.code_for(email)
        assert code in visitor.mail_to(email)
        answer = visitor.post(CONFIRM, {"code": code})
        assert (answer.status_code, answer.headers["location"]) == (302, "/overview")
        assert visitor.is_signed_in
    user = User.objects.get(email=email)
    membership = Membership.objects.get(user=user)
    assert (membership.account, membership.role) == (account, "owner")
    account.refresh_from_db()
    assert account.verified_at is not None
    assert summary(account) == Summary(0, 0, 3, 0)
    assert welcomes(account) == 1


def test_mails_speak_the_language_one_signed_up_in(site: str) -> None:
    for language, kept in (("de", "de"), ("en", "")):
        email = new_email()
        with Visitor(site) as visitor:
            visitor.post("/language", {"language": language})
            sign_up(visitor, email)
        assert User.objects.get(email=email).language == kept


def test_a_wrong_code_verifies_nothing_and_tries_are_few(site: str) -> None:
    email = new_email()
    with Visitor(site) as visitor:
        sign_up(visitor, email)
        code = visitor.code_for(email)
        for _ in range(3):
            visitor.post(CONFIRM, {"code": "ABCD-1234"})
        visitor.post(CONFIRM, {"code": code})
        assert not visitor.is_signed_in
    account = Account.objects.get(members__email=email)
    assert account.verified_at is None
    assert summary(account) == Summary(0, 0, 0, 0)


def test_the_code_is_good_for_its_own_browser_alone(site: str) -> None:
    email = new_email()
    with Visitor(site) as newcomer, Visitor(site) as thief:
        sign_up(newcomer, email)
        sign_up(thief, new_email())
        thief.post(CONFIRM, {"code": newcomer.code_for(email)})
        assert not thief.is_signed_in


def test_a_second_address_brings_no_more_free_images(site: str) -> None:
    email, second = new_email(), new_email()
    with Visitor(site) as visitor:
        sign_up(visitor, email)
        visitor.post(CONFIRM, {"code": visitor.code_for(email)})
        proven(visitor, visitor.post("/accounts/email/", {"action_add": "", "email": second}))
        visitor.post(CONFIRM, {"code": visitor.code_for(second)})
    account = Account.objects.get(members__email=second)
    assert EmailAddress.objects.filter(email=second, verified=True).exists()
    assert summary(account) == Summary(0, 0, 3, 0)
    assert welcomes(account) == 1


def test_verifying_at_once_grants_once(database: None) -> None:
    user = User.objects.create_user(new_email(), PASSWORD)
    accounts = at_once([lambda: Account.open_for(user)] * 10)
    assert len({account.pk for account in accounts if isinstance(account, Account)}) == 1
    assert Membership.objects.filter(user=user).count() == 1
    account = Account.objects.get(members=user)
    assert at_once([Account.objects.get(pk=account.pk).verify for _ in range(10)]) == [None] * 10
    assert welcomes(account) == 1
    assert summary(account) == Summary(0, 0, 3, 0)


def test_sending_the_form_twice_at_once_opens_one_account(site: str) -> None:
    for _ in range(3):
        email = new_email()
        visitors = [Visitor(site) for _ in range(4)]
        for visitor in visitors:
            visitor.get(SIGNUP)
        with ThreadPoolExecutor(len(visitors)) as threads:
            answers = list(threads.map(sign_up, visitors, [email] * len(visitors)))
        found = {(answer.status_code, answer.headers.get("location")) for answer in answers}
        # One mail in 10 seconds goes to an address, so the slower ones may be held back.
        assert (302, CONFIRM) in found
        assert found <= {(302, CONFIRM), (429, None)}
        user = User.objects.get(email=email)
        assert Membership.objects.filter(user=user).count() == 1
        assert Account.objects.filter(name=email).count() == 1
        for visitor in visitors:
            visitor.http.close()


@pytest.mark.parametrize("case", [str, str.upper, str.title])
def test_an_existing_address_does_not_reveal_itself(
    case: type[str], site: str, alice: Customer
) -> None:
    """The answers are those of a new address; only the mail box's owner learns the difference."""
    taken, free = case(alice.user.email), new_email()
    with Visitor(site) as visitor, Visitor(site) as other:
        answers = [sign_up(visitor, taken), sign_up(other, free)]
        assert [answer.status_code for answer in answers] == [302, 302]
        assert [answer.headers["location"] for answer in answers] == [CONFIRM, CONFIRM]
        pages = [visitor.get(CONFIRM).text, other.get(CONFIRM).text]
        assert taken.lower() in pages[0].lower()
        assert "already" not in pages[0].lower()
        assert "already" in visitor.mail_to(alice.user.email).lower()
        visitor.post(CONFIRM, {"code": "ABCD-1234"})
        assert not visitor.is_signed_in
    assert User.objects.filter(email__iexact=alice.user.email).count() == 1


def test_an_address_in_capitals_is_the_same_user(site: str) -> None:
    email = new_email()
    with Visitor(site) as visitor:
        sign_up(visitor, email.upper())
        visitor.post(CONFIRM, {"code": visitor.code_for(email)})
        assert visitor.is_signed_in
    assert User.objects.get(email__iexact=email).email == email
    with Visitor(site) as visitor:
        visitor.sign_in(email.title())
        assert visitor.is_signed_in


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("", PASSWORD),
        ("no-address", PASSWORD),
        ("a@b", PASSWORD),
        (f"{'x' * 64}@{'x.' * 90}example.com", PASSWORD),
        (f"{'x' * 300}@example.com", PASSWORD),
        ("new\x00@example.com", PASSWORD),
        # Letters that become others when the case is ignored.
        ("ſtaff@example.com", PASSWORD),
        ("İİİ@example.com", PASSWORD),
        ("new@ſhark.example", PASSWORD),
        ("new@example.com\nBcc: everybody@example.com", PASSWORD),
        ("weak@example.com", ""),
        ("weak@example.com", "short"),
        ("weak@example.com", "password1"),
        ("weak-person@example.com", "weak-person"),
    ],
)
def test_bad_input_is_explained(email: str, password: str, site: str) -> None:
    with Visitor(site) as visitor:
        answer = visitor.post(SIGNUP, {"email": email, "password1": password})
    assert answer.status_code in (200, 400, 422)
    assert "aria-invalid" in answer.text or "error" in answer.text
    assert not User.objects.filter(email__iexact=email.replace("\x00", "")).exists()


def test_who_is_unverified_cannot_sign_in(site: str) -> None:
    email = new_email()
    user = User.objects.create_user(email, PASSWORD)
    EmailAddress.objects.create(user=user, email=email, verified=False, primary=True)
    account = Account.open_for(user)
    with Visitor(site) as visitor:
        answer = visitor.sign_in(email)
        assert (answer.status_code, answer.headers["location"]) == (302, CONFIRM)
        assert not visitor.is_signed_in
        # Signing in mailed a code, and that one lets them in.
        visitor.post(CONFIRM, {"code": visitor.code_for(email)})
        assert visitor.is_signed_in
    assert welcomes(account) == 1


def test_the_longest_address_can_sign_up(site: str) -> None:
    email = f"{uuid.uuid4().hex * 2}@{'x' * 60}.{'x' * 60}.{'x' * 55}.example.com"
    assert len(email) == 254
    with Visitor(site) as visitor:
        sign_up(visitor, email)
        visitor.post(CONFIRM, {"code": visitor.code_for(email)})
        assert visitor.is_signed_in


def test_no_form_is_taken_without_its_csrf_token(site: str) -> None:
    email = new_email()
    for path, data in [(SIGNUP, {"email": email, "password1": PASSWORD}), (LOGIN, {"login": "x"})]:
        assert httpx.post(f"{site}{path}", data=data).status_code == 403
    assert not User.objects.filter(email=email).exists()
