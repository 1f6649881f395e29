"""The wallet page: what there is, what is reserved, and every movement, to its owner alone."""

import re
import uuid
from collections.abc import Iterator
from html import unescape

import httpx
import pytest

from accounts.roles import Role
from tests.accounts.people import join
from tests.conftest import Customer, NewCustomer
from tests.visitor import Visitor
from wallet import ledger
from wallet.models import Topup, Transfer, Unit

CHANGES = (
    "/wallet/topups",
    "/wallet/portal",
    "/wallet/settings/auto-topup",
    "/wallet/settings/low-balance",
)


@pytest.fixture
def visitor(site: str, alice: Customer) -> Iterator[Visitor]:
    """Alice, signed in."""
    with Visitor(site) as visitor:
        visitor.sign_in(alice.user.email)
        yield visitor


def credit(customer: Customer, amount: int, memo: str, unit: Unit = Unit.USD) -> None:
    ledger.credit_by_staff(customer.account, unit, amount, f"test:{uuid.uuid4()}", memo)


def words(page: httpx.Response) -> str:
    """The page as it is read."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def memos(page: httpx.Response) -> list[str]:
    return re.findall(r'class="statement__memo">([^<]*)<', page.text)


def test_it_shows_balance_reserved_and_free_images(visitor: Visitor, alice: Customer) -> None:
    posted, _ = (ledger.reserve(alice.account.pk, 30_000, f"test:{uuid.uuid4()}") for _ in range(2))
    ledger.post(posted.hold_id, memo="1k, 1024×1024")
    credit(alice, 2, "two more", Unit.IMAGE)
    page = visitor.get("/wallet")
    assert page.status_code == 200
    read = words(page)
    assert "Available $9.94 of $9.97 balance" in read
    assert "Lasts about 331 days at the rate of the last 7 days" in read
    assert "Reserved $0.03" in read
    assert "Free images left 2" in read
    assert re.search(
        r"two more .*? \+2 images Balance 2 images Image 1k, 1024×1024 .*? −\$0.03 Balance \$9.97",
        read,
    )
    assert "+$10.00" in read


def test_debt_is_said(visitor: Visitor, alice: Customer) -> None:
    kind = Transfer.Kind.REFUND
    ledger.take_back(alice.account, 12_500_000, kind, f"test:{uuid.uuid4()}", "a refund")
    read = words(visitor.get("/wallet"))
    assert "Your balance is −$2.50" in read


def test_the_statement_is_paged_newest_first(visitor: Visitor, alice: Customer) -> None:
    for number in range(65):
        credit(alice, 1, f"gift {number}")
    expected = [f"gift {number}" for number in reversed(range(65))]
    read: list[str] = []
    path, htmx = "/wallet", {"HX-Request": "true"}
    for size in (30, 30, 8):
        # The first page as a browser asks for it, the older ones as htmx does.
        page = visitor.http.get(path, headers=htmx if read else {})
        assert ("<html" in page.text) == (not read)
        assert len(memos(page)) <= size
        read += memos(page)
        link = re.search(r'hx-get="([^"]+)"', page.text)
        path = unescape(link[1]) if link and "before=" in link[1] else ""
    assert path == ""
    assert read[:65] == expected


@pytest.mark.parametrize(
    "cursor", ["", "x", "-1", "1e3", "0", "%00", "٣", "9" * 18, "9" * 19, "9" * 400, "1 OR 1=1"]
)
def test_an_invented_cursor_does_no_harm(cursor: str, visitor: Visitor) -> None:
    assert visitor.get(f"/wallet?before={cursor}").status_code == 200


def test_a_memo_is_text(visitor: Visitor, alice: Customer) -> None:
    credit(alice, 1, "<script>alert(1)</script>")
    page = visitor.get("/wallet")
    assert "<script>alert(1)" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text


def test_others_see_nothing_of_it(visitor: Visitor, bob: Customer, site: str) -> None:
    credit(bob, 1, "for bob alone")
    assert "for bob alone" not in visitor.get("/wallet").text
    assert "for bob alone" not in visitor.get(f"/wallet?before={2**60}").text
    with Visitor(site) as stranger:
        answer = stranger.get("/wallet")
        assert answer.status_code == 302
        assert answer.headers["location"].startswith("/accounts/login/")


def test_members_without_the_right_to_pay_see_it_all_and_change_nothing(
    visitor: Visitor, alice: Customer, new_customer: NewCustomer, site: str
) -> None:
    credit(alice, 1, "for the members")
    for role in (Role.VIEWER, Role.DEVELOPER):
        member = new_customer(role.value)
        member.account.members.clear()
        join(member, alice, role)
        with Visitor(site) as reader:
            reader.sign_in(member.user.email)
            page = reader.get("/wallet")
            assert "Available $10.00" in words(page)
            assert memos(page)[0] == "for the members"
            assert reader.get("/wallet/statement.csv").status_code == 200
            assert "Only owners and billing members" in words(reader.get("/wallet/settings"))
            main = reader.get("/wallet/settings").text.split("<main")[1].split("</main>")[0]
            assert "<form" not in main
            for path in CHANGES:
                assert reader.post(path, {"amount": "20"}).status_code == 403
    assert not Topup.objects.filter(account=alice.account).exists()


def test_it_only_shows(visitor: Visitor) -> None:
    assert visitor.post("/wallet").status_code == 405
